/*
 * Registers that an RP2040 and an RP2350 both have, by the names that the data sheets print. Offsets (_OFF) count from the
 * start of a block, which lies elsewhere on each. Sources of addresses and bits: facts.md.
 */
#ifndef MPROM_RP2_REGS_H
#define MPROM_RP2_REGS_H

#define RP2_XOR 0x1000u   /* behind a register: the place that inverts bits of it, */
#define RP2_SET 0x2000u   /* the one that sets them, */
#define RP2_CLEAR 0x3000u /* and the one that clears them */

#define ROM_MAGIC 0x10u /* 'M', 'u' and 1 on an RP2040, 2 on an RP2350 */
#define ROM_MAGIC_BITS 0x00FFFFFFu

#define XIP_BASE 0x10000000u

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

#define RESETS_RESET_OFF 0x0u
#define RESETS_RESET_DONE_OFF 0x8u

#define CLOCKS_REF_CTRL_OFF 0x30u
#define CLOCKS_REF_CTRL_XOSC 2u
#define CLOCKS_REF_SELECTED_OFF 0x38u
#define CLOCKS_SYS_CTRL_OFF 0x3Cu
#define CLOCKS_SYS_CTRL_AUX 1u /* AUXSRC 0 is PLL_SYS */
#define CLOCKS_SYS_SELECTED_OFF 0x44u
#define CLOCKS_PERI_CTRL_OFF 0x48u
#define CLOCKS_PERI_CTRL_ENABLE (1u << 11) /* AUXSRC 0 is clk_sys */

#define XOSC_CTRL_OFF 0x0u
#define XOSC_CTRL_ENABLE 0x00FABAA0u /* for 1 to 15 MHz */
#define XOSC_STATUS_OFF 0x4u
#define XOSC_STATUS_STABLE (1u << 31)
#define XOSC_STARTUP_OFF 0xCu

#define PLL_CS_OFF 0x0u
#define PLL_CS_LOCK (1u << 31)
#define PLL_PWR_OFF 0x4u
#define PLL_PWR_DSMPD (1u << 2)
#define PLL_PWR_POSTDIVPD (1u << 3)
#define PLL_FBDIV_INT_OFF 0x8u
#define PLL_PRIM_OFF 0xCu
#define PLL_PRIM_POSTDIV1_POS 16u
#define PLL_PRIM_POSTDIV2_POS 12u

#define PSM_WDSEL_OFF 0x8u
#define WATCHDOG_CTRL_OFF 0x0u
#define WATCHDOG_CTRL_TRIGGER (1u << 31)

#define TIMER_ALARM0_OFF 0x10u
#define TIMER_ARMED_OFF 0x20u
#define TIMER_TIMERAWL_OFF 0x28u
#define TIMER_ALARM_0 (1u << 0)

#define UART_DR_OFF 0x00u
#define UART_FR_OFF 0x18u
#define UART_FR_BUSY (1u << 3)
#define UART_FR_RXFE (1u << 4)
#define UART_FR_TXFF (1u << 5)
#define UART_IBRD_OFF 0x24u
#define UART_FBRD_OFF 0x28u
#define UART_LCR_H_OFF 0x2Cu
#define UART_LCR_H_8N1_FIFO 0x70u
#define UART_CR_OFF 0x30u
#define UART_CR_ON 0x301u /* UARTEN, TXE, RXE */
#define UART_DMACR_OFF 0x48u
#define UART_DMACR_RX (1u << 0)

#define DMA_CH0_READ_ADDR 0x50000000u /* the same of the next channel DMA_NEXT behind it */
#define DMA_CH0_WRITE_ADDR 0x50000004u
#define DMA_CH0_TRANS_COUNT 0x50000008u
#define DMA_CH0_CTRL_TRIG 0x5000000Cu
#define DMA_CH0_AL1_CTRL 0x50000010u /* CTRL, without starting the channel */
#define DMA_NEXT 0x40u
#define DMA_INTR 0x50000400u
#define DMA_INTE0 0x50000404u
#define DMA_CTRL_EN (1u << 0)
#define DMA_CTRL_WORDS (2u << 2)
#define DMA_TREQ_NONE 0x3Fu

#define IO_BANK0_GPIO0_CTRL_OFF 0x4u
#define IO_BANK0_NEXT 8u
#define IO_CTRL_UART 2u
#define PADS_BANK0_GPIO0_OFF 0x4u
#define PADS_BANK0_NEXT 4u

#define SIO_CPUID 0xD0000000u
#define SIO_GPIO_HI_IN 0xD0000008u
#define SIO_FIFO_ST 0xD0000050u
#define SIO_FIFO_ST_VLD (1u << 0)
#define SIO_FIFO_WR 0xD0000054u
#define SIO_FIFO_RD 0xD0000058u

#define SCB_VTOR 0xE000ED08u

#endif
