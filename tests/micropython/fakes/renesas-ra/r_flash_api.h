/* A stand-in for the header of this name in Renesas' FSP, which MicroPython's tree lacks: types. */
#ifndef MPROM_TESTS_FAKES_RENESAS_RA_R_FLASH_API_H
#define MPROM_TESTS_FAKES_RENESAS_RA_R_FLASH_API_H

#include "bsp_api.h"

typedef void flash_ctrl_t;

typedef struct {
    int event;
} flash_callback_args_t;

typedef struct {
    uint8_t ipl;
} flash_cfg_t;

typedef struct {
    flash_ctrl_t *p_ctrl;
} flash_instance_t;

#endif
