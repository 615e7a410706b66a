/* OSPI, a controller derived from Synopsys' SSI, and the part of its AES block that is for everybody: chips/alif/facts.md. */
#ifndef MPROM_ALIF_OSPI_REGS_H
#define MPROM_ALIF_OSPI_REGS_H

#define OSPI0_BASE 0x83000000u
#define OSPI1_BASE 0x83002000u
#define OSPI_AES 0x1000u /* from the registers to those of the AES block */

#define OSPI_CTRLR0 0x00u
#define OSPI_CTRLR0_MST (1u << 31)
#define OSPI_CTRLR0_OCTAL (3u << 22)
#define OSPI_CTRLR0_TMOD_POS 10u
#define OSPI_CTRLR0_DFS_8 7u
#define OSPI_CTRLR0_DFS_16 15u
#define OSPI_CTRLR0_DFS_32 31u
#define OSPI_CTRLR1 0x04u
#define OSPI_ENR 0x08u
#define OSPI_SER 0x10u
#define OSPI_BAUDR 0x14u
#define OSPI_TXFTLR 0x18u
#define OSPI_SR 0x28u
#define OSPI_SR_BUSY (1u << 0)
#define OSPI_SR_TFNF (1u << 1)
#define OSPI_SR_TFE (1u << 2)
#define OSPI_SR_RFNE (1u << 3)
#define OSPI_IMR 0x2Cu
#define OSPI_DR 0x60u
#define OSPI_RX_SAMPLE_DELAY 0xF0u
#define OSPI_SPI_CTRLR0 0xF4u
#define OSPI_SPI_CTRLR0_ALL_LANES 2u
#define OSPI_SPI_CTRLR0_ADDR_32 (8u << 2)
#define OSPI_SPI_CTRLR0_INST_8 (2u << 8)
#define OSPI_SPI_CTRLR0_INST_16 (3u << 8)
#define OSPI_SPI_CTRLR0_WAIT_POS 11u
#define OSPI_SPI_CTRLR0_DDR (1u << 16)
#define OSPI_SPI_CTRLR0_INST_DDR (1u << 17)
#define OSPI_SPI_CTRLR0_RXDS (1u << 18)
#define OSPI_DDR_DRIVE_EDGE 0xF8u
#define OSPI_XIP_MODE_BITS 0xFCu
#define OSPI_XIP_INCR_INST 0x100u
#define OSPI_XIP_WRAP_INST 0x104u
#define OSPI_XIP_CTRL 0x108u
#define OSPI_XIP_CTRL_OCTAL 3u
#define OSPI_XIP_CTRL_ALL_LANES (2u << 2)
#define OSPI_XIP_CTRL_ADDR_32 (8u << 4)
#define OSPI_XIP_CTRL_INST_8 (2u << 9)
#define OSPI_XIP_CTRL_INST_16 (3u << 9)
#define OSPI_XIP_CTRL_WAIT_POS 13u
#define OSPI_XIP_CTRL_DFS_HC (1u << 18)
#define OSPI_XIP_CTRL_DDR (1u << 19)
#define OSPI_XIP_CTRL_INST_DDR (1u << 20)
#define OSPI_XIP_CTRL_RXDS (1u << 21)
#define OSPI_XIP_CTRL_INST (1u << 22)
#define OSPI_XIP_CTRL_CONT (1u << 23)
#define OSPI_XIP_SER 0x10Cu
#define OSPI_XIP_CNT_TIME_OUT 0x114u

#define AES_CONTROL 0x00u
#define AES_CONTROL_XIP_EN (1u << 4)
#define AES_RXDS_DELAY 0x20u

#endif
