/*
 * The window in which the CPU sees the flash, and the cache in front of it. The SSI or the QMI reads the chip for it; the
 * registers of the cache are the owner's.
 */
#ifndef MPROM_RP2_WINDOW_MODEL_H
#define MPROM_RP2_WINDOW_MODEL_H

#include "emulator/model/model.h"
#include "emulator/parts/nor_chip.h"

enum {
    RP2_XIP_LINE_SIZE = 8,
    RP2_XIP_WAYS = 2,
    RP2_XIP_SETS = 1024,
};
#define RP2_XIP_BASE 0x10000000u

/* Who reads the chip. */
struct rp2_reader {
    /*
     * Whether the window could read the chip now: NULL, or why not, as the end of a sentence. The first time after each
     * change the chip is really read, at off.
     */
    const char *(*check)(void *ctx, uint32_t off);
    /* Whether the chip was seen to answer the window's reads, and nothing has changed since. */
    bool (*is_checked)(const void *ctx);
    /* Nanoseconds that a read of so many bytes takes; 0 if that is not known. */
    uint64_t (*read_ns)(const void *ctx, uint32_t size);
    const struct nor_chip *chip;
    void *ctx;
};

struct rp2_window_model {
    struct model_window window;
    const struct model_bus *bus;
    const struct rp2_reader *reader;
    bool is_cached;  /* the cache is on */
    uint64_t seen;   /* operations on the cells up to the last flush */
    uint32_t erases; /* flushes after which the window shows other bytes */
    uint32_t lines[RP2_XIP_SETS][RP2_XIP_WAYS];
    uint8_t oldest[RP2_XIP_SETS];
};

/* The window has the chip's size. */
void rp2_window_model_open(struct rp2_window_model *window, const struct rp2_reader *reader,
                           const struct model_bus *bus);

/* As after a reset, with the cache on; the chip's cells must be open. */
void rp2_window_model_reset(struct rp2_window_model *window);

/* The cache is empty. */
void rp2_window_model_flush(struct rp2_window_model *window);

#endif
