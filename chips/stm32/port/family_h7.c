/* STM32H743, H747, H723: RM0399 7.8 (supply), 8.7 (clocks), 12.4 (ports); USARTs are those of the F7. */
#include "arch/mmio.h"
#include "chips/stm32/port/family.h"
#include "chips/stm32/regs/stm32f4_regs.h"
#include "chips/stm32/regs/stm32h7_regs.h"

/* With a ring to go to, an overrun is no reason to keep further bytes out. */
static const struct mprom_usart_layout layout = {
    USART_F7_ISR, USART_F7_RDR, USART_F7_TDR,    USART_F7_BRR,
    USART_F7_CR1, USART_F7_CR3, USART_F7_CR1_UE, USART_CR3_DMAR | USART_F7_CR3_OVRDIS};

/*
 * The supply is chosen once after power-up; writes after that do nothing, so a choice that a bootloader made stays.
 * Until then the chip is in a mode of its own in which RAM is not to be relied on: nothing here touches the stack.
 */
static void power_up(const struct mprom_stm32_board *board)
{
    mprom_mmio_write32(PWR_CR3, (mprom_mmio_read32(PWR_CR3) & ~PWR_CR3_SUPPLY) | (uint32_t)board->supply);
    while (!(mprom_mmio_read32(PWR_CSR1_H7) & PWR_CSR1_ACTVOSRDY)) {
    }
}

const struct mprom_stm32_family mprom_stm32_family = {
    .clock_hz = 64000000, /* the internal oscillator, as after a reset */
    .gpio_base = GPIO_BASE_H7,
    .gpio_enable = RCC_AHB4ENR,
    .apb1_enable = RCC_APB1LENR,
    .apb2_enable = RCC_APB2ENR_H7,
    .usart_clock = RCC_D2CCIP2R,
    .usart = &layout,
    .dma_base = DMA_BASE_H7,
    .dma_enable = RCC_AHB1ENR_H7,
    .dma_bit = 0,
    .dma_mux = DMAMUX1,
    .power_up = power_up,
};
