/* A stand-in for the header of this name in Renesas' FSP, which MicroPython's tree lacks: flash functions. */
#ifndef MPROM_TESTS_FAKES_RENESAS_RA_R_FLASH_HP_H
#define MPROM_TESTS_FAKES_RENESAS_RA_R_FLASH_HP_H

#include "r_flash_api.h"

typedef struct {
    uint32_t opened;
} flash_hp_instance_ctrl_t;

fsp_err_t R_FLASH_HP_Open(flash_ctrl_t *const p_api_ctrl, flash_cfg_t const *const p_cfg);
fsp_err_t R_FLASH_HP_Write(flash_ctrl_t *const p_api_ctrl, uint32_t const src_address, uint32_t flash_address,
                           uint32_t const num_bytes);
fsp_err_t R_FLASH_HP_Erase(flash_ctrl_t *const p_api_ctrl, uint32_t const address, uint32_t const num_blocks);

#endif
