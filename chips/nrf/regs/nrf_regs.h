/*
 * Registers of the nRF51 and nRF52, by the names that Nordic's headers print. Where nothing else is said, both
 * families have them. Sources: chips/nrf/facts.md.
 */
#ifndef MPROM_NRF_REGS_H
#define MPROM_NRF_REGS_H

/* Non-volatile memory controller. */
#define NVMC_READY 0x4001E400u
#define NVMC_READY_READY 1u
#define NVMC_CONFIG 0x4001E504u
#define NVMC_CONFIG_WEN_REN 0u /* read only */
#define NVMC_CONFIG_WEN_WEN 1u /* write */
#define NVMC_CONFIG_WEN_EEN 2u /* erase */
#define NVMC_ERASEPAGE 0x4001E508u

/* Factory information. */
#define FICR_CODEPAGESIZE 0x10000010u
#define FICR_CODESIZE 0x10000014u /* in pages */
#define FICR_CLENR0 0x10000028u   /* nRF51 */

#define FICR_DEVICEID 0x10000060u /* two words */

/* What the user of the chip has set up. */
#define UICR_CLENR0 0x10001000u /* nRF51 */
#define CLENR0_NONE 0xFFFFFFFFu

/* Tasks start with a 1 that is written, events are 1 when they have happened and are cleared with a 0. */
#define CLOCK_TASKS_HFCLKSTART 0x40000000u
#define CLOCK_EVENTS_HFCLKSTARTED 0x40000100u

#define UART0_TASKS_STARTRX 0x40002000u
#define UART0_TASKS_STARTTX 0x40002008u
#define UART0_EVENTS_RXDRDY 0x40002108u
#define UART0_EVENTS_TXDRDY 0x4000211Cu
#define UART0_INTENSET 0x40002304u
#define UART0_INTEN_RXDRDY (1u << 2)
#define UART0_ENABLE 0x40002500u
#define UART0_ENABLE_ENABLED 4u
#define UART0_PSELTXD 0x4000250Cu
#define UART0_PSELRXD 0x40002514u
#define UART0_RXD 0x40002518u
#define UART0_TXD 0x4000251Cu
#define UART0_BAUDRATE 0x40002524u
#define UART0_BAUDRATE_115200 0x01D7E000u
#define UART0_INTERRUPT 2u

/* The one timer of an nRF51 that counts through 32 bits. */
#define TIMER0_TASKS_START 0x40008000u
#define TIMER0_TASKS_CAPTURE_1 0x40008044u
#define TIMER0_EVENTS_COMPARE_0 0x40008140u
#define TIMER0_INTENSET 0x40008304u
#define TIMER0_INTEN_COMPARE_0 (1u << 16)
#define TIMER0_BITMODE 0x40008508u
#define TIMER0_BITMODE_32 3u
#define TIMER0_PRESCALER 0x40008510u /* 16 MHz through 2^n */
#define TIMER0_CC_0 0x40008540u
#define TIMER0_CC_1 0x40008544u
#define TIMER0_INTERRUPT 8u

/* Pins, each with a register: as an output, or as an input with a pull-up. */
#define GPIO_OUTSET 0x50000508u
#define GPIO_PIN_CNF 0x50000700u
#define GPIO_PIN_CNF_OUTPUT 3u /* its input disconnected */
#define GPIO_PIN_CNF_INPUT_PULLUP 0xCu

#endif
