/*
 * --compat: SIM as a board with stock MicroPython, in each of the shapes in which its ports give access to a segment
 * (docs/emulator.md). What vfs.rom_ioctl() does there is in this folder, what happens to the flash in compat_flash.c.
 *
 * mprom's own parts know nothing of it: the linker leads four of their names here (link.options).
 */
#ifndef MPROM_SIM_COMPAT_H
#define MPROM_SIM_COMPAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mprom/flash.h"

enum {
    COMPAT_ERASE_SIZE = 4096,
    COMPAT_MRAM_UNIT = 16
};

/* How the ports differ. */
struct compat_shape {
    const char *name;
    uint32_t unit;       /* of writing, bytes: what op 3 answers; the pages of an RP2's flash */
    uint32_t block_size; /* what op 6 answers; 0 if the port knows neither op 6 nor ranges in op 3 */
    bool is_device;      /* not a memoryview, but an object with ioctl(), readblocks() and writeblocks() */
    bool is_mram;        /* nothing is erased, a program replaces what is there */
};

/* The shape of that name; NULL for a name that is none. */
const struct compat_shape *compat_find(const char *name);

/*
 * What MicroPython sees is the first size bytes of flash. shape may be NULL. violation() is told of what no driver of
 * a real board could be asked for, and does not return.
 */
void compat_open(const struct compat_shape *shape, const struct flash *flash, uint32_t size,
                 void (*violation)(const char *text));

/* What is open; NULL if SIM is mprom's own. */
const struct compat_shape *compat_shape(void);

uint32_t compat_size(void);

/* The segment, as the CPU reads it. */
void *compat_map(void);

/*
 * Whole blocks, or whole units of writing page by page, as drivers of MicroPython do it: without a look at the
 * result. Any other range, and one that leaves the segment, is a violation. Returns 0 or a negative errno.
 */
int compat_erase(int64_t off, size_t size);
int compat_program(int64_t off, const void *bytes, size_t size);

/* A range that a driver reads without a look at it. */
void compat_read(int64_t off, void *bytes, size_t size);

#endif
