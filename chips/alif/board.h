/* What a board of this family is, in constants: its folder under boards/ defines one `const struct mprom_alif_board`. */
#ifndef MPROM_ALIF_BOARD_H
#define MPROM_ALIF_BOARD_H

#include <stdint.h>

#include "chips/kit/facts.h"

struct mprom_alif_pin {
    uint8_t port;
    uint8_t pin;
    uint8_t function; /* 0 to 7, as the data sheet numbers them */
};

/* Which of the two Cortex-M55 the firmware is for. */
enum mprom_alif_core {
    MPROM_ALIF_HP, /* 400 MHz */
    MPROM_ALIF_HE, /* 160 MHz */
};

enum {
    MPROM_ALIF_OSPI_PINS_MAX = 14
};

/* How a board has its octal flash at OSPI. */
struct mprom_alif_octal_facts {
    uint8_t number;       /* of OSPI: 0 or 1 */
    uint8_t sample_delay; /* what MicroPython has for the board */
    uint8_t drive_edge;
    uint8_t rxds_delay;
    const char *chip;            /* that the emulated board has, as in model/octal_parts.c */
    struct mprom_alif_pin quiet; /* of the pins, the one that a pull-up holds while nobody drives it: D2 */
    struct mprom_alif_pin pins[MPROM_ALIF_OSPI_PINS_MAX]; /* all others */
    uint8_t pin_count;
};

struct mprom_alif_board {
    const char *name;
    const char *part; /* as ordered, for people */
    enum mprom_alif_core core;
    uint8_t uart; /* number of the console's UART, 0 to 7 */
    struct mprom_alif_pin tx;
    struct mprom_alif_pin rx;
    struct mprom_alif_octal_facts octal; /* of a board whose STORE is octal */
    struct mprom_kit_rom rom;
};

/* The board that the firmware is for. On the PC, which knows them all, each has a name of its own (CMakeLists.txt). */
extern const struct mprom_alif_board mprom_alif_board_facts;

/*
 * Where MicroPython and OpenMV have the image in MRAM: between the firmware of the core HE and the table of contents, without
 * which the chip does not start.
 */
#define MPROM_ALIF_MRAM_ROM_OFF 0x47E000
#define MPROM_ALIF_MRAM_ROM_SIZE 0x100000

#endif
