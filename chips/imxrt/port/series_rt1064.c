/* RT1064: as RT1062, but for the flash in its package. */
#include "chips/imxrt/port/series_rt10xx.h"

const struct mprom_imxrt_series mprom_imxrt_series = {
    .flexspi = 0x402A4000u, /* FlexSPI2 */
    .window = 0x70000000u,
    MPROM_IMXRT_RT10XX,
};
