/*
 * Registers of the STM32H743, H747 and H723 that mprom uses, the flash aside, by the names that manuals print.
 *
 * Sources: RM0399 (H745/H747; the H743 has the same blocks), section 7 for PWR, 8 for RCC, 12 for GPIO; ST's headers
 * stm32h743xx.h, stm32h747xx.h and stm32h723xx.h.
 */
#ifndef MPROM_STM32H7_REGS_H
#define MPROM_STM32H7_REGS_H

#define PWR_CSR1_H7 0x58024804u
#define PWR_CR3 0x5802480Cu
#define PWR_CSR1_ACTVOSRDY (1u << 13)
#define PWR_CR3_SUPPLY 0x3Fu

#define RCC_D2CCIP2R 0x58024454u /* clocks of the USARTs */
#define RCC_AHB3RSTR_H7 0x5802447Cu
#define RCC_AHB3ENR_H7 0x580244D4u
#define RCC_AHB4ENR 0x580244E0u
#define RCC_AHB1ENR_H7 0x580244D8u /* bits 0 and 1: DMA1 and DMA2 */
#define DMA_BASE_H7 0x40020000u
#define DMAMUX1 0x40020800u /* a register for each stream of DMA1 and then of DMA2: the number of its request */
#define RCC_APB1LENR 0x580244E8u
#define RCC_APB2ENR_H7 0x580244F0u

#define GPIO_BASE_H7 0x58020000u

#endif
