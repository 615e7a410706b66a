/*
 * What differs between the families of this folder, as data: family_f4.c, family_f7.c or family_h7.c defines
 * `mprom_stm32_family`, and the Makefile links the one that the board's part is of.
 */
#ifndef MPROM_STM32_FAMILY_H
#define MPROM_STM32_FAMILY_H

#include "chips/stm32/board.h"

/* Where a USART has its registers, and the one bit that is not at the same place in all of them. */
struct mprom_usart_layout {
    uint8_t status;
    uint8_t receive;
    uint8_t transmit;
    uint8_t brr;
    uint8_t cr1;
    uint8_t cr3;
    uint32_t enable;
    uint32_t cr3_bits;
};

/* What runs how fast. */
struct mprom_stm32_clocks {
    uint32_t cpu_hz; /* AHB too */
    uint32_t apb1_hz;
    uint32_t apb2_hz;
    uint32_t timer_hz; /* TIM2 */
};

struct mprom_stm32_family {
    uint32_t clock_hz; /* of the CPU, the timers and the USARTs, after a reset */
    /*
     * Brings the clocks to what the board asks for; NULL if this family has nothing for it. Returns false if that
     * failed, and all is as before.
     */
    bool (*speed_up)(const struct mprom_stm32_board *board, struct mprom_stm32_clocks *clocks);
    uint32_t gpio_base;
    uint32_t gpio_enable; /* the register of RCC with a bit for each port */
    uint32_t apb1_enable; /* those with the bits of TIM2 and of the USARTs */
    uint32_t apb2_enable;
    uint32_t usart_clock; /* the one that is 0 if USARTs run from the clock of their bus; 0 if there is none */
    const struct mprom_usart_layout *usart;
    uint32_t dma_base;   /* of DMA1; DMA2 is the next */
    uint32_t dma_enable; /* the register of RCC with a bit for each */
    uint8_t dma_bit;     /* that of DMA1; DMA2's is the next */
    uint32_t dma_mux;    /* registers that give each stream its request; 0 if streams choose between channels */
    /* Called first of all, before RAM may be written to; NULL for nothing to do. */
    void (*power_up)(const struct mprom_stm32_board *board);
};

extern const struct mprom_stm32_family mprom_stm32_family;

#endif
