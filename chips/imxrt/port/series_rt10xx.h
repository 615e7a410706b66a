/* What RT1052, RT1062 and RT1064 have in common. */
#ifndef MPROM_IMXRT_SERIES_RT10XX_H
#define MPROM_IMXRT_SERIES_RT10XX_H

#include "chips/imxrt/port/series.h"
#include "chips/imxrt/regs/imxrt_regs.h"

/* The gates of both consoles are opened: GPT1's two, DMA's, those of LPUART1 and LPUART6. */
#define MPROM_IMXRT_RT10XX                                                                                           \
    .rtwdog = 0x400BC000u, .gpt = 0x401EC000u, .gpt_interrupt = 100, .dma = 0x400E8000u, .dmamux = 0x400EC000u,      \
    .dma_interrupt = 0,                                                                                              \
    .clocks = {{CCM_CSCMR1, CCM_CSCMR1_PERCLK_PODF, CCM_CSCMR1_PERCLK_CLK_SEL},                                      \
               {CCM_CSCDR1, CCM_CSCDR1_UART_CLK_PODF, CCM_CSCDR1_UART_CLK_SEL},                                      \
               {CCM_CCGR1, 0, CCM_CCGR(10u) | CCM_CCGR(11u)},                                                        \
               {CCM_CCGR3, 0, CCM_CCGR(3u)},                                                                         \
               {CCM_CCGR5, 0, CCM_CCGR(3u) | CCM_CCGR(12u)}},                                                        \
    .consoles = {{1, 3, 0x40184000u, {0x401F80ECu, 0, 2, 0}, {0x401F80F0u, 0, 2, 0}},                                \
                 {6, 71, 0x40198000u, {0x401F80C4u, 0x401F8554u, 2, 1}, {0x401F80C8u, 0x401F8550u, 2, 1}}}

#endif
