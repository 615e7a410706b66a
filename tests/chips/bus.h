/*
 * The bus between a driver that runs on the PC and chip models: what arch/mmio.h declares. It keeps violations, and
 * writes down what the driver does.
 */
#ifndef MPROM_TESTS_CHIPS_BUS_H
#define MPROM_TESTS_CHIPS_BUS_H

#include "emulator/array/cells.h"
#include "emulator/model/model.h"

enum {
    BUS_MODELS_MAX = 65, /* those of a board, and its CPU */
    BUS_TEXT_MAX = 32768,
    BUS_POLLS_MAX = 100000000, /* a driver that polls longer than this would poll for ever */
};

struct bus {
    struct model *models[BUS_MODELS_MAX];
    const struct model_window *window;
    const struct model_window *second_window; /* of a board with two flashes */
    struct model_bus side;                    /* that models see */
    uint64_t now_ns;
    uint64_t reads;
    int masked; /* interrupts: 1 while they are masked */
    int faults_masked;
    int violations;
    char first_violation[160];
    struct cells_operation operation;      /* the last one on cells of bus_open_cells() */
    void (*polled)(void);                  /* called before each read of a register; NULL for none */
    void (*sleep)(void);                   /* the CPU sleeps; NULL: it wakes at once */
    const char *(*name)(uint32_t address); /* of a register, for the trace; NULL for none */
    char trace[BUS_TEXT_MAX];              /* one line an access, reads of the same value only once */
    size_t trace_size;
};

/* The one bus. */
extern struct bus bus;

/* Time passes, without the program doing anything. */
void bus_pass(uint64_t ns);

/* The trace must be what is expected, and stand in the page readme as well. Prints it under title, and clears it. */
void bus_expect_trace(const char *title, const char *expected, const char *readme);

/* The page of a chip family, without its indentation; the caller frees it. */
char *bus_read_page(const char *path);

/* An empty bus; models and window are the caller's to add. */
void bus_open(void);

/* Cells in memory for a model on the bus, which keeps what they report. The caller closes them. */
void bus_open_cells(struct cells *cells, const struct mprom_flash_geometry *geometry);

/* A mistake that a program can make, and a part of what the first violation then says. */
struct bus_mistake {
    const char *name;
    void (*make)(void);
    const char *violation;
};

/* Makes it on a bus that is ready for it, and fails unless that violation is the first. where: for the message. */
void bus_expect_caught(const char *where, const struct bus_mistake *mistake);

#endif
