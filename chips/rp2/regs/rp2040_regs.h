/* The registers of an RP2040, by the names that the data sheet prints. Sources of addresses and bits: facts.md. */
#ifndef MPROM_RP2040_REGS_H
#define MPROM_RP2040_REGS_H

#define RP2_SET 0x2000u   /* behind a register: the place that sets bits of it, */
#define RP2_CLEAR 0x3000u /* and the one that clears them */

#define ROM_MAGIC 0x10u /* 'M', 'u', 1 */
#define ROM_MAGIC_BITS 0x00FFFFFFu
#define ROM_MAGIC_VALUE 0x0001754Du
#define ROM_FUNCTION_TABLE 0x14u
#define ROM_LOOKUP 0x18u

#define XIP_BASE 0x10000000u
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
#define PADS_QSPI_NEXT 4u
#define PADS_QSPI_PINS 6u
#define PADS_OD (1u << 7)
#define PADS_IE (1u << 6)
#define PADS_DRIVE_4MA (1u << 4)
#define PADS_DRIVE_8MA (2u << 4)
#define PADS_PUE (1u << 3)
#define PADS_PDE (1u << 2)
#define PADS_SCHMITT (1u << 1)
#define PADS_SLEWFAST (1u << 0)

#define CLOCKS_REF_CTRL 0x40008030u
#define CLOCKS_REF_CTRL_XOSC 2u
#define CLOCKS_REF_SELECTED 0x40008038u
#define CLOCKS_SYS_CTRL 0x4000803Cu
#define CLOCKS_SYS_CTRL_AUX 1u /* AUXSRC 0 is PLL_SYS */
#define CLOCKS_SYS_SELECTED 0x40008044u
#define CLOCKS_PERI_CTRL 0x40008048u
#define CLOCKS_PERI_CTRL_ENABLE (1u << 11) /* AUXSRC 0 is clk_sys */
#define CLOCKS_WAKE_EN0 0x400080A0u
#define CLOCKS_WAKE_EN1 0x400080A4u

#define XOSC_CTRL 0x40024000u
#define XOSC_CTRL_ENABLE 0x00FABAA0u /* for 1 to 15 MHz */
#define XOSC_STATUS 0x40024004u
#define XOSC_STATUS_STABLE (1u << 31)
#define XOSC_STARTUP 0x4002400Cu

#define PLL_SYS_CS 0x40028000u
#define PLL_CS_LOCK (1u << 31)
#define PLL_SYS_PWR 0x40028004u
#define PLL_PWR_DSMPD (1u << 2)
#define PLL_PWR_POSTDIVPD (1u << 3)
#define PLL_SYS_FBDIV_INT 0x40028008u
#define PLL_SYS_PRIM 0x4002800Cu
#define PLL_PRIM_POSTDIV1_POS 16u
#define PLL_PRIM_POSTDIV2_POS 12u

#define PSM_WDSEL 0x40010008u
#define PSM_WDSEL_ALL 0x0001FFFCu /* but ROSC and XOSC */

#define VREG_CHIP_RESET 0x40064008u
#define VREG_CHIP_RESET_RESCUE (1u << 24)

#define WATCHDOG_CTRL 0x40058000u
#define WATCHDOG_CTRL_TRIGGER (1u << 31)
#define WATCHDOG_SCRATCH4 0x4005801Cu
#define WATCHDOG_TICK 0x4005802Cu
#define WATCHDOG_TICK_ENABLE (1u << 9)

#define TIMER_ALARM0 0x40054010u
#define TIMER_ARMED 0x40054020u
#define TIMER_TIMERAWL 0x40054028u
#define TIMER_INTR 0x40054034u
#define TIMER_INTE 0x40054038u
#define TIMER_ALARM_0 (1u << 0)
#define TIMER_INTERRUPT 0u

#define UART0_DR 0x40034000u
#define UART0_FR 0x40034018u
#define UART_FR_BUSY (1u << 3)
#define UART_FR_RXFE (1u << 4)
#define UART_FR_TXFF (1u << 5)
#define UART0_IBRD 0x40034024u
#define UART0_FBRD 0x40034028u
#define UART0_LCR_H 0x4003402Cu
#define UART_LCR_H_8N1_FIFO 0x70u
#define UART0_CR 0x40034030u
#define UART_CR_ON 0x301u /* UARTEN, TXE, RXE */
#define UART0_DMACR 0x40034048u
#define UART_DMACR_RX (1u << 0)

#define DMA_CH0_READ_ADDR 0x50000000u /* the same of the next channel DMA_NEXT behind it */
#define DMA_CH0_WRITE_ADDR 0x50000004u
#define DMA_CH0_TRANS_COUNT 0x50000008u
#define DMA_CH0_CTRL_TRIG 0x5000000Cu
#define DMA_CH0_AL1_CTRL 0x50000010u /* CTRL, without starting the channel */
#define DMA_NEXT 0x40u
#define DMA_CTRL_EN (1u << 0)
#define DMA_CTRL_WORDS (2u << 2)
#define DMA_CTRL_INCR_WRITE (1u << 5)
#define DMA_CTRL_RING_SIZE_POS 6u
#define DMA_CTRL_RING_WRITES (1u << 10)
#define DMA_CTRL_CHAIN_TO_POS 11u
#define DMA_CTRL_TREQ_POS 15u
#define DMA_CTRL_IRQ_QUIET (1u << 21)
#define DMA_TREQ_UART0_RX 21u
#define DMA_TREQ_NONE 0x3Fu
#define DMA_SNIFF_DATA 0x50000438u /* of nobody while nothing is sniffed */
#define DMA_INTR 0x50000400u
#define DMA_INTE0 0x50000404u
#define DMA_INTERRUPT 11u

#define IO_BANK0_GPIO0_CTRL 0x40014004u
#define IO_BANK0_NEXT 8u
#define IO_CTRL_UART 2u
#define PADS_BANK0_GPIO0 0x4001C004u
#define PADS_BANK0_NEXT 4u

#define SIO_CPUID 0xD0000000u
#define SIO_GPIO_HI_IN 0xD0000008u
#define SIO_GPIO_HI_QSPI_SS (1u << 1)

#define SIO_FIFO_ST 0xD0000050u
#define SIO_FIFO_ST_VLD (1u << 0)
#define SIO_FIFO_WR 0xD0000054u
#define SIO_FIFO_RD 0xD0000058u

#define SCB_VTOR 0xE000ED08u

#endif
