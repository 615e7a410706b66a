/* What a board of this family is, in constants: its folder under boards/ defines one `const struct mprom_nrf_board`. */
#ifndef MPROM_NRF_BOARD_H
#define MPROM_NRF_BOARD_H

#include <stdint.h>

#include "chips/kit/facts.h"

struct mprom_nrf_board {
    const char *name;
    const char *part;    /* one of those in model/nvmc_model.c, such as "nRF51822" */
    uint32_t flash_size; /* bytes, if the machine has more than the chip says; else 0 */
    uint32_t ram_size;   /* bytes */
    uint8_t tx;          /* pins of UART0, the console */
    uint8_t rx;
    struct mprom_kit_rom rom;
};

/* The board that the firmware is for. On the PC, which knows them all, each has a name of its own (CMakeLists.txt). */
extern const struct mprom_nrf_board mprom_nrf_board_facts;

#endif
