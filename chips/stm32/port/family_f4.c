/* STM32F405, F411, F42x: RM0090 7.3 and 8.4 (clocks, ports), 30.6 (USART). */
#include "chips/stm32/port/family.h"
#include "chips/stm32/regs/stm32f4_regs.h"

static const struct mprom_usart_layout layout = {USART_SR,  USART_DR,  USART_DR,     USART_BRR,
                                                 USART_CR1, USART_CR3, USART_CR1_UE, USART_CR3_DMAR};

const struct mprom_stm32_family mprom_stm32_family = {
    .clock_hz = 16000000, /* the internal oscillator, as after a reset */
    .gpio_base = GPIO_BASE,
    .gpio_enable = RCC_AHB1ENR,
    .apb1_enable = RCC_APB1ENR,
    .apb2_enable = RCC_APB2ENR,
    .usart = &layout,
    .dma_base = DMA_BASE,
    .dma_enable = RCC_AHB1ENR,
    .dma_bit = RCC_AHB1ENR_DMA1EN_POS,
};
