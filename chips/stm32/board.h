/*
 * What a board of this family is, in constants: its folder under boards/ defines one `const struct
 * mprom_stm32_board`.
 */
#ifndef MPROM_STM32_BOARD_H
#define MPROM_STM32_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "chips/kit/facts.h"

enum {
    MPROM_STM32_SERIAL_PINS = 6
};

enum mprom_stm32_port {
    PORT_A,
    PORT_B,
    PORT_C,
    PORT_D,
    PORT_E,
    PORT_F,
    PORT_G,
    PORT_H,
    PORT_I,
    PORT_J,
    PORT_K,
};

/* How the core of an H7 is supplied: what PWR_CR3 says about it (RM0399 7.4.1). A wrong one may keep the board dead.
 */
enum mprom_stm32_supply {
    SUPPLY_NONE = 0, /* F4 and F7 have nothing to choose */
    SUPPLY_LDO = 0x02,
    SUPPLY_SMPS = 0x04,
};

struct mprom_stm32_pin {
    uint8_t port; /* enum mprom_stm32_port */
    uint8_t number;
    uint8_t function; /* alternate function */
};

struct mprom_stm32_board {
    const char *name;
    const char *part; /* one of those in model/parts.c, such as "STM32F427VG" */
    uint8_t uart;     /* the console: USART 1, 2, 3 or 6 */
    struct mprom_stm32_pin tx;
    struct mprom_stm32_pin rx;
    enum mprom_stm32_supply supply; /* H7 */
    uint32_t clock_hz; /* of the CPU, whole MHz from 50 to 216 (F7); 0: the internal oscillator, as after a reset */
    uint32_t hse_hz;   /* of the crystal, whole MHz, if the PLL is to run from it; 0: from the internal oscillator */
    /* Ranges of the internal flash, or of the serial flash if the board has its ROM partition there. */
    struct mprom_kit_rom rom;
    /* Boards with the segments in a serial flash at QUADSPI or OCTOSPI (STORE in board.mk). */
    struct mprom_stm32_pin serial[MPROM_STM32_SERIAL_PINS]; /* nCS, CLK, IO0 to IO3 */
    const char *chip; /* what is there on the emulated board, of emulator/parts/nor_parts.c; firmware asks the chip */
};

/* The board that the firmware is for. On the PC, which knows them all, each has a name of its own (CMakeLists.txt).
 */
extern const struct mprom_stm32_board mprom_stm32_board_facts;

#endif
