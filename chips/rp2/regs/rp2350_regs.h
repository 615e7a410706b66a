/*
 * Registers of an RP2350 as its Arm CPUs see them in Secure state, by the names that the data sheet prints. Sources of
 * addresses and bits: facts.md.
 */
#ifndef MPROM_RP2350_REGS_H
#define MPROM_RP2350_REGS_H

#include "chips/rp2/regs/rp2_regs.h"

#define ROM_MAGIC_VALUE 0x0002754Du
#define ROM_TABLE 0x14u
#define ROM_LOOKUP_VALUE 0x16u
#define ROM_FLAG_ARM_SECURE 4u

#define BOOTRAM_BASE 0x400E0000u

#define XIP_MAINTENANCE_DROP 0x1BFFC000u /* a store of a byte drops a line of the cache; XIP_LINE_SIZE to the next */
#define XIP_LINE_SIZE 8u
#define XIP_CACHE_SIZE 0x4000u

#define QMI_DIRECT_CSR 0x400D0000u
#define QMI_CSR_EN (1u << 0)
#define QMI_CSR_BUSY (1u << 1)
#define QMI_CSR_ASSERT_CS0N (1u << 2)
#define QMI_CSR_TXFULL (1u << 10)
#define QMI_CSR_RXEMPTY (1u << 16)
#define QMI_CSR_CLKDIV_POS 22u
#define QMI_DIRECT_TX 0x400D0004u
#define QMI_TX_QUAD (2u << 16)
#define QMI_TX_16_BITS (1u << 18)
#define QMI_TX_OE (1u << 19)
#define QMI_TX_NOPUSH (1u << 20)
#define QMI_DIRECT_RX 0x400D0008u
#define QMI_M0_TIMING 0x400D000Cu
#define QMI_M0_RFMT 0x400D0010u
#define QMI_M0_RCMD 0x400D0014u
#define QMI_M1_TIMING 0x400D0020u
#define QMI_M1_RFMT 0x400D0024u
#define QMI_M1_RCMD 0x400D0028u

#define RESETS_BASE 0x40020000u
#define RESETS_RESET 0x40020000u
#define RESETS_RESET_DONE 0x40020008u
#define RESETS_DMA (1u << 2)
#define RESETS_IO_BANK0 (1u << 6)
#define RESETS_IO_QSPI (1u << 7)
#define RESETS_PADS_BANK0 (1u << 9)
#define RESETS_PADS_QSPI (1u << 10)
#define RESETS_PLL_SYS (1u << 14)
#define RESETS_TIMER0 (1u << 23)
#define RESETS_UART0 (1u << 26)

#define IO_QSPI_SCLK_CTRL 0x40030014u /* SCLK, SS and SD0 to SD3, each IO_QSPI_NEXT behind the other */
#define IO_QSPI_SD1_CTRL 0x4003002Cu
#define IO_QSPI_NEXT 8u
#define IO_QSPI_PINS 6u
#define IO_CTRL_INOVER (3u << 16)

#define PADS_QSPI_VOLTAGE_SELECT 0x40040000u
#define PADS_QSPI_SCLK 0x40040004u /* SCLK, SD0 to SD3 and SS, each PADS_QSPI_NEXT behind the other */
#define PADS_QSPI_SD0 0x40040008u
#define PADS_ISO (1u << 8)

#define CLOCKS_BASE 0x40010000u
#define XOSC_BASE 0x40048000u
#define PLL_SYS_BASE 0x40050000u

#define PSM_BASE 0x40018000u
#define PSM_WDSEL_ALL 0x01FFFFF3u /* but ROSC and XOSC */
#define WATCHDOG_BASE 0x400D8000u

#define TICKS_TIMER0_CTRL 0x40108018u
#define TICKS_TIMER0_CYCLES 0x4010801Cu
#define TICKS_WATCHDOG_CTRL 0x40108030u
#define TICKS_WATCHDOG_CYCLES 0x40108034u
#define TICKS_CTRL_ENABLE (1u << 0)

#define TIMER0_BASE 0x400B0000u
#define TIMER_INTR_OFF 0x3Cu /* INTE behind it */
#define TIMER0_INTERRUPT 0u

#define UART0_BASE 0x40070000u

#define DMA_CTRL_INCR_WRITE (1u << 6)
#define DMA_CTRL_RING_SIZE_POS 8u
#define DMA_CTRL_RING_WRITES (1u << 12)
#define DMA_CTRL_CHAIN_TO_POS 13u
#define DMA_CTRL_TREQ_POS 17u
#define DMA_CTRL_IRQ_QUIET (1u << 23)
#define DMA_TREQ_UART0_RX 29u
#define DMA_SNIFF_DATA 0x50000458u /* of nobody while nothing is sniffed */
#define DMA_INTERRUPT 10u

#define IO_BANK0_BASE 0x40028000u
#define PADS_BANK0_BASE 0x40038000u

#define SIO_GPIO_HI_QSPI_CSN (1u << 27)

#define SCB_CPACR 0xE000ED88u
#define SCB_CPACR_CP7 (3u << 14)

#endif
