/* What the sources of the SPI-NOR chip share. Sources: data sheet W25Q64JV, revision J, unless another is named. */
#ifndef MPROM_EMULATOR_NOR_INTERNAL_H
#define MPROM_EMULATOR_NOR_INTERNAL_H

#include "emulator/parts/nor_chip.h"

enum nor_status_bit {
    NOR_BUSY = 0x01,
    NOR_ENABLED = 0x02,
};

enum nor_action {
    NOR_ACT_READ,
    NOR_ACT_READ_ID,
    NOR_ACT_READ_SFDP,
    NOR_ACT_READ_UNIQUE_ID,
    NOR_ACT_READ_STATUS,
    NOR_ACT_READ_STATUS_2,
    NOR_ACT_ENABLE,
    NOR_ACT_DISABLE,
    NOR_ACT_PROGRAM,
    NOR_ACT_ERASE,
    NOR_ACT_WRITE_STATUS,
    NOR_ACT_WRITE_STATUS_2,
    NOR_ACT_4BYTE,
    NOR_ACT_3BYTE,
    NOR_ACT_QPI,
    NOR_ACT_SLEEP,
    NOR_ACT_WAKE,
    NOR_ACT_RESET_ENABLE,
    NOR_ACT_RESET,
};

enum nor_address {
    NOR_ADDRESS_NONE,
    NOR_ADDRESS_BY_MODE, /* 3 bytes, or 4 in 4-byte mode */
    NOR_ADDRESS_3,
    NOR_ADDRESS_4,
};

enum {
    NOR_ANY_STATE = 1,   /* also while busy */
    NOR_NEEDS_WRITE = 2, /* write enable */
    NOR_NEEDS_QUAD = 4,
};

/* The shape of a command; the data sheet's instruction set and, for 4-byte opcodes, JESD216's table FF84. */
struct nor_command {
    uint8_t opcode;
    uint8_t action;
    uint8_t address;
    uint8_t address_lanes;
    uint8_t mode_size;
    uint8_t dummy_clocks;
    uint8_t data;
    uint8_t data_lanes;
    uint8_t flags;
    uint16_t features; /* one of these must be there, if any are named */
    uint32_t size;     /* of an erase; else the most bytes of data, 0 for no limit */
};

/* The command of that opcode, or NULL if the part has none. */
const struct nor_command *nor_find_command(const struct nor_chip *chip, uint8_t opcode);

/* How many address bytes that is now. */
uint32_t nor_address_size(const struct nor_chip *chip, uint8_t address);

/* What the four lines show at one clock of a byte that is sent on some of them. */
uint8_t nor_lines(const struct nor_chip *chip, uint8_t byte, uint8_t lanes, uint32_t clock);

/* What a controller reads while the chip drives no line. */
uint8_t nor_silence(const struct nor_chip *chip);

/* Takes an opcode: there is a command in heard now, or the chip ignores what comes. */
void nor_take_opcode(struct nor_chip *chip, uint8_t opcode);

/* The next byte of an answer; with the first one the command so far is judged. */
uint8_t nor_answer(struct nor_chip *chip);

/* The chip is deselected: judges a command that is no answer, and does it. */
void nor_finish_command(struct nor_chip *chip);

__attribute__((format(printf, 2, 3))) void nor_report(struct nor_chip *chip, const char *format, ...);

/* The state of quad enable, by the part's rule. */
bool nor_quad_is_enabled(const struct nor_chip *chip);

/* Whether block protection holds any byte of the range. */
bool nor_is_protected(const struct nor_chip *chip, uint32_t off, uint32_t size);

/* Begin what takes time; the caller has checked that the chip would do it. */
void nor_start_program(struct nor_chip *chip, uint32_t off, const uint8_t *data, uint32_t size);
void nor_start_erase(struct nor_chip *chip, uint32_t off, uint32_t size);
void nor_start_status(struct nor_chip *chip, uint32_t first, const uint8_t *bytes, uint32_t count);

/* As by a reset command, which power-up is too; but the chip is deaf for a while then. */
void nor_reset(struct nor_chip *chip);

/* A reset in the middle of a job. */
void nor_break_off(struct nor_chip *chip);

#endif
