/*
 * The QUADSPI controller of the STM32F7 with a SPI-NOR chip on bank 1, strictly: what the manual forbids, leaves
 * undefined or stalls for is a violation, as is what the chip cannot make sense of. Written from the fact sheet,
 * without a look at the driver.
 *
 * Time passes over the lines as on hardware: FIFO, flags and the moment when the chip sees a command follow from the
 * clock and the lanes.
 */
#ifndef MPROM_QUADSPI_MODEL_H
#define MPROM_QUADSPI_MODEL_H

#include "chips/stm32/board.h"
#include "cortex_m7_model.h"
#include "emulator/nor_chip.h"
#include "peripherals.h"

enum quadspi_state {
    QUADSPI_IDLE,
    QUADSPI_COMMANDS, /* a command without data is on the lines */
    QUADSPI_READS,
    QUADSPI_WRITES,
    QUADSPI_ABORTS,
};

/* What the board wires to the controller. */
struct quadspi_wiring {
    const struct rcc_model *rcc;
    const struct gpio_model *ports;
    const struct stm32_pin *pins; /* STM32_QUADSPI_PINS */
    struct nor_chip *chip;        /* its violations become the controller's */
    struct cortex_m7_model *m7;   /* of base QUADSPI_MODEL_WINDOW and the chip's size */
    const struct model_report *report;
};

enum {
    QUADSPI_MODEL_HOLD = 1 << 20 /* the longest transfer that is modelled, bytes */
};
#define QUADSPI_MODEL_WINDOW 0x90000000u

struct quadspi_model {
    struct model model;
    struct model_window window;
    struct quadspi_wiring wiring;
    struct rcc_gate gate;
    uint32_t erases;
    uint32_t resets_seen;

    uint32_t cr;
    uint32_t dcr;
    uint32_t flags; /* of SR: TEF and TCF */
    uint32_t dlr;
    uint32_t ccr;
    uint32_t ar;
    uint32_t abr;

    enum quadspi_state state;
    bool armed;       /* a write waits for its first data */
    bool prefetching; /* memory-mapped mode has begun a read of its own */
    bool polled;      /* the last access asked for the state */
    bool changed;     /* the chip's contents, since memory-mapped mode was entered */
    struct nor_frame frame;
    uint8_t *data;   /* of the command on the lines */
    uint32_t moved;  /* bytes that went over the lines */
    uint32_t stored; /* bytes that the program stored to DR or loaded from it */
    uint64_t header_ps;
    uint64_t byte_ps;
    uint64_t credit_ps; /* time that has passed and moved no byte yet */
    uint64_t abort_ns;

    /* For tests. */
    bool hangs; /* what is on the lines never ends, nor does an abort */
};

/* Returns false without memory. */
bool quadspi_model_open(struct quadspi_model *quadspi, const struct quadspi_wiring *wiring);
void quadspi_model_close(struct quadspi_model *quadspi);

/* As after a reset of the microcontroller, which the chip takes no notice of. The chip's cells must be open. */
void quadspi_model_reset(struct quadspi_model *quadspi);

#endif
