/*
 * The stranger's sweep: random boards, random sequences of what docs/update.md describes, power cuts anywhere, also
 * one in the start that follows another. What a board may hold afterwards is computed from that page.
 */
#ifndef MPROM_TESTS_STRANGER_H
#define MPROM_TESTS_STRANGER_H

#include "mprom/rom.h"
#include "mprom/rom_slot.h"
#include "powerloss/stranger_image.h"

enum {
    STRANGER_FLASHES = 2,
    STRANGER_SEGMENTS = 4,
    STRANGER_IMAGES = 24,
    STRANGER_NOTHING = -1, /* in place of an image */
    STRANGER_MAYBE = 3,    /* images that a segment may hold after a cut */
    STRANGER_LOG_SIZE = 4096,
};

/* What a segment holds as far as is known, and what is known of its slot. */
struct stranger_segment {
    int maybe[STRANGER_MAYBE];
    int maybe_count;
    bool was_rejected; /* rolled back from, or refused after its trial: never started before another sound one */
    char name[16];
};

struct stranger {
    struct stranger_random random;
    struct stranger_power power;
    struct stranger_flash flashes[STRANGER_FLASHES];
    uint32_t flash_count;
    struct mprom_rom_segment segments[STRANGER_SEGMENTS];
    struct stranger_segment models[STRANGER_SEGMENTS];
    struct mprom_rom_state states[STRANGER_SEGMENTS];
    uint32_t segment_count;
    struct mprom_rom rom;
    struct stranger_image images[STRANGER_IMAGES];
    int image_count;
    int running;  /* what mprom_rom_boot_choose() answered last */
    bool is_hard; /* the next start follows a hard reset */
    const char *failure;
    size_t log_size;
    char log[STRANGER_LOG_SIZE];
};

/* Notes what happens, for the report of a case that fails. */
void stranger_log(struct stranger *board, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Notes the first thing that should not be. Returns false. */
bool stranger_fail(struct stranger *board, const char *what);

/* Makes a board: flashes, a table of segments that mprom_rom_init() accepts, all blank. */
void stranger_board_make(struct stranger *board, uint64_t seed);

/* What a start does, in the firmware's order, and whether what it finds is allowed. */
void stranger_start(struct stranger *board);

/* One random step of a sequence. Power may fail in it. */
void stranger_step(struct stranger *board);

/*
 * Whether a mark in the first block says that its image is gone: in a segment without a trailer, on flash whose units
 * may be programmed once, or twice and are not among the few where that is enough. docs/update.md promises nothing of
 * an image without a seal there.
 */
bool stranger_marks_block(const struct mprom_rom_segment *segment);

/* Adds what a segment may hold from now on. */
void stranger_may_hold(struct stranger_segment *model, int image);
bool stranger_is_maybe(const struct stranger_segment *model, int image);

#endif
