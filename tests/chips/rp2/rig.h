/*
 * The flash of an RP2040 on the test bus: RESETS, pins, SSI, window, a SPI-NOR chip over cells in memory, and our boot ROM
 * with its functions at other addresses each time.
 */
#ifndef MPROM_TESTS_RP2_RIG_H
#define MPROM_TESTS_RP2_RIG_H

#include "chips/rp2/driver/flash.h"
#include "chips/rp2/model/rom_report_model.h"
#include "chips/rp2/model/xip_model.h"
#include "tests/chips/bus.h"

enum {
    RIG_ALIASES = 3
};

/* A second place of registers, where bits of a word are set or cleared. */
struct rig_alias {
    struct model model;
    struct model *target;
    bool clears;
};

struct rig {
    struct rp2_resets_model resets;
    struct rp2_qspi_pins_model pins;
    struct rp2_ssi_model ssi;
    struct rp2_xip_model xip;
    struct rp2_rom_report_model report;
    struct nor_chip chip;
    struct cells cells;
    struct model rom;
    struct rig_alias aliases[RIG_ALIASES];
    struct mprom_rp2_flash driver;
    uint32_t rom_base; /* where its functions begin */
    uint8_t boot2[MPROM_RP2_BOOT2_SIZE];
    const void *place; /* the last that mprom_rp2_address() was asked for */
    int boot2_runs;
    const char *missing; /* a function that the boot ROM has not, for a test; NULL: none */
};

/* After a reset: nothing is set up. */
void rig_open_cold(struct rig *rig);

/* As boot2 leaves it. */
void rig_open(struct rig *rig);

/* The same with the driver on it. */
void rig_open_driver(struct rig *rig);

void rig_close(struct rig *rig);

/* The chip is busy from now on, for ever. */
void rig_hang(struct rig *rig);

/* The CPU reads or executes in the window. */
void rig_access(uint32_t off, enum model_access access);

#endif
