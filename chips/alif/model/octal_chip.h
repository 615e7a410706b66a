/*
 * An octal flash chip, simulated: what it makes of whole commands, on one line or on eight lines at both edges. Its array
 * is cells (cells.h). Stricter than chips are: what one would ignore or get wrong is reported, and then done as it would.
 * Written from chips/alif/facts.md, without a look at the driver.
 */
#ifndef MPROM_ALIF_OCTAL_CHIP_H
#define MPROM_ALIF_OCTAL_CHIP_H

#include "emulator/array/cells.h"

enum {
    OCTAL_PAGE = 256,
    OCTAL_ERASES = 3,
    OCTAL_BLOCK_MAX = 128 << 10,
};

enum octal_kind {
    OCTAL_ISSI,
    OCTAL_MACRONIX, /* opcodes of 16 bits; swaps each two bytes on eight lines */
    OCTAL_EVERSPIN, /* MRAM: takes no time, keeps write enable, has no pages */
};

struct octal_erase {
    uint32_t size; /* 0 ends the list */
    uint8_t opcode;
    uint32_t us;
};

struct octal_part {
    const char *name;
    enum octal_kind kind;
    uint8_t id[3];
    struct octal_erase erases[OCTAL_ERASES];
    uint32_t program_us;
    const struct mprom_flash_geometry *geometry;
};

const struct octal_part *octal_part_find(const char *name);

/* A command on eight lines, as a controller sends it. */
struct octal_frame {
    uint8_t opcode[2]; /* what is on the lines at the two edges of the first clock */
    bool has_address;
    uint32_t address;
    uint32_t dummy_clocks;
    const uint8_t *out; /* bytes in the order of the edges, or NULL */
    uint8_t *in;
    uint32_t size; /* of either */
    uint32_t mhz;
};

struct octal_chip {
    const struct octal_part *part;
    struct cells *cells;
    void (*violation)(void *ctx, const char *text);
    void *ctx;

    /* Lost with power. */
    bool is_octal;
    bool write_enabled;
    bool reset_enabled;
    uint8_t dummy_code;
    uint8_t flags;
    uint64_t busy_ns;
    uint64_t deaf_ns;
    uint32_t job_off; /* what is being erased, and what was there */
    uint32_t job_size;
    uint8_t job_old[OCTAL_BLOCK_MAX];

    uint64_t *worked_ns;    /* the owner's: counts what programs and erases took */
    uint32_t changes;       /* of the array */
    bool hangs;             /* for tests: what is begun never ends */
    bool has_tables;        /* SFDP */
    uint8_t protected_bits; /* BP of the status register: all of the array is protected if any is set */
};

/* A chip over cells of its part's geometry, which the owner opens. */
void octal_chip_open(struct octal_chip *chip, const struct octal_part *part, struct cells *cells,
                     uint64_t *worked_ns);

/* Power is back; deaf_us: how long it does not answer, as after an erase that power had failed in. */
void octal_chip_power_on(struct octal_chip *chip, uint32_t deaf_us);

/* One select on one line: out is what comes, and becomes what the chip answers. */
void octal_chip_single(struct octal_chip *chip, uint8_t *bytes, uint32_t size);

/* One select on eight lines. */
void octal_chip_octal(struct octal_chip *chip, const struct octal_frame *frame);

/* Dummy clocks of a read of the array as the chip is set up, and the most MHz that it bears with them. */
uint32_t octal_chip_dummy(const struct octal_chip *chip);
uint32_t octal_chip_mhz(const struct octal_chip *chip);

/* The opcode of such a read at the two edges. */
void octal_chip_read_opcode(const struct octal_chip *chip, uint8_t opcode[2]);

void octal_chip_tick(struct octal_chip *chip, uint64_t ns);

#endif
