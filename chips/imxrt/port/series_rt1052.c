/* RT1052: all of its OCRAM is FlexRAM. Of 16 banks of 32 KiB the first four are ITCM, four DTCM, eight OCRAM, as upstream has it. */
#include "chips/imxrt/port/series_rt10xx.h"

const struct mprom_imxrt_series mprom_imxrt_series = {
    .flexspi = 0x402A8000u,
    .window = 0x60000000u,
    .flexram_banks = 0x5555AAFFu,
    MPROM_IMXRT_RT10XX,
};
