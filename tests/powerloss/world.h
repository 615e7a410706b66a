/*
 * What the sweep needs of the world: a board that lives through a scenario, a second one on which power is cut, and
 * the images that can be found on them.
 */
#ifndef MPROM_TESTS_POWERLOSS_WORLD_H
#define MPROM_TESTS_POWERLOSS_WORLD_H

#include "rom/board.h"

enum image_name {
    IMAGE_OLD,   /* in the segment before the scenario */
    IMAGE_NEW,   /* what the scenario writes */
    IMAGE_OTHER, /* in the other slot of the group */
    IMAGE_RETRY, /* deployed after the cut */
    IMAGE_COUNT
};

struct image {
    uint8_t *bytes;
    uint32_t size;
};

struct world {
    struct board live;
    struct board cut; /* equal to live between cases */
    struct image images[IMAGE_COUNT];
    bool sealed;
    bool slots;
    bool old_is_out;    /* IMAGE_OLD failed its trial or was rolled back from, and another slot is good */
    bool never_nothing; /* a slot holds a whole image all the time */
};

/* What a start made of a cut state. */
enum outcome {
    OUTCOME_NOTHING,
    OUTCOME_WHOLE,
    OUTCOME_PART, /* something is mounted that is none of the images, or does not stay as it is */
};

void world_open(struct world *world, const char *geometry, int layout, bool sealed);
void world_close(struct world *world);

/* Fills an image with size bytes; its contents depend on its name and the size. */
void world_make_image(struct world *world, enum image_name name, uint32_t size);

/* Power on, and what the firmware does with segments then. Says in *what what is wrong with a part. */
enum outcome world_start(const struct world *world, struct board *board, const char **what);

/* Where the next image goes: the plain segment, or the slot that does not run. */
uint32_t world_target(const struct board *board);

/* Deploys IMAGE_RETRY to the target and starts from it. Returns NULL, or what went wrong. */
const char *world_retry(const struct world *world, struct board *board);

/* Makes the cut board equal to the live one, in the range that was touched since the last time. */
void world_forget_cut(struct world *world, const struct cells_operation *operation);

#endif
