/*
 * The machine: an emulated CPU that runs a board's firmware, with chip models for everything around it.
 *
 * Time is simulated and counted in nanoseconds since power-up: instructions take what they take at the board's clock,
 * roughly; a wait for flash takes what the flash takes, and is skipped over; only a CPU that waits for an interrupt
 * lets real time pass, so that an idle board costs nothing and a user's second is a second.
 */
#ifndef MPROM_EMULATOR_MACHINE_H
#define MPROM_EMULATOR_MACHINE_H

#include "emulator/model/model.h"

enum {
    MACHINE_MODELS_MAX = 32,
    MACHINE_MEMORIES_MAX = 8,
    MACHINE_WINDOWS_MAX = 2,
};

struct machine_memory {
    uint32_t base;
    uint32_t size;
    uint8_t *bytes; /* for models that reach it by themselves; set by machine_open() */
};

enum machine_cpu {
    MACHINE_CORTEX_M4,
    MACHINE_CORTEX_M7,
};

/* What a chip family wires up for a board. */
struct machine_board {
    const char *name;
    enum machine_cpu cpu;
    const uint32_t *clock_hz;                             /* of the CPU; stores to registers may change it */
    struct machine_memory memories[MACHINE_MEMORIES_MAX]; /* RAM; size 0 ends the list */
    struct model_window window;                           /* the flash with the program */
    struct model_window mapped; /* a second one, such as a serial flash; size 0 if there is none */

    const uint64_t *flash_ns; /* counts what programs and erases of the segments' flash take; NULL if nobody does */

    struct model *models[MACHINE_MODELS_MAX]; /* NULL ends the list */
    struct model_report *report;              /* the models' own; the machine puts its functions in */
    /* Registers and latches are as after a reset; flash stays. */
    void (*reset)(void *ctx);
    /* The CPU is idle for up to this long; returns earlier if the console has input. */
    void (*idle)(void *ctx, uint32_t timeout_ms);
    /*
     * May be NULL. Called after each millisecond of the board's time and whenever the CPU was idle; returns whether
     * the reset button was pressed, which ends machine_run() with MACHINE_RESET.
     */
    bool (*poll)(void *ctx);
    void *ctx;
};

enum machine_end {
    MACHINE_RESET,     /* the firmware asked for it, or the button was pressed */
    MACHINE_VIOLATION, /* machine_fault() says which */
    MACHINE_EXIT,      /* test programs: the firmware wrote to MACHINE_EXIT_ADDRESS; machine_exit_status() */
};

enum {
    MACHINE_EXIT_ADDRESS = 0xE00FF000, /* of no ARM peripheral; only there if machine_allow_exit() */
};

struct machine;
struct elf;

/*
 * Makes a machine; board and elf (for symbols, may be NULL) must live as long. Returns NULL if memory or the CPU
 * cannot be had.
 */
struct machine *machine_open(struct machine_board *board, const struct elf *elf);
void machine_close(struct machine *machine);

/*
 * Puts a program into the flash of a board that was reset, as a programmer does. Returns NULL, or what is wrong, as
 * elf_load().
 */
const char *machine_load(const struct machine_board *board, const struct elf *elf);

/* Simulated time does not run ahead of real time. */
void machine_set_realtime(struct machine *machine);

/* Lets test programs end the machine by a store to MACHINE_EXIT_ADDRESS. */
void machine_allow_exit(struct machine *machine);

/* Powers up from the vector table at the start of the window, with RAM full of rubbish, and runs. */
enum machine_end machine_run(struct machine *machine);

/* After MACHINE_VIOLATION: "what happened, at 0x08001234 (function+0x10)". Valid until the next run. */
const char *machine_fault(const struct machine *machine);

uint32_t machine_exit_status(const struct machine *machine);

/* Simulated nanoseconds since the last power-up. */
uint64_t machine_now_ns(const struct machine *machine);

/* The same without the time in which the CPU slept until something came: what a link of any speed would leave. */
uint64_t machine_awake_ns(const struct machine *machine);

#endif
