/*
 * A board that mprom-machine can run, as its chip family describes it. The build lists all targets (machine_targets);
 * a family adds its boards there and wires their models when one is opened.
 */
#ifndef MPROM_EMULATOR_TARGET_H
#define MPROM_EMULATOR_TARGET_H

#include "emulator/array/cells.h"
#include "emulator/machine/soc.h"
#include "emulator/model/console.h"

struct machine_flash {
    const struct mprom_flash_geometry *geometry;
    struct cells *cells;
    const struct machine_flash *second; /* another flash that segments lie in, with a file of its own; or NULL */
    const char *file;                   /* of the second: the name of its file, and in the log */
    bool may_hang; /* it may never get ready, and the CPU goes on all the same: it is not the program's flash */
};

/* What a board is, besides its machine, for people and for tests. Texts are constants. */
struct machine_description {
    const char *part;           /* the microcontroller, as ordered */
    const char *series;         /* what the build of the firmware chooses sources by (board.mk) */
    const char *store;          /* the flash that the segments lie in, by the name that board.mk has for it */
    const char *console;        /* the peripheral and its pins: "USART3, PB10 and PB11" */
    bool console_waits;         /* its UART holds a few bytes, which only the program takes: other lines lose some */
    uint32_t flash_base;        /* where the CPU sees that flash; nothing without an emulated CPU */
    uint32_t second_flash_base; /* and the second one, if there is one */
    const struct machine_segment *segments;
    uint32_t segment_count;
};

struct machine_segment {
    const char *name;
    uint32_t off;  /* bytes, from the start of the flash */
    uint32_t size; /* bytes */
    bool has_trailer;
    uint8_t group; /* 0: none */
    uint8_t flash; /* 1: in the second flash */
};

/* What a chip family has for all of its boards. */
struct machine_family {
    const char *name; /* that of its folder */
    /*
     * Wires the board up; there is one in a process. The console must live as long. On return `flash` is described
     * and the caller opens its cells before the machine runs. Returns NULL if the board's facts do not fit its
     * family.
     */
    struct soc *(*open)(const void *facts, const struct model_console *console, struct machine_flash *flash);
    /* Says what the board is that was opened. */
    void (*describe)(struct machine_description *description);
    /*
     * The program that runs the boards, if their firmware is compiled for the PC. Their SoC then has neither CPU nor
     * memories, and is there to be described. NULL: mprom-machine runs them.
     */
    const char *program;
};

struct machine_target {
    const char *name;
    const struct machine_family *family;
    const void *facts;
};

/* Ends with a target without a name. */
extern const struct machine_target machine_targets[];

#endif
