/*
 * RM0090 tables 42 and 43, as they are printed: a row for each channel, a column for each stream. Only receivers are
 * filled in, because nothing else asks the models for a stream. RM0433 table 121 has the inputs of an H7's DMAMUX1.
 */
#include "chips/stm32/model/dma_requests.h"

enum {
    CHANNELS = 8,
    STREAMS = 8,
};

static const enum dma_request of_dma1[CHANNELS][STREAMS] = {
    [4] = {DMA_UART5_RX, DMA_USART3_RX, DMA_UART4_RX, DMA_NOBODY, DMA_NOBODY, DMA_USART2_RX, DMA_NOBODY, DMA_NOBODY},
    [5] = {DMA_NOBODY, DMA_NOBODY, DMA_NOBODY, DMA_UART7_RX, DMA_NOBODY, DMA_NOBODY, DMA_UART8_RX, DMA_NOBODY},
};

static const enum dma_request of_dma2[CHANNELS][STREAMS] = {
    [4] = {DMA_NOBODY, DMA_NOBODY, DMA_USART1_RX, DMA_NOBODY, DMA_NOBODY, DMA_USART1_RX, DMA_NOBODY, DMA_NOBODY},
    [5] = {DMA_NOBODY, DMA_USART6_RX, DMA_USART6_RX, DMA_NOBODY, DMA_NOBODY, DMA_NOBODY, DMA_NOBODY, DMA_NOBODY},
};

enum dma_request dma_request_of_channel(uint32_t controller, uint32_t stream, uint32_t channel)
{
    if (channel >= CHANNELS || stream >= STREAMS) {
        return DMA_NOBODY;
    }
    return controller == 1 ? of_dma1[channel][stream] : of_dma2[channel][stream];
}

enum dma_request dma_request_of_mux(uint32_t input)
{
    switch (input) {
    case 41:
        return DMA_USART1_RX;
    case 43:
        return DMA_USART2_RX;
    case 45:
        return DMA_USART3_RX;
    case 63:
        return DMA_UART4_RX;
    case 65:
        return DMA_UART5_RX;
    case 71:
        return DMA_USART6_RX;
    case 79:
        return DMA_UART7_RX;
    case 81:
        return DMA_UART8_RX;
    default:
        return DMA_NOBODY;
    }
}
