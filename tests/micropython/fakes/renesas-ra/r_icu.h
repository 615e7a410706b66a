/* A stand-in for the header of this name in Renesas' FSP, which MicroPython's tree lacks: what the board's hal_data.h needs of it. */
#ifndef MPROM_TESTS_FAKES_RENESAS_RA_R_ICU_H
#define MPROM_TESTS_FAKES_RENESAS_RA_R_ICU_H

#include "bsp_api.h"

#endif
