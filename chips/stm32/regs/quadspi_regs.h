/*
 * QUADSPI of the STM32F7 and H7, by the names that manuals print.
 *
 * Sources: RM0399 section 24; ST's headers stm32f722xx.h, stm32f767xx.h, stm32h743xx.h and stm32h747xx.h.
 */
#ifndef MPROM_QUADSPI_REGS_H
#define MPROM_QUADSPI_REGS_H

#define RCC_AHB3_QSPI_F7 (1u << 1) /* in RCC_AHB3ENR and RCC_AHB3RSTR */
#define RCC_AHB3_QSPI_H7 (1u << 14)

#define QUADSPI_BASE_F7 0xA0001000u
#define QUADSPI_BASE_H7 0x52005000u
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
#define QUADSPI_CR_PRESCALER (0xFFu << 24)
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
