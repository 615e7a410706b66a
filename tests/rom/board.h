/* A board for tests: simulated cells of one geometry, and segments that are laid out on them. */
#ifndef MPROM_TESTS_ROM_BOARD_H
#define MPROM_TESTS_ROM_BOARD_H

#include "emulator/array/cells.h"
#include "emulator/array/geometries.h"
#include "mprom/rom.h"

enum {
    BOARD_PLAIN = 0, /* segment 0: no trailer; everything around it is somebody else's */
    BOARD_SLOTS,     /* segments 0 and 1: two slots of a group */
    BOARD_SEGMENTS_MAX = 2,
    BOARD_ERASES_MAX = 256,
};

struct board {
    struct cells cells;
    struct mprom_rom_segment segments[BOARD_SEGMENTS_MAX];
    struct mprom_rom_state states[BOARD_SEGMENTS_MAX];
    struct mprom_rom rom;
    uint32_t segment_count;
    uint32_t release_count;
    uint32_t lowest_off; /* of all operations since board_reset_log() */
    uint32_t highest_end;
    uint32_t erase_counts[BOARD_ERASES_MAX]; /* of each smallest block of the flash, by its number */
};

/* Opens a board with blank flash. */
void board_open(struct board *board, const char *geometry, int layout);
void board_close(struct board *board);

/* A hard reset: RAM is lost, power is on. */
void board_restart(struct board *board);

void board_reset_log(struct board *board);

/* The most erases of one block since board_reset_log(). */
uint32_t board_most_erases(const struct board *board);

/* What the cells of a segment hold, without reading through anything. */
const uint8_t *board_bytes(const struct board *board, uint32_t id);

/* The size of an image that spans at least three erase blocks of the segment and ends inside one. */
uint32_t mprom_board_image_size(const struct board *board, uint32_t id);

/* Writes an image in chunks as an update and commits. Returns the first error. */
int board_deploy(struct board *board, uint32_t id, const uint8_t *image, uint32_t size, uint32_t chunk_size);

#endif
