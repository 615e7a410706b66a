/*
 * A second flash simulator, written from include/mprom/flash.h and docs/update.md alone. It shares no code with
 * emulator/cells*: a misreading there is not repeated here by a shared line.
 *
 * It holds at most STRANGER_FLASH_SIZE bytes, keeps count of every program of every unit, and lets bits of a torn
 * program or erase flicker: in any three reads in a row such a bit reads both ways, as docs/update.md assumes.
 */
#ifndef MPROM_TESTS_STRANGER_FLASH_H
#define MPROM_TESTS_STRANGER_FLASH_H

#include <setjmp.h>

#include "mprom/flash.h"

enum {
    STRANGER_FLASH_SIZE = 16384,
    STRANGER_REGIONS_MAX = 3,
};

/* What is random in a case comes from here: the same start gives the same case. */
struct stranger_random {
    uint64_t state;
};

uint32_t stranger_random(struct stranger_random *random);

/* From 0 to below - 1. */
uint32_t stranger_below(struct stranger_random *random, uint32_t below);

/* True once in n. */
bool stranger_once_in(struct stranger_random *random, uint32_t n);

/* The supply of a board: it fails at an operation (program or erase) that is chosen before. */
struct stranger_power {
    struct stranger_random *random;
    uint32_t left; /* operations until it fails; 0: it does not */
    jmp_buf failed;
    bool is_off;
    const char *violation; /* the first thing that a driver may never be asked for, or NULL */
};

struct stranger_flash {
    struct mprom_flash flash;
    struct mprom_flash_geometry geometry;
    struct mprom_flash_region regions[STRANGER_REGIONS_MAX];
    struct stranger_power *power;
    uint8_t bytes[STRANGER_FLASH_SIZE];
    uint8_t flicker[STRANGER_FLASH_SIZE];  /* bits that do not read the same each time */
    uint8_t reads[STRANGER_FLASH_SIZE];    /* counted modulo 3 */
    uint8_t programs[STRANGER_FLASH_SIZE]; /* of the unit that starts here, since its erase */
    bool bad[STRANGER_FLASH_SIZE];         /* error correction gives up this unit */
};

/* Makes a flash of a random kind, all erased. The geometry is one that mprom_flash_check() accepts. */
void stranger_flash_make(struct stranger_flash *flash, struct stranger_power *power);

/* A line about the geometry, for the report of a case. */
void stranger_flash_say(const struct stranger_flash *flash);

#endif
