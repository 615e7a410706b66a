/*
 * A board that is in no shop, with one of everything that a SoC can have, and a program for it that does what a list
 * of steps says.
 */
#ifndef MPROM_TESTS_EMULATOR_SOC_RIG_H
#define MPROM_TESTS_EMULATOR_SOC_RIG_H

#include "emulator/machine/machine.h"

enum {
    RIG_FLASH = 0x08000000, /* a window of two pages: the program, then bytes that tests may use */
    RIG_FLASH_SIZE = 0x2000,
    RIG_RAM = 0x20000000, /* for code, data and DMA */
    RIG_RAM_SIZE = 0x4000,
    RIG_TIGHT = 0x10000000, /* for data of the CPU alone */
    RIG_TIGHT_SIZE = 0x1000,
    RIG_ROM = 0x00000000,
    RIG_ROM_SIZE = 0x1000,
    RIG_BLOCK = 0x40000000, /* two models, 0x8000 apart, with the aliases of an RP2040 */
    RIG_BLOCK_SIZE = 0x10000,
    RIG_REGISTERS = 4,
};

/* What the program does, one after the other; the last step is RIG_EXIT. */
enum rig_action {
    RIG_STORE, /* value to address */
    RIG_LOAD,  /* from address: the result of the program */
    RIG_CALL,  /* the function at address; what it returns is the result */
    RIG_STORE_BYTE,
    RIG_SLEEP, /* until an interrupt pends */
    RIG_EXIT,  /* with the result */
};

struct rig_step {
    enum rig_action action;
    uint32_t address;
    uint32_t value;
};

/* Registers that keep what is written to them; a read of the first one counts. A write to the last one is up to the
 * test. */
struct rig_model {
    struct model model;
    uint32_t values[RIG_REGISTERS];
    uint32_t reads;
    void (*act)(struct rig_model *model, uint32_t value);
};

struct rig {
    struct soc soc;
    struct model_bus bus;
    uint32_t clock_hz;
    struct model_window flash;
    _Alignas(SOC_PAGE_SIZE) uint8_t flash_bytes[RIG_FLASH_SIZE];
    uint32_t erases;
    uint32_t stored_off; /* where in the window the CPU stored last */
    uint8_t rom[RIG_ROM_SIZE];
    struct rig_model models[2];
    const struct rig_step *steps;
    char fault[320];
};

/* The one board. */
extern struct rig rig;

/* Describes the board with a CPU of that kind, with as many interrupts as it may have. */
void rig_open(enum cortex_m_kind kind);

/*
 * Runs the steps on a machine of its own. Returns the result, or -1 if the machine was not made or reports a
 * violation: rig.fault says which.
 */
int64_t rig_run(const struct rig_step *steps);

/* The same must end with this violation, or why there is no machine. */
void rig_expect(const struct rig_step *steps, const char *fault);

#endif
