/* What differs between the octal chips; facts.md has the sources. Opcodes of 16 bits are an opcode and its complement. */
#ifndef MPROM_ALIF_OCTAL_CHIPS_H
#define MPROM_ALIF_OCTAL_CHIPS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    MPROM_ALIF_OCTAL_ERASES = 3
};

struct mprom_alif_octal_chip {
    uint8_t id[3];
    uint8_t size_log2;
    bool is_wide;           /* opcodes of 16 bits; registers have an address, and an id its bytes twice */
    bool has_flags;         /* 70h tells of errors, 50h forgets them */
    uint8_t dummy_clocks;   /* of a read, at 100 MHz */
    uint8_t dummy_code;     /* what the chip calls that */
    uint8_t register_dummy; /* of a register and of the id */
    struct {
        uint8_t size_log2; /* 0 ends the list; the first is the block */
        uint16_t opcode;
    } erases[MPROM_ALIF_OCTAL_ERASES];
    uint16_t status;
    uint16_t enable;
    uint16_t program;
    uint16_t read;
    uint16_t read_id;
};

/* The chip of that id, or NULL. */
const struct mprom_alif_octal_chip *mprom_alif_octal_chip_find(const uint8_t id[3]);

#endif
