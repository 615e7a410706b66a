/* A stand-in for the header of this name in Renesas' FSP, which MicroPython's tree lacks: what the board's hal_data.h needs of it. */
#ifndef MPROM_TESTS_FAKES_RENESAS_RA_R_IOPORT_H
#define MPROM_TESTS_FAKES_RENESAS_RA_R_IOPORT_H

#include "r_ioport_api.h"

typedef struct {
    uint32_t open;
} ioport_instance_ctrl_t;

typedef struct {
    void *p_ctrl;
} ioport_instance_t;

#endif
