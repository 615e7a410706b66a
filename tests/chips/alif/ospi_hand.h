/* OSPI and an octal chip driven by hand, one register after the other. */
#ifndef MPROM_TESTS_ALIF_OSPI_HAND_H
#define MPROM_TESTS_ALIF_OSPI_HAND_H

#include "octal_rig.h"

enum {
    SEND = 1 << 10, /* TMOD */
    RECEIVE = 2 << 10,
    LANES = 0x10002, /* SPI_CTRLR0: all on eight lines, DDR */
    ADDRESS = 8 << 2,
    OPCODE_8 = 2 << 8,
    OPCODE_16 = 3 << 8 | 1 << 17,
    RXDS = 1 << 18,
};

#define OCTAL 0x80C00000u /* CTRLR0: master, eight lines */

extern struct octal_rig hand_rig;

/* A register of OSPI. */
void hand_set(uint32_t off, uint32_t value);
uint32_t hand_get(uint32_t off);

/* Of SPI_CTRLR0. */
uint32_t hand_wait_clocks(uint32_t clocks);

/* Sets up a command on eight lines and leaves the controller on. */
void hand_set_up(uint32_t mode, uint32_t bits, uint32_t lanes, uint32_t frames);

/* Waits until a transfer has ended. */
void hand_finish(void);

/* A command alone, with its opcode in 8 bits or in 16. */
void hand_command_8(uint8_t opcode);
void hand_command_16(uint16_t opcode);

/* A command on one line. */
void hand_single(const uint8_t *bytes, uint32_t count);

/* What a register shows in a frame of 16 bits. */
uint32_t hand_status_16(uint32_t lanes, uint32_t opcode, bool has_address);

/* A chip on one line, or on eight with so many dummy clocks or with ten. */
void hand_open_part(const char *part);
void hand_open_issi_with(uint8_t dummy);
void hand_open_issi(void);
void hand_open_macronix(void);
void hand_close_all(void);

/* Time for whatever a chip does. */
void hand_let_it_end(void);

#endif
