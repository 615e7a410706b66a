/* A stand-in for the header of this name in Renesas' FSP, which MicroPython's tree lacks: what the board's hal_data.h needs of it. */
#ifndef MPROM_TESTS_FAKES_RENESAS_RA_R_LPM_H
#define MPROM_TESTS_FAKES_RENESAS_RA_R_LPM_H

#include "r_lpm_api.h"

typedef struct {
    uint32_t lpm_open;
} lpm_instance_ctrl_t;

#endif
