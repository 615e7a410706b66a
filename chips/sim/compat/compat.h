/*
 * --compat: SIM as a board with stock MicroPython, in each of the shapes in which its ports give access to a segment
 * (docs/emulator.md). What vfs.rom_ioctl() does there is in this folder, what happens to the flash in compat_flash.c.
 *
 * mprom's own parts know nothing of it: the linker leads some of their names here (link.options).
 */
#ifndef MPROM_SIM_COMPAT_H
#define MPROM_SIM_COMPAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mprom/flash.h"

enum {
    COMPAT_ERASE_SIZE = 4096,
    COMPAT_MRAM_UNIT = 16,
    COMPAT_SECTOR_MAX = 128 * 1024
};

/* How the ports differ. What is 0 or false is as in most of them. */
struct compat_shape {
    const char *name;
    uint32_t unit;           /* of writing, bytes: what op 3 answers; the pages of an RP2's flash */
    uint32_t program_size;   /* of the flash, if that is another */
    uint32_t block_size;     /* what op 6 answers; 0 if the port knows neither op 6 nor ranges in op 3 */
    uint32_t erase_size;     /* of a block; 0: COMPAT_ERASE_SIZE */
    uint32_t off;            /* of the segment in its flash */
    bool is_device;          /* not a memoryview, but an object with ioctl(), readblocks() and writeblocks() */
    bool is_mram;            /* nothing is erased, a program replaces what is there */
    bool is_programmed_once; /* a unit, between two erases */
    bool has_sectors;        /* of several sizes */
    bool has_any_id;         /* whatever segment is asked for, it is this one */
    bool is_unchecked;       /* neither ranges nor how many arguments there are */
    bool is_silent;          /* answers that all is well whatever the flash says */
    bool erases_disk;        /* ioctl(6) erases a block of the writable filesystem */
};

/* The shape of that name; NULL for a name that is none. */
const struct compat_shape *compat_find(const char *name);

/*
 * What MicroPython sees are the bytes of flash from the shape's offset up to end. shape may be NULL. violation() is
 * told of what no driver of a real board could be asked for, and does not return.
 */
void compat_open(const struct compat_shape *shape, const struct mprom_flash *flash, const struct mprom_flash *disk,
                 uint32_t end, void (*violation)(const char *text));

/* From now on select.poll() never finds input on the console, as on ports whose REPL is a UART beside the buffers
 * that poll looks at (renesas-ra, nrf). */
void compat_hide_input(void);

/* Whether compat_hide_input() was called. */
bool compat_hides_input(void);

/* What is open; NULL if SIM is mprom's own. */
const struct compat_shape *compat_shape(void);

uint32_t compat_size(void);

/* The segment, as the CPU reads it. */
void *compat_map(void);

/* Bytes of a block, where they have one size. */
uint32_t compat_erase_size(void);

/*
 * Erases the sectors in which any byte of a range lies, one behind the other, as stm32 does it. One that leaves the
 * segment is a violation.
 */
int compat_erase_sectors(int64_t off, int64_t end);

/* Erases block n of the writable filesystem. */
int compat_erase_disk(int64_t block);

/*
 * Whole blocks, or whole units of writing page by page, as drivers of MicroPython do it: without a look at the
 * result. Any other range, and one that leaves the segment, is a violation. Returns 0 or a negative errno.
 */
int compat_erase(int64_t off, size_t size);
int compat_program(int64_t off, const void *bytes, size_t size);

/* A range that a driver reads without a look at it. */
void compat_read(int64_t off, void *bytes, size_t size);

#endif
