/* RT1062: the program lies in OCRAM2, which is no FlexRAM. */
#include "chips/imxrt/port/series_rt10xx.h"

const struct mprom_imxrt_series mprom_imxrt_series = {
    .flexspi = 0x402A8000u,
    .window = 0x60000000u,
    MPROM_IMXRT_RT10XX,
};
