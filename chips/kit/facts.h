/*
 * The ROM partitions of a board, in constants: what every family's board facts hold. Firmware and emulated boards read
 * the same ones.
 */
#ifndef MPROM_KIT_FACTS_H
#define MPROM_KIT_FACTS_H

#include <stdbool.h>
#include <stdint.h>

/* Of the variant that is built, such as OPENMV4P_SLOTS; the build gives it. */
#ifndef MPROM_SLOTS
#define MPROM_SLOTS 0
#endif

enum {
    MPROM_KIT_SEGMENTS_MAX = 4
};

/* A range of the flash that the board's segments lie in. */
struct mprom_kit_segment {
    const char *name;
    uint32_t off;  /* from the start of the flash */
    uint32_t size; /* whole sectors; 0 for all that follows */
    bool has_trailer;
    uint8_t group;
    uint8_t flash; /* 0: in the board's flash; 1: in its second one, and size says all of it */
};

struct mprom_kit_rom {
    struct mprom_kit_segment segments[MPROM_KIT_SEGMENTS_MAX];
    uint8_t segment_count;
    /*
     * Divides the first segment into so many slots of one application, each with a trailer; 0: not. A board writes
     * MPROM_SLOTS here if its board.mk says that it has a variant with slots.
     */
    uint8_t slots;
};

#endif
