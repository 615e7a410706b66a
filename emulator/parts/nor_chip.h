/*
 * A SPI-NOR chip, simulated: what it makes of the bytes that a controller shifts in and out. Its array is cells (cells.h), so
 * programs and erases are torn when power fails.
 *
 * Stricter than chips are: what a chip would quietly ignore or get wrong is reported as a violation, with the text of
 * what was wrong, and then done as the chip would. Time is simulated: a chip is busy until nor_chip_tick() has been
 * given the typical time of what it does.
 *
 * For one thread.
 */
#ifndef MPROM_EMULATOR_NOR_CHIP_H
#define MPROM_EMULATOR_NOR_CHIP_H

#include "emulator/array/cells.h"

enum {
    NOR_PAGE_SIZE = 256,
    NOR_STATUS_COUNT = 2,
};

/* What a part can beyond what all of them can. */
enum nor_feature {
    NOR_STATUS_2 = 1,            /* 35h reads status register 2 */
    NOR_STATUS_2_ALONE = 2,      /* 31h writes it */
    NOR_STATUS_2_ALT = 4,        /* 3Fh reads it, 3Eh writes it */
    NOR_MODE_4BYTE = 8,          /* B7h, E9h */
    NOR_OPCODES_4BYTE = 16,      /* 0Ch, 12h, 21h, 6Ch, DCh, ECh */
    NOR_MODE_4BYTE_GUARDED = 32, /* B7h and E9h need write enable (Micron) */
    NOR_QPI = 64,                /* 38h enters it, FFh leaves it */
    NOR_QPI_UNTIL_RESET = 128,   /* FFh does not (Macronix, where it is F5h) */
    NOR_UNIQUE_ID = 256,         /* 4Bh reads it (Winbond) */
};

struct nor_part {
    const char *name;
    uint8_t id[3];
    const uint8_t *sfdp; /* from address 0; what lies beyond reads FFh; NULL if it has none */
    uint32_t sfdp_size;
    const struct mprom_flash_geometry *geometry;
    uint32_t features;
    uint8_t quad_rule; /* 0..6, as JESD216 numbers them: where quad enable is and how it is written */
    /* Typical times */
    uint32_t program_us;
    uint32_t erase_4k_us;
    uint32_t erase_32k_us;
    uint32_t erase_64k_us;
    uint32_t status_us;
    uint32_t reset_us;
    uint32_t wake_us;
};

/*
 * What a controller means by the clocks that it gives. One that knows its phases says which it is in, and a chip that
 * takes the bits for something else reports that; one that shifts bytes says NOR_SHIFT, and the chip sees what a chip
 * sees.
 */
enum nor_phase {
    NOR_SHIFT, /* sends and receives at once, on a line each way */
    NOR_OPCODE,
    NOR_ADDRESS,
    NOR_MODE,
    NOR_SEND,    /* data to the chip */
    NOR_RECEIVE, /* data from the chip; nobody else drives the lines */
};

enum nor_data {
    NOR_DATA_NONE,
    NOR_DATA_IN,
    NOR_DATA_OUT,
};

/* How the chip listens while it is selected. */
enum nor_listening {
    NOR_EXPECTS_OPCODE,
    NOR_HEARS_COMMAND,
    NOR_HEARS_FOUR_LINES, /* but looks at the first one only */
    NOR_HEARS_CONTINUOUS, /* bits on all lines, whatever they are, as the address of a continuous read */
    NOR_IGNORES,
};

/* What it has heard since it was selected. */
struct nor_heard {
    enum nor_listening listening;
    const struct nor_command *command;
    uint8_t opcode; /* the first byte */
    uint8_t address_lanes;
    uint8_t data_lanes;
    uint8_t mode;
    uint8_t mode_size;    /* bytes */
    uint8_t address_size; /* bytes */
    uint32_t address;
    uint32_t dummy_clocks;
    enum nor_data data;
    uint32_t size;               /* bytes of data */
    bool answers;                /* the command is right, and the chip drives the lines */
    uint32_t clocks;             /* of odd states */
    uint8_t bits;                /* the last eight of the first line, or the last two of all four */
    bool is_ones;                /* all of them */
    uint8_t page[NOR_PAGE_SIZE]; /* data to the chip */
};

enum nor_job {
    NOR_NOTHING,
    NOR_PROGRAMS,
    NOR_ERASES,
    NOR_WRITES_STATUS,
};

struct nor_hooks {
    /* Told of each violation in one sentence. */
    void (*violation)(void *ctx, const char *text);
    void *ctx;
};

struct nor_chip {
    const struct nor_part *part;
    struct cells *cells;
    uint64_t violations;

    /* What outlasts power. Tests may set it. */
    uint8_t status[NOR_STATUS_COUNT]; /* without busy and write enable */
    bool starts_in_4byte;             /* address width after power-up and reset */

    /* What does not. Tests may set it too: another program had the chip before. */
    bool write_enabled;
    bool mode_4byte;
    bool qpi;
    bool power_down;
    bool reset_enabled;
    uint8_t continuous; /* the opcode that the next command goes without, or 0 */

    enum nor_job job;
    uint64_t busy_ns;
    uint64_t deaf_ns;
    uint64_t worked_ns; /* what all programs and erases took that were ever begun */
    uint32_t job_off;
    uint32_t job_size;
    uint8_t page[NOR_PAGE_SIZE];
    uint8_t new_status[NOR_STATUS_COUNT];

    bool is_selected;
    struct nor_heard heard;

    /* Set by the owner at any time. */
    uint8_t held_low;   /* data lines (bit 1 is IO1) that are low when nobody drives them; else pull-ups hold them */
    bool never_ready;   /* what is begun never ends */
    bool status_locked; /* the status registers cannot be written (/WP, SRL) */
    struct nor_hooks hooks;
};

/*
 * A chip over cells of its part's geometry, which the owner has opened and closes. Factory state: nothing protected,
 * quad enable off.
 */
void nor_chip_open(struct nor_chip *chip, const struct nor_part *part, struct cells *cells);

/* Power is back: what does not outlast it is gone, and no cut is planned in the cells. */
void nor_chip_power_on(struct nor_chip *chip);

/*
 * Chip select goes low, bytes and clocks come, chip select goes high: a command takes effect then, an answer comes
 * meanwhile. A chip without power notices nothing, and its lines are as the pull-ups have them.
 */
void nor_chip_select(struct nor_chip *chip);
void nor_chip_deselect(struct nor_chip *chip);

/* A byte on 1, 2 or 4 lines. Returns what the controller reads meanwhile. */
uint8_t nor_chip_exchange(struct nor_chip *chip, enum nor_phase meant, uint8_t lanes, uint8_t byte);

/* Clocks in which nobody drives the lines: dummy clocks of a controller that counts them. */
void nor_chip_wait(struct nor_chip *chip, uint32_t clocks);

/* Time passes. */
void nor_chip_tick(struct nor_chip *chip, uint64_t ns);

#endif
