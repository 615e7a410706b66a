/* One start of a board's real firmware with its flash in some state, and what it makes of that. */
#ifndef MPROM_TESTS_CHIPS_START_H
#define MPROM_TESTS_CHIPS_START_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/machine/elf.h"
#include "emulator/machine/target.h"

/* An image that the segment may hold, and what its main prints; size 0 if there is none. */
struct start_image {
    const char *says;
    uint8_t *bytes;
    size_t size;
    uint32_t off; /* of the segment that it may be in, in the flash */
};

struct start {
    struct soc *board;
    struct machine_flash flash;
    struct elf elf;
    struct start_image before;
    struct start_image after;
    bool never_nothing; /* there are slots, and one of the two images is always whole */
};

/* Wires up the board of that name with blank flash in memory. Ends the program with a message if there is none. */
void start_open(struct start *start, const char *board, const char *firmware);

/*
 * Puts the firmware in, starts it, asks it what it has mounted and holds that against the flash. Ends the process:
 * with status 0 if all is as it has to be, else with 1 and the reason on standard output, behind `name`.
 */
void start_run(struct start *start, const char *name) __attribute__((noreturn));

#endif
