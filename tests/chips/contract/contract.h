/*
 * What a chip family gives to the contract tests: its flashes, each the driver over the chip model on the test bus. The
 * family's own folder in tests/chips defines the table and says mprom_add_contract() in its CMakeLists.txt.
 */
#ifndef MPROM_TESTS_CHIPS_CONTRACT_H
#define MPROM_TESTS_CHIPS_CONTRACT_H

#include "tests/chips/bus.h"

struct contract_flash {
    const char *name; /* driver and part, for messages */
    /* Opens the bus, the model as after a reset over blank cells, and the driver on it; NULL if the driver fails. A model that is
     * not written has no cells either. */
    const struct mprom_flash *(*open)(void);
    void (*close)(void);
    struct cells *cells; /* those of the model, after open() */
    /* What is begun from now on never ends. Tests wait until the driver gives up: tell it of a slow CPU in open(). */
    void (*hang)(void);
    bool always_ready; /* a write ends with its store: there is no status, and hang is NULL */
    /*
     * A part of what the model says when the CPU executes from the erase block that is being erased, and when a program
     * stores to flash that the driver has left. NULL: the chip has no such rule; say in a comment why.
     */
    const char *busy;
    const char *stray;
    /* The flash is the cells themselves: no model has a table of its own, and nothing takes time. */
    bool is_cells;
};

/* Ends with one without a name. */
extern const struct contract_flash contract_flashes[];

#endif
