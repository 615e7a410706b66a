/*
 * Registers that the STM32F7 has beyond those of the F4 or elsewhere, by the names that manuals print.
 *
 * Sources: ST's headers stm32f722xx.h and stm32f767xx.h; for QUADSPI also RM0399 section 24 (the same block in the
 * H7).
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
#define RCC_AHB3_QSPI (1u << 1) /* in both */

#define QUADSPI_BASE 0xA0001000u
#define QUADSPI_CR 0x00u
#define QUADSPI_DCR 0x04u
#define QUADSPI_SR 0x08u
#define QUADSPI_FCR 0x0Cu
#define QUADSPI_DLR 0x10u
#define QUADSPI_CCR 0x14u
#define QUADSPI_AR 0x18u
#define QUADSPI_ABR 0x1Cu
#define QUADSPI_DR 0x20u

#define QUADSPI_CR_EN (1u << 0)
#define QUADSPI_CR_SSHIFT (1u << 4)
#define QUADSPI_CR_FTHRES_POS 8u
#define QUADSPI_CR_PRESCALER_POS 24u
#define QUADSPI_DCR_CSHT_POS 8u
#define QUADSPI_DCR_FSIZE_POS 16u
#define QUADSPI_CCR_IMODE_POS 8u
#define QUADSPI_CCR_ADMODE_POS 10u
#define QUADSPI_CCR_ABMODE_POS 14u
#define QUADSPI_CCR_DCYC_POS 18u
#define QUADSPI_CCR_DMODE_POS 24u
#define QUADSPI_CCR_FMODE_POS 26u

#endif
