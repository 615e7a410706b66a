/* A stand-in for the header of this name in Renesas' FSP, which MicroPython's tree lacks: results. */
#ifndef MPROM_TESTS_FAKES_RENESAS_RA_BSP_API_H
#define MPROM_TESTS_FAKES_RENESAS_RA_BSP_API_H

#include <stdint.h>

#define FSP_HEADER
#define FSP_FOOTER

typedef enum {
    FSP_SUCCESS = 0,
    FSP_ERR_TIMEOUT = 20,
    FSP_ERR_WRITE_FAILED = 24,
    FSP_ERR_ERASE_FAILED = 25,
    FSP_ERR_CMD_LOCKED = 501
} fsp_err_t;

#endif
