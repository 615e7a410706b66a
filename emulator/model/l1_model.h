/*
 * Which lines an L1 cache of a Cortex-M7 holds, for the time that reads take. The CPU chooses the line that makes
 * room at random; here it is the oldest, so that runs can be repeated.
 */
#ifndef MPROM_L1_MODEL_H
#define MPROM_L1_MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum {
    L1_LINE_SIZE = 32,
    L1_WAYS_MAX = 4,
    L1_SETS_MAX = 512,
};

struct l1_model {
    uint32_t ways;
    uint32_t sets;
    uint32_t lines[L1_SETS_MAX][L1_WAYS_MAX]; /* addresses, with bit 0 set where there is one */
    uint8_t oldest[L1_SETS_MAX];
};

/* An empty cache. */
void l1_model_open(struct l1_model *l1, uint32_t ways, uint32_t sets);

/* Reads a line. Returns whether the cache held it; it does now. */
bool l1_model_read(struct l1_model *l1, uint32_t address);

/* Drops a line, or all. */
void l1_model_drop(struct l1_model *l1, uint32_t address);
void l1_model_drop_all(struct l1_model *l1);

#endif
