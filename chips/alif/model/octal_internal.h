/* What the sources of the octal chip share. */
#ifndef MPROM_ALIF_OCTAL_INTERNAL_H
#define MPROM_ALIF_OCTAL_INTERNAL_H

#include "chips/alif/model/octal_chip.h"

enum {
    OCTAL_STATUS_BUSY = 0x01,
    OCTAL_STATUS_ENABLED = 0x02,
    OCTAL_FLAG_READY = 0x80,
    OCTAL_FLAG_ERASE = 0x20,
    OCTAL_FLAG_PROGRAM = 0x10,
    OCTAL_FLAG_PROTECTED = 0x02,
};

__attribute__((format(printf, 2, 3))) void octal_report(struct octal_chip *chip, const char *format, ...);

/* Whether the chip takes this command now: not deaf, not busy. */
bool octal_may_begin(struct octal_chip *chip, uint8_t opcode);

/* What they begin takes time. */
void octal_program(struct octal_chip *chip, uint32_t off, const uint8_t *bytes, uint32_t size);
void octal_erase(struct octal_chip *chip, const struct octal_erase *erase, uint32_t off);

/* A register that sets the chip up. Returns whether it has that register and value. */
bool octal_set_up(struct octal_chip *chip, uint32_t address, uint8_t value);

/* 66h or 99h, in whichever way. */
void octal_reset_command(struct octal_chip *chip, uint8_t opcode);

uint8_t octal_status(const struct octal_chip *chip);

#endif
