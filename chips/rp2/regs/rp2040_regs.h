/* Registers of an RP2040, by the names that the data sheet prints. Sources of addresses and bits: facts.md. */
#ifndef MPROM_RP2040_REGS_H
#define MPROM_RP2040_REGS_H

#include "chips/rp2/regs/rp2_regs.h"

#define ROM_MAGIC_VALUE 0x0001754Du
#define ROM_FUNCTION_TABLE 0x14u
#define ROM_LOOKUP 0x18u

#define XIP_CTRL 0x14000000u
#define XIP_CTRL_EN (1u << 0)
#define XIP_FLUSH 0x14000004u

#define SSI_CTRLR0 0x18000000u
#define SSI_CTRLR1 0x18000004u
#define SSI_SSIENR 0x18000008u
#define SSI_SER 0x18000010u
#define SSI_BAUDR 0x18000014u
#define SSI_TXFLR 0x18000020u
#define SSI_RXFLR 0x18000024u
#define SSI_SR 0x18000028u
#define SSI_SR_BUSY (1u << 0)
#define SSI_SR_TFE (1u << 2)
#define SSI_ICR 0x18000048u
#define SSI_DR0 0x18000060u
#define SSI_RX_SAMPLE_DLY 0x180000F0u
#define SSI_SPI_CTRLR0 0x180000F4u
#define SSI_CTRLR0_QUAD (2u << 21)
#define SSI_CTRLR0_DFS_8 (7u << 16)
#define SSI_CTRLR0_DFS_32 (31u << 16)
#define SSI_CTRLR0_EEPROM (3u << 8)
#define SSI_CTRLR0_SCP (3u << 6)
#define SSI_CTRLR0_SCP_POS 6u /* SCPH, and SCPOL above it */
#define SSI_SPI_CTRLR0_XIP_CMD_POS 24u
#define SSI_SPI_CTRLR0_WAIT_POS 11u
#define SSI_SPI_CTRLR0_INST_8 (2u << 8)
#define SSI_SPI_CTRLR0_ADDR_POS 2u /* in units of four bits */
#define SSI_SPI_CTRLR0_ADDR_QUAD 1u
#define SSI_SPI_CTRLR0_ALL_QUAD 2u

#define RESETS_BASE 0x4000C000u
#define RESETS_RESET 0x4000C000u
#define RESETS_RESET_DONE 0x4000C008u
#define RESETS_DMA (1u << 2)
#define RESETS_IO_BANK0 (1u << 5)
#define RESETS_IO_QSPI (1u << 6)
#define RESETS_PADS_BANK0 (1u << 8)
#define RESETS_PADS_QSPI (1u << 9)
#define RESETS_PLL_SYS (1u << 12)
#define RESETS_TIMER (1u << 21)
#define RESETS_UART0 (1u << 22)

#define IO_QSPI_SCLK_CTRL 0x40018004u /* SCLK, SS and SD0 to SD3, each IO_QSPI_NEXT behind the other */
#define IO_QSPI_SS_CTRL 0x4001800Cu
#define IO_QSPI_SD1_CTRL 0x4001801Cu
#define IO_QSPI_NEXT 8u
#define IO_QSPI_PINS 6u
#define IO_CTRL_OUTOVER (3u << 8)
#define IO_CTRL_OUTOVER_LOW (2u << 8)
#define IO_CTRL_OUTOVER_HIGH (3u << 8)
#define IO_CTRL_INOVER (3u << 16)

#define PADS_QSPI_SCLK 0x40020004u /* SCLK, SD0 to SD3 and SS, each PADS_QSPI_NEXT behind the other */
#define PADS_QSPI_SD0 0x40020008u
#define PADS_QSPI_SD2 0x40020010u

#define CLOCKS_BASE 0x40008000u
#define CLOCKS_WAKE_EN0 0x400080A0u
#define CLOCKS_WAKE_EN1 0x400080A4u

#define XOSC_BASE 0x40024000u
#define PLL_SYS_BASE 0x40028000u

#define PSM_BASE 0x40010000u
#define PSM_WDSEL_ALL 0x0001FFFCu /* but ROSC and XOSC */

#define VREG_CHIP_RESET 0x40064008u
#define VREG_CHIP_RESET_RESCUE (1u << 24)

#define WATCHDOG_BASE 0x40058000u
#define WATCHDOG_SCRATCH4 0x4005801Cu
#define WATCHDOG_TICK 0x4005802Cu
#define WATCHDOG_TICK_ENABLE (1u << 9)

#define TIMER_BASE 0x40054000u
#define TIMER_INTR_OFF 0x34u /* INTE behind it */
#define TIMER_INTERRUPT 0u

#define UART0_BASE 0x40034000u

#define DMA_CTRL_INCR_WRITE (1u << 5)
#define DMA_CTRL_RING_SIZE_POS 6u
#define DMA_CTRL_RING_WRITES (1u << 10)
#define DMA_CTRL_CHAIN_TO_POS 11u
#define DMA_CTRL_TREQ_POS 15u
#define DMA_CTRL_IRQ_QUIET (1u << 21)
#define DMA_TREQ_UART0_RX 21u
#define DMA_SNIFF_DATA 0x50000438u /* of nobody while nothing is sniffed */
#define DMA_INTERRUPT 11u

#define IO_BANK0_BASE 0x40014000u
#define PADS_BANK0_BASE 0x4001C000u

#define SIO_GPIO_HI_QSPI_SS (1u << 1)

#endif
