/*
 * The flash of an RP2040 or an RP2350: a SPI-NOR chip that the program runs from, erased and programmed by the functions of
 * the boot ROM. Offsets count from the start of the chip.
 *
 * From the first of these functions until the window is set up again nothing may read the chip through it, from 0x10000000
 * on: the driver runs from RAM meanwhile, with interrupts masked, and the other core must not run from the window. What sets
 * it up is boot2 on an RP2040, and code that the boot ROM leaves in BOOTRAM on an RP2350; the driver runs a copy in RAM.
 */
#ifndef MPROM_RP2_FLASH_H
#define MPROM_RP2_FLASH_H

#include "mprom/flash.h"

enum {
    MPROM_RP2_PAGE_SIZE = 256, /* bytes of a program by the boot ROM, which takes whole pages only */
    MPROM_RP2_SECTOR_SIZE = 4096,
    MPROM_RP2_BLOCK_SIZE = 65536,
    MPROM_RP2_SET_UP_SIZE = 256,
    MPROM_RP2_PADS = 6,
    MPROM_RP2_KEPT_MAX = MPROM_RP2_PADS + 3,
    MPROM_RP2_ID_SIZE = 3,
};

/* What the system stops while the window is closed, such as the other core; called from RAM or from the window. */
struct mprom_rp2_guard {
    void (*enter)(void *ctx);
    void (*leave)(void *ctx);
    void *ctx;
};

/* A command of one byte and size bytes of answer, while the window is closed. Returns 0 or an error. */
typedef int (*mprom_rp2_ask_t)(uint8_t opcode, uint8_t *answer, uint32_t size);

struct mprom_rp2_flash {
    struct mprom_flash flash; /* hand &rp2->flash to whoever wants a flash */
    struct mprom_flash_geometry geometry;
    struct mprom_flash_region region;
    const struct mprom_rp2_guard *guard; /* NULL: nothing else runs. The owner may set it after the open */
    uint32_t polls_max;                  /* looks at the chip's status before a chip that stays busy is given up */
    struct {
        uint32_t connect; /* IF, EX, RE, RP and FC of the boot ROM's table */
        uint32_t exit_xip;
        uint32_t erase;
        uint32_t program;
        uint32_t flush;
    } rom;
    mprom_rp2_ask_t ask;
    uint32_t kept[MPROM_RP2_KEPT_MAX]; /* registers that the boot ROM changes, and that stay as they were; 0: none */
    uint8_t id[MPROM_RP2_ID_SIZE];     /* JEDEC: manufacturer, type, capacity */
    uint8_t page[MPROM_RP2_PAGE_SIZE]; /* what is programmed */
    uint32_t set_up[MPROM_RP2_SET_UP_SIZE / sizeof(uint32_t)]; /* the code that sets up the window */
};

/*
 * Look up the functions of the boot ROM, copy the code that sets up the window and ask the chip what it is. The window must
 * be readable, and on an RP2040 boot2 be what lies at its start. clock_hz is that of the CPU, for time-outs.
 *
 * On an RP2350 this gives the CPU access to coprocessor 7, which the boot ROM checks itself with. The CPU must be an Arm one
 * in Secure state.
 *
 * Return 0, or
 *   -MPROM_EOPNOTSUPP  this is no boot ROM that has the functions
 *   -MPROM_ENODEV      no chip answers, or its capacity cannot be reached by three address bytes
 *   -MPROM_ETIMEDOUT   the chip stays busy
 */
int mprom_rp2040_flash_open(struct mprom_rp2_flash *rp2, uint32_t clock_hz);
int mprom_rp2350_flash_open(struct mprom_rp2_flash *rp2, uint32_t clock_hz);

#endif
