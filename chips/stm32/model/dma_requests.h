/* Which stream of DMA1 and DMA2 serves which peripheral. */
#ifndef MPROM_DMA_REQUESTS_H
#define MPROM_DMA_REQUESTS_H

#include <stdint.h>

/* Receivers, which ask for a stream when they have a byte. */
enum dma_request {
    DMA_NOBODY,
    DMA_USART1_RX,
    DMA_USART2_RX,
    DMA_USART3_RX,
    DMA_UART4_RX,
    DMA_UART5_RX,
    DMA_USART6_RX,
    DMA_UART7_RX,
    DMA_UART8_RX,
};

/* Of a stream of an F4 or F7 that has chosen this channel; both count from 0, the controller from 1. */
enum dma_request dma_request_of_channel(uint32_t controller, uint32_t stream, uint32_t channel);

/* Of a stream of an H7 whose multiplexer has this request. */
enum dma_request dma_request_of_mux(uint32_t input);

#endif
