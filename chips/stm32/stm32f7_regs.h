/*
 * Registers that the STM32F7 has beyond those of the F4 or elsewhere, by the names that manuals print.
 *
 * Sources: ST's headers stm32f722xx.h and stm32f767xx.h; for QUADSPI also RM0399 section 24 (the same block in the
 * H7). The CPU's own: Armv7-M Architecture Reference Manual B3, and Arm's header core_cm7.h.
 */
#ifndef MPROM_STM32F7_REGS_H
#define MPROM_STM32F7_REGS_H

#define RCC_AHB3RSTR 0x40023818u
#define RCC_AHB3ENR 0x40023838u
#define RCC_AHB3_QSPI (1u << 1) /* in both */

#define QUADSPI_BASE 0xA0001000u
#define QUADSPI_CR (QUADSPI_BASE + 0x00u)
#define QUADSPI_DCR (QUADSPI_BASE + 0x04u)
#define QUADSPI_SR (QUADSPI_BASE + 0x08u)
#define QUADSPI_FCR (QUADSPI_BASE + 0x0Cu)
#define QUADSPI_DLR (QUADSPI_BASE + 0x10u)
#define QUADSPI_CCR (QUADSPI_BASE + 0x14u)
#define QUADSPI_AR (QUADSPI_BASE + 0x18u)
#define QUADSPI_ABR (QUADSPI_BASE + 0x1Cu)
#define QUADSPI_DR (QUADSPI_BASE + 0x20u)
#define QUADSPI_WINDOW 0x90000000u
#define QUADSPI_WINDOW_LOG2 28u

#define QUADSPI_CR_EN (1u << 0)
#define QUADSPI_CR_ABORT (1u << 1)
#define QUADSPI_CR_SSHIFT (1u << 4)
#define QUADSPI_CR_FTHRES_POS 8u
#define QUADSPI_CR_PRESCALER_POS 24u
#define QUADSPI_DCR_CSHT_POS 8u
#define QUADSPI_DCR_FSIZE_POS 16u
#define QUADSPI_SR_TEF (1u << 0)
#define QUADSPI_SR_TCF (1u << 1)
#define QUADSPI_SR_FTF (1u << 2)
#define QUADSPI_SR_BUSY (1u << 5)
#define QUADSPI_CCR_IMODE_POS 8u
#define QUADSPI_CCR_ADMODE_POS 10u
#define QUADSPI_CCR_ADSIZE_POS 12u
#define QUADSPI_CCR_ABMODE_POS 14u
#define QUADSPI_CCR_DCYC_POS 18u
#define QUADSPI_CCR_DMODE_POS 24u
#define QUADSPI_CCR_FMODE_READ (1u << 26)
#define QUADSPI_CCR_FMODE_MAPPED (3u << 26)

/* Caches and MPU. */
#define SCB_CCR 0xE000ED14u
#define SCB_CCR_DC (1u << 16)
#define SCB_CCR_IC (1u << 17)
#define SCB_CCSIDR 0xE000ED80u
#define SCB_CSSELR 0xE000ED84u
#define SCB_ICIALLU 0xE000EF50u
#define SCB_DCISW 0xE000EF60u
#define SCB_DCCIMVAC 0xE000EF70u
#define SCB_DCCISW 0xE000EF74u
#define MPU_CTRL 0xE000ED94u
#define MPU_RNR 0xE000ED98u
#define MPU_RBAR 0xE000ED9Cu
#define MPU_RASR 0xE000EDA0u
#define MPU_CTRL_ENABLE (1u << 0)
#define MPU_CTRL_PRIVDEFENA (1u << 2)
#define MPU_RASR_ENABLE (1u << 0)
#define MPU_RASR_SIZE_POS 1u
#define MPU_RASR_WRITE_BACK (3u << 16) /* C and B */
#define MPU_RASR_READ_ONLY (6u << 24)
#define MPU_RASR_XN (1u << 28)

#endif
