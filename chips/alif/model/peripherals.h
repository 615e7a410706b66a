/* What an Ensemble has beside its flashes, as far as the firmware uses it, strictly. Written from chips/alif/facts.md. */
#ifndef MPROM_ALIF_PERIPHERALS_H
#define MPROM_ALIF_PERIPHERALS_H

#include "chips/alif/board.h"
#include "emulator/model/console.h"
#include "emulator/model/model.h"

enum {
    ALIF_PORTS = 15, /* of PINMUX; port 15 has registers of its own */
    ALIF_PINS = 8,
    ALIF_UART_FIFO = 32,
};

/* PINMUX, and the clocks of the UARTs in CLKCTL_PER_SLV. */
struct alif_pins_model {
    struct model pinmux;
    struct model clocks;
    const struct model_bus *bus;
    uint32_t pins[ALIF_PORTS * ALIF_PINS];
    uint32_t uart_ctrl;
};

struct alif_uart_model {
    struct model model;
    const struct model_bus *bus;
    const struct alif_pins_model *pins;
    const struct model_console *console; /* may be NULL */
    const struct mprom_alif_board *board;
    uint32_t ier;
    uint32_t lcr;
    uint32_t fcr;
    uint32_t divider; /* DLH and DLL */
    uint32_t fraction;
    uint8_t received[ALIF_UART_FIFO];
    uint32_t count;
    uint32_t sending; /* bytes that have not left */
    uint64_t now_ns;
    uint64_t look_ns;
    uint64_t arrives_ns; /* when the byte that is on the line has come; 0: none is */
    uint64_t leaves_ns;  /* when the byte that is being sent has left */
};

/* REFCLK, the system counter: its control and what reads it. */
struct alif_refclk_model {
    struct model control;
    struct model reader;
    const struct model_bus *bus;
    bool runs;
    uint64_t counted_ns;
};

/* UTIMER, one channel of it, as a counter upwards through 32 bits with one comparison. */
struct alif_utimer_model {
    struct model global;
    struct model channel;
    const struct model_bus *bus;
    bool has_clock;
    bool starts_by_program;
    uint32_t control;
    uint32_t top;
    uint32_t compare_control;
    uint32_t compare;
    uint32_t mask;
    uint32_t flags;
    bool runs;
    bool polled; /* the program looks at nothing but the flags */
    uint64_t counted_ns;
};

void alif_pins_model_open(struct alif_pins_model *pins, const struct model_bus *bus);
void alif_uart_model_open(struct alif_uart_model *uart, const struct alif_pins_model *pins,
                          const struct mprom_alif_board *board, const struct model_bus *bus);
void alif_refclk_model_open(struct alif_refclk_model *refclk, const struct model_bus *bus);
void alif_utimer_model_open(struct alif_utimer_model *utimer, const struct model_bus *bus);

/* As after a reset. */
void alif_pins_model_reset(struct alif_pins_model *pins);
void alif_uart_model_reset(struct alif_uart_model *uart);
void alif_refclk_model_reset(struct alif_refclk_model *refclk);
void alif_utimer_model_reset(struct alif_utimer_model *utimer);

/* Whether a pin has this function, with the bits of its pad that are asked for. */
bool alif_pins_model_has(const struct alif_pins_model *pins, const struct mprom_alif_pin *pin, uint32_t pad);

#endif
