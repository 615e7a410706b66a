/*
 * Registers that the STM32F7 has beyond those of the F4 or elsewhere, by the names that manuals print.
 *
 * Sources: ST's headers stm32f722xx.h and stm32f767xx.h.
 */
#ifndef MPROM_STM32F7_REGS_H
#define MPROM_STM32F7_REGS_H

/* Clocks: ST's headers. */
#define RCC_CR 0x40023800u
#define RCC_PLLCFGR 0x40023804u
#define RCC_CFGR 0x40023808u
#define RCC_CR_HSEON (1u << 16)
#define RCC_CR_HSERDY (1u << 17)
#define RCC_CR_PLLON (1u << 24)
#define RCC_CR_PLLRDY (1u << 25)
#define RCC_PLLCFGR_N_POS 6u
#define RCC_PLLCFGR_HSE (1u << 22)
#define RCC_PLLCFGR_Q_POS 24u
#define RCC_PLLCFGR_OTHERS 0xF0000000u /* R of an F76x */
#define RCC_CFGR_SW_PLL 2u
#define RCC_CFGR_SWS (3u << 2)
#define RCC_CFGR_SWS_PLL (2u << 2)
#define RCC_CFGR_PPRE1_4 (5u << 10)
#define RCC_CFGR_PPRE2_2 (4u << 13)
#define RCC_APB1ENR_PWREN (1u << 28)
#define FLASH_ACR_LATENCY 0xFu
#define PWR_CR1 0x40007000u
#define PWR_CSR1 0x40007004u
#define PWR_CR1_ODEN (1u << 16)
#define PWR_CR1_ODSWEN (1u << 17)
#define PWR_CSR1_ODRDY (1u << 16)
#define PWR_CSR1_ODSWRDY (1u << 17)

#define RCC_AHB3RSTR 0x40023818u
#define RCC_AHB3ENR 0x40023838u

#endif
