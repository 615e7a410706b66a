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

/* How a model tells what went wrong. One for all models of a board. */
struct model_report {
    void (*violation)(void *ctx, const char *text);
    /* Whether the CPU masks faults now (FAULTMASK). May be NULL: it never does. */
    bool (*masks_faults)(void *ctx);
    void *ctx;
};

/* Prints the sentence and hands it over. */
void model_violation(const struct model_report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A peripheral's registers. Offsets count from its base; sizes are 1, 2 or 4 bytes. Any but read and write may be
 * NULL. */
struct model {
    const char *name;
    uint32_t base;
    uint32_t size;
    uint32_t (*read)(void *ctx, uint32_t off, uint32_t size);
    void (*write)(void *ctx, uint32_t off, uint32_t size, uint32_t value);
    /* Time passes. Called before any other function, with what has passed since the last call. */
    void (*tick)(void *ctx, uint64_t ns);
    /* Nanoseconds that a program which polls these registers still has to wait; they are skipped over. */
    uint64_t (*busy_ns)(void *ctx);
    /* Nanoseconds until it will ask for an interrupt by itself. UINT64_MAX for never. */
    uint64_t (*next_event_ns)(void *ctx);
    /* Whether it asks for an interrupt. */
    bool (*interrupt)(void *ctx);
    int interrupt_number; /* -1 for none */
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
    /* Nanoseconds that the CPU waits for what it reads or executes there. May be NULL: none that are worth counting.
     */
    uint64_t (*wait_ns)(void *ctx, uint32_t off, uint32_t size, enum model_access access);
    void *ctx;
};

#endif
