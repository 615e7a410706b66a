/*
 * Registers of the STM32F405, F411, F427 and of the F7 that mprom uses, by the names that the manual prints.
 *
 * Sources: RM0090 (F405/F42x), section 3 for the flash, 7 for RCC, 8 for GPIO, 18 for TIM2, 30 for USART; and ST's
 * headers stm32f405xx.h, stm32f411xe.h and stm32f427xx.h. What an F7 has otherwise: stm32f722xx.h, stm32f765xx.h.
 */
#ifndef MPROM_STM32F4_REGS_H
#define MPROM_STM32F4_REGS_H

/* Flash interface, RM0090 3.9. */
#define FLASH_BASE 0x40023C00u
#define FLASH_ACR (FLASH_BASE + 0x00u)
#define FLASH_KEYR (FLASH_BASE + 0x04u)
#define FLASH_SR (FLASH_BASE + 0x0Cu)
#define FLASH_CR (FLASH_BASE + 0x10u)
#define FLASH_OPTCR (FLASH_BASE + 0x14u)

#define FLASH_ACR_ICEN (1u << 9)
#define FLASH_ACR_DCEN (1u << 10)
#define FLASH_ACR_ICRST (1u << 11)
#define FLASH_ACR_DCRST (1u << 12)
#define FLASH_ACR_ARTEN (1u << 9) /* F7 */
#define FLASH_ACR_ARTRST (1u << 11)

/* RM0090 3.6.1 */
#define FLASH_KEY1 0x45670123u
#define FLASH_KEY2 0xCDEF89ABu

#define FLASH_SR_EOP (1u << 0)
#define FLASH_SR_OPERR (1u << 1)
#define FLASH_SR_WRPERR (1u << 4)
#define FLASH_SR_PGAERR (1u << 5)
#define FLASH_SR_PGPERR (1u << 6)
#define FLASH_SR_PGSERR (1u << 7) /* F7: ERSERR */
#define FLASH_SR_RDERR (1u << 8)  /* not on F405, where the bit is reserved and reads 0 */
#define FLASH_SR_BSY (1u << 16)
#define FLASH_SR_ERRORS                                                                                              \
    (FLASH_SR_OPERR | FLASH_SR_WRPERR | FLASH_SR_PGAERR | FLASH_SR_PGPERR | FLASH_SR_PGSERR | FLASH_SR_RDERR)

#define FLASH_CR_PG (1u << 0)
#define FLASH_CR_SER (1u << 1)
#define FLASH_CR_SNB_POS 3u
#define FLASH_CR_PSIZE_POS 8u
#define FLASH_CR_PSIZE_X32 (2u << FLASH_CR_PSIZE_POS)
#define FLASH_CR_STRT (1u << 16)
#define FLASH_CR_LOCK (1u << 31)

#define FLASH_OPTCR_DB1M (1u << 30)   /* F42x of 1 MB: two banks */
#define FLASH_OPTCR_NDBANK (1u << 29) /* F76x: one bank */

/* Where the CPU finds the flash, and what it finds out about the part (RM0090 2.3, 38.6.1, 39.2). */
#define FLASH_MEMORY 0x08000000u
#define FLASH_SIZE_KB_F4 0x1FFF7A22u
#define FLASH_SIZE_KB_F72X 0x1FF07A22u
#define FLASH_SIZE_KB_F76X 0x1FF0F442u
#define DBGMCU_IDCODE 0xE0042000u
#define DBGMCU_IDCODE_DEV_MASK 0xFFFu

/* Reset and clocks, RM0090 7.3. */
#define RCC_BASE 0x40023800u
#define RCC_AHB1ENR (RCC_BASE + 0x30u)
#define RCC_APB1ENR (RCC_BASE + 0x40u)
#define RCC_APB2ENR (RCC_BASE + 0x44u)
#define RCC_DCKCFGR2 (RCC_BASE + 0x90u) /* F7: clocks of the USARTs */
#define RCC_APB1ENR_TIM2EN (1u << 0)

/* A port's registers, RM0090 8.4. */
#define GPIO_BASE 0x40020000u
#define GPIO_DISTANCE 0x400u
#define GPIO_MODER 0x00u
#define GPIO_OSPEEDR 0x08u
#define GPIO_PUPDR 0x0Cu
#define GPIO_AFR(pin) (0x20u + 4u * ((pin) / 8u))

/* TIM2, 32 bits wide, RM0090 18.4. */
#define TIM2_BASE 0x40000000u
#define TIM_CR1 0x00u
#define TIM_DIER 0x0Cu
#define TIM_SR 0x10u
#define TIM_EGR 0x14u
#define TIM_CNT 0x24u
#define TIM_PSC 0x28u
#define TIM_CCR1 0x34u
#define TIM_CR1_CEN (1u << 0)
#define TIM_DIER_CC1IE (1u << 1)
#define TIM_SR_CC1IF (1u << 1)
#define TIM_EGR_UG (1u << 0)
#define TIM2_INTERRUPT 28

/* A USART's registers, RM0090 30.6. */
#define USART_SR 0x00u
#define USART_DR 0x04u
#define USART_BRR 0x08u
#define USART_CR1 0x0Cu
#define USART_SR_RXNE (1u << 5)
#define USART_SR_TC (1u << 6)
#define USART_SR_TXE (1u << 7)
#define USART_CR1_RE (1u << 2)
#define USART_CR1_TE (1u << 3)
#define USART_CR1_RXNEIE (1u << 5)
#define USART_CR1_UE (1u << 13)

#define USART_CR3 0x14u
#define USART_CR3_DMAR (1u << 6)

/* The same of an F7, whose other bits of SR and CR1 have the same places. */
#define USART_F7_CR1 0x00u
#define USART_F7_CR3 0x08u
#define USART_F7_BRR 0x0Cu
#define USART_F7_ISR 0x1Cu
#define USART_F7_RDR 0x24u
#define USART_F7_TDR 0x28u
#define USART_F7_CR1_UE (1u << 0)
#define USART_F7_CR3_OVRDIS (1u << 12)

/* DMA1, and DMA2 behind it: RM0090 10.5; an H7 has them elsewhere, and requests come through a multiplexer. */
#define DMA_BASE 0x40026000u
#define DMA_DISTANCE 0x400u
#define DMA_STREAM(stream) (0x10u + 0x18u * (stream))
#define DMA_CR 0x00u
#define DMA_NDTR 0x04u
#define DMA_PAR 0x08u
#define DMA_M0AR 0x0Cu
#define DMA_CR_EN (1u << 0)
#define DMA_CR_CIRC (1u << 8)
#define DMA_CR_MINC (1u << 10)
#define DMA_CR_CHSEL_POS 25u
#define RCC_AHB1ENR_DMA1EN_POS 21u

#endif
