/* RT1176: every clock has a root with a source and a divider, and a gate. Its OCRAM1 and OCRAM2 are no FlexRAM. */
#include "chips/imxrt/port/series.h"
#include "chips/imxrt/regs/imxrt_regs.h"

const struct mprom_imxrt_series mprom_imxrt_series = {
    .flexspi = 0x400CC000u, /* FLEXSPI1 */
    .window = 0x30000000u,
    .rtwdog = 0x40038000u,
    .gpt = 0x400EC000u,
    .gpt_interrupt = 119,
    .dma = 0x40070000u,
    .dmamux = 0x40074000u,
    .dma_interrupt = 0,
    .clocks = {{CCM_ROOT_CONTROL(14u), CCM_ROOT_BITS, CCM_ROOT_MUX_24M},
               {CCM_ROOT_CONTROL(25u), CCM_ROOT_BITS, CCM_ROOT_MUX_24M},
               {CCM_LPCG_DIRECT(22u), 0, CCM_LPCG_ON},
               {CCM_LPCG_DIRECT(64u), 0, CCM_LPCG_ON},
               {CCM_LPCG_DIRECT(86u), 0, CCM_LPCG_ON}},
    .consoles = {{1, 9, 0x4007C000u, {0x400E816Cu, 0x400E8620u, 0, 0}, {0x400E8170u, 0x400E861Cu, 0, 0}}},
};
