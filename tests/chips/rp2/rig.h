/*
 * The flash of an RP2040 or an RP2350 on the test bus: RESETS, pins, SSI or QMI, window, a SPI-NOR chip over cells in memory,
 * and our boot ROM with its functions at other addresses each time.
 */
#ifndef MPROM_TESTS_RP2_RIG_H
#define MPROM_TESTS_RP2_RIG_H

#include "chips/rp2/driver/flash.h"
#include "chips/rp2/model/peripherals.h"
#include "chips/rp2/model/qmi_model.h"
#include "chips/rp2/model/rom_report_model.h"
#include "chips/rp2/model/ssi_model.h"
#include "chips/rp2/model/xip_rp2040_model.h"
#include "chips/rp2/model/xip_rp2350_model.h"
#include "emulator/model/cortex_m.h"
#include "tests/chips/bus.h"

enum {
    RIG_ALIASES_MAX = 8
};

/* In the order of the boot ROM's table. */
enum rig_function {
    RIG_IF,
    RIG_EX,
    RIG_RE,
    RIG_RP,
    RIG_FC,
    RIG_FUNCTIONS,
};

/* A second place of registers, where bits of a word are inverted, set or cleared. */
enum rig_alias_kind {
    RIG_XOR = 0x1000,
    RIG_SET = 0x2000,
    RIG_CLEAR = 0x3000,
};

struct rig_alias {
    struct model model;
    struct model *target;
    enum rig_alias_kind kind;
};

struct rig;

/* What differs between the series. */
struct rig_series {
    const char *name;
    const struct rp2_series *chip;
    const char *part; /* the flash chip */
    uint8_t capacity; /* the last byte of its id */
    uint32_t pads;    /* the first pad of the flash */
    int (*open_driver)(struct mprom_rp2_flash *rp2, uint32_t clock_hz);
    /* Puts models on the bus by rig_add() and rig_add_alias(), and says where the window is. */
    void (*open)(struct rig *rig);
    void (*reset)(struct rig *rig);
    /* A read of the boot ROM, but for its magic. */
    uint32_t (*rom_read)(struct rig *rig, uint32_t off, uint32_t size);
    /* A call of what looks up, with the driver's arguments. */
    uint32_t (*look_up)(struct rig *rig, uint32_t a, uint32_t b);
    void (*call)(struct rig *rig, enum rig_function function, uint32_t a, const void *data, uint32_t b, uint32_t c,
                 uint32_t d);
    void (*set_up_window)(struct rig *rig);
    uint32_t magic;
};

extern const struct rig_series rig_rp2040;
extern const struct rig_series rig_rp2350;

struct rig {
    const struct rig_series *series;
    struct rp2_resets_model resets;
    struct rp2_qspi_pins_model pins;
    struct rp2_rom_report_model report;
    struct rp2040_ssi_model ssi;
    struct rp2040_xip_model xip_rp2040;
    struct rp2350_qmi_model qmi;
    struct rp2350_xip_model xip_rp2350;
    struct rp2350_bootram_model bootram;
    struct cortex_m core;
    struct rp2_window_model *window;
    struct nor_chip chip;
    struct cells cells;
    struct model rom;
    struct rig_alias aliases[RIG_ALIASES_MAX];
    uint32_t alias_count;
    uint32_t model_count;
    struct mprom_rp2_flash driver;
    uint32_t rom_base;                     /* where its functions begin */
    uint8_t set_up[MPROM_RP2_SET_UP_SIZE]; /* what sets up the window, as the chip has it */
    const void *place;                     /* the last that mprom_rp2_address() was asked for */
    int set_ups;
    const char *missing; /* a function that the boot ROM has not, for a test; NULL: none */
};

/* Codes of the functions. */
extern const char *const rig_codes[RIG_FUNCTIONS];

/* Where a function lies now; that of RIG_FUNCTIONS looks up. */
uint32_t rig_function_at(const struct rig *rig, uint32_t function);

void rig_add(struct rig *rig, struct model *model);
void rig_add_alias(struct rig *rig, struct model *target, enum rig_alias_kind kind);

/* After a reset: nothing is set up. */
void rig_open_cold(struct rig *rig, const struct rig_series *series);

/* What the boot ROM does then. */
void rig_start(struct rig *rig);

/* As when the program starts. */
void rig_open(struct rig *rig, const struct rig_series *series);

/* The same with the driver on it. */
void rig_open_driver(struct rig *rig, const struct rig_series *series);

/* An RP2350 that is cold: the window reads by 0Bh from now on, after each operation too. */
void rig_read_by_0bh(struct rig *rig);

void rig_close(struct rig *rig);

/* The chip is busy from now on, for ever. */
void rig_hang(struct rig *rig);

/* The CPU reads or executes in the window. */
void rig_access(uint32_t off, enum model_access access);

#endif
