/* STM32F72x, F76x: as F4 but for the USARTs and their clock (ST's headers stm32f722xx.h and stm32f767xx.h). */
#include "chips/stm32/port/family.h"
#include "chips/stm32/port/pll_f7.h"
#include "chips/stm32/regs/stm32f4_regs.h"

/* With a ring to go to, an overrun is no reason to keep further bytes out. */
static const struct mprom_usart_layout layout = {
    USART_F7_ISR, USART_F7_RDR, USART_F7_TDR,    USART_F7_BRR,
    USART_F7_CR1, USART_F7_CR3, USART_F7_CR1_UE, USART_CR3_DMAR | USART_F7_CR3_OVRDIS};

const struct mprom_stm32_family mprom_stm32_family = {
    .clock_hz = 16000000, /* the internal oscillator */
    .speed_up = mprom_pll_f7_start,
    .gpio_base = GPIO_BASE,
    .gpio_enable = RCC_AHB1ENR,
    .apb1_enable = RCC_APB1ENR,
    .apb2_enable = RCC_APB2ENR,
    .usart_clock = RCC_DCKCFGR2,
    .usart = &layout,
    .dma_base = DMA_BASE,
    .dma_enable = RCC_AHB1ENR,
    .dma_bit = RCC_AHB1ENR_DMA1EN_POS,
};
