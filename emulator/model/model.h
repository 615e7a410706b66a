/*
 * What a chip model is: the simulator of one peripheral, driven by register reads and writes. It knows no CPU and no
 * emulator, so the same model serves tests on the PC and the emulated machine.
 *
 * A model is strict: what the manual forbids or leaves undefined is a violation, told in one sentence.
 */
#ifndef MPROM_EMULATOR_MODEL_H
#define MPROM_EMULATOR_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a model reaches beyond its own registers. There is one for all models of a board. */
struct model_bus {
    /*
     * DMA: copies bytes from memory, or to it. Returns false, and copies nothing, if any of them lies in no memory
     * that DMA reaches. With NULL for dst or src nothing is copied either way. May be NULL where no model has DMA.
     */
    bool (*read)(void *ctx, uint32_t address, void *dst, uint32_t size);
    bool (*write)(void *ctx, uint32_t address, const void *src, uint32_t size);
    /* The line of an interrupt is high: it pends until software clears that. May be NULL: nobody listens. */
    void (*irq)(void *ctx, uint32_t number);
    /* Told of each violation in one sentence. */
    void (*report)(void *ctx, const char *sentence);
    /* Whether the CPU masks faults now (FAULTMASK). May be NULL: it never does. */
    bool (*masks_faults)(void *ctx);
    void *ctx;
};

/* Prints the sentence and reports it. */
void model_violation(const struct model_bus *bus, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The line of an interrupt is high. */
void model_irq(const struct model_bus *bus, uint32_t number);

/*
 * A peripheral's registers. Offsets count from its base; sizes are 1, 2 or 4 bytes. Any but read and write may be
 * NULL.
 */
struct model {
    const char *name;
    uint32_t base;
    uint32_t size;
    uint32_t (*read)(void *ctx, uint32_t off, uint32_t size);
    void (*write)(void *ctx, uint32_t off, uint32_t size, uint32_t value);
    /*
     * The word that a write through a set, clear or xor alias changes, without what a read does. NULL: read() does
     * nothing besides.
     */
    uint32_t (*peek)(void *ctx, uint32_t off);
    /* Time passes. Called before any other function, with what has passed since the last call. */
    void (*tick)(void *ctx, uint64_t ns);
    /* Nanoseconds that a program which polls these registers still has to wait; they are skipped over. */
    uint64_t (*busy_ns)(void *ctx);
    /* Nanoseconds until it will ask for an interrupt by itself. UINT64_MAX for never. */
    uint64_t (*next_event_ns)(void *ctx);
    /* The CPU sleeps: a model whose line is high calls model_irq() now. */
    void (*sample)(void *ctx);
    void *ctx;
};

enum model_access {
    MODEL_FETCH,
    MODEL_LOAD,
};

/*
 * Flash as the CPU sees it in its address space. The bytes are read and executed in place; stores go to the model,
 * and while it is guarded, so do fetches and loads before they happen. A model is guarded whenever it may have
 * something to say about them; only stores to it, its registers and time change that.
 */
struct model_window {
    uint32_t base;
    uint32_t size;
    uint8_t *bytes;
    const uint32_t *erases; /* counts what changes bytes without a store */
    void (*store)(void *ctx, uint32_t off, uint32_t size, uint32_t value);
    bool (*guarded)(void *ctx);
    void (*access)(void *ctx, uint32_t off, uint32_t size, enum model_access access);
    /*
     * Nanoseconds that the CPU waits for what it reads or executes there. May be NULL: none that are worth counting.
     */
    uint64_t (*wait_ns)(void *ctx, uint32_t off, uint32_t size, enum model_access access);
    /* Nanoseconds that the CPU waits for the store that it has just made. May be NULL: none. */
    uint64_t (*store_ns)(void *ctx);
    void *ctx;
};

#endif
