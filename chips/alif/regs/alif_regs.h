/* Clocks, pins, UART and timers of the Ensemble E3 and E7, by the names that Alif's SVD files print: chips/alif/facts.md. */
#ifndef MPROM_ALIF_REGS_H
#define MPROM_ALIF_REGS_H

#define CLKCTL_PER_SLV_UART_CTRL 0x4902F008u /* for UARTn: bit n is its clock, bit 8 + n takes SYST_PCLK for it */
#define UART_CTRL_CLK_SEL_POS 8u
#define PINMUX 0x1A603000u
#define PINMUX_PORT 0x20u /* from one port to the next; a pin has four bytes */
#define PINMUX_PAD_POS 16u
#define PAD_READ_ENABLE 0x01u
#define PAD_PULL_UP 0x08u
#define PAD_DRIVE_8_MA 0x40u
#define PAD_DRIVE_12_MA 0x60u

#define UART_BASE 0x49018000u
#define UART_NEXT 0x1000u
#define UART_INTERRUPT 124u /* of UART0; one for each */
#define UART_RBR_THR_DLL 0x00u
#define UART_IER_DLH 0x04u
#define UART_IER_RECEIVED (1u << 0)
#define UART_FCR 0x08u
#define UART_FCR_ON_AND_EMPTY 0x07u
#define UART_LCR 0x0Cu
#define UART_LCR_8N1 0x03u
#define UART_LCR_DLAB (1u << 7)
#define UART_MCR 0x10u
#define UART_LSR 0x14u
#define UART_LSR_TEMT (1u << 6)
#define UART_USR 0x7Cu
#define UART_USR_TFNF (1u << 1)
#define UART_USR_RFNE (1u << 3)
#define UART_DLF 0xC0u

#define REFCLK_CNTCR 0x1A200000u
#define REFCLK_CNTCR_EN (1u << 0)
#define REFCLK_CNTCVL 0x1A210000u
#define REFCLK_CNTCVH 0x1A210004u

#define UTIMER_GLB_CNTR_START 0x48000000u
#define UTIMER_GLB_CLOCK_ENABLE 0x48000020u
#define UTIMER_CHANNEL 0x48001000u
#define UTIMER_CHANNEL_NEXT 0x1000u
#define UTIMER_START_1_SRC 0x004u
#define UTIMER_START_1_SRC_PGM_EN (1u << 31)
#define UTIMER_CNTR_CTRL 0x080u
#define UTIMER_CNTR_CTRL_EN (1u << 0)
#define UTIMER_COMPARE_CTRL_A 0x08Cu
#define UTIMER_COMPARE_CTRL_A_EN (1u << 11)
#define UTIMER_CNTR 0x0A0u
#define UTIMER_CNTR_PTR 0x0A4u
#define UTIMER_COMPARE_A_BUF1 0x0D4u
#define UTIMER_CHAN_INTERRUPT 0x118u
#define UTIMER_CHAN_INTERRUPT_MASK 0x11Cu
#define UTIMER_CHAN_INTERRUPT_COMPARE_A_BUF1 (1u << 2)
#define UTIMER_INTERRUPT 377u /* of channel 0's first; each channel has eight */

#endif
