/* The chip on one line: what brings it to eight. */
#include "chips/alif/model/octal_internal.h"

#include <string.h>

enum {
    ENABLE = 0x06,
    READ_ID = 0x9F,
    READ_TABLES = 0x5A,
    RESET_ENABLE = 0x66,
    RESET = 0x99,
    WRITE_REGISTER = 0x81,
    WRITE_REGISTER_MACRONIX = 0x72,
    REGISTER_LINES = 0,
    REGISTER_DUMMY = 1,
    REGISTER_DUMMY_MACRONIX = 0x300,
    LINES_ISSI = 0xE7,
    LINES_MACRONIX = 0x02,
    REGISTER_NS = 1300000, /* of a Macronix not known, so taken for the same */
    TABLES_AT = 0x30,
};

bool octal_set_up(struct octal_chip *chip, uint32_t address, uint8_t value)
{
    bool is_macronix = chip->part->kind == OCTAL_MACRONIX;
    if (address == REGISTER_LINES && value == (is_macronix ? LINES_MACRONIX : LINES_ISSI)) {
        chip->is_octal = true;
    } else if (address == (is_macronix ? REGISTER_DUMMY_MACRONIX : REGISTER_DUMMY) &&
               value <= (is_macronix ? 7 : 31)) {
        chip->dummy_code = value;
    } else {
        return false;
    }
    return true;
}

/* A volatile register takes its time too; write enable falls then. */
static void write_register(struct octal_chip *chip, const uint8_t *bytes, uint32_t size)
{
    uint32_t address_size = chip->part->kind == OCTAL_MACRONIX ? 4 : 3;
    uint32_t address = 0;
    for (uint32_t i = 1; i <= address_size && i < size; i++) {
        address = address << 8 | bytes[i];
    }
    if (size != 2 + address_size) {
        octal_report(chip, "%02Xh with %u bytes behind it", bytes[0], size - 1);
    } else if (!chip->write_enabled) {
        octal_report(chip, "%02Xh without write enable is ignored", bytes[0]);
    } else if (!octal_set_up(chip, address, bytes[size - 1])) {
        octal_report(chip, "%02Xh: register 0x%x has no value %02Xh", bytes[0], address, bytes[size - 1]);
    } else {
        chip->job_size = 0;
        chip->busy_ns = REGISTER_NS;
    }
}

/* What JESD216 asks for at least, nine words; of them only the size says something of a chip on eight lines. */
static uint8_t table_byte(const struct octal_chip *chip, uint32_t off)
{
    static const uint8_t head[] = {'S', 'F', 'D', 'P', 6, 1, 0, 0xFF, 0x00, 6, 1, 9, TABLES_AT, 0, 0, 0xFF};
    uint32_t last_bit = chip->part->geometry->size * 8 - 1;
    if (!chip->has_tables) {
        return 0xFF;
    }
    if (off < sizeof head) {
        return head[off];
    }
    uint32_t in_size = off - TABLES_AT - 4;
    return (uint8_t)(in_size < 4 ? last_bit >> 8 * in_size : 0xFF);
}

/* The opcode, three bytes of address and one that is nobody's come before the answer. */
static void read_tables(const struct octal_chip *chip, uint8_t *bytes, uint32_t size)
{
    uint32_t off = size > 3 ? (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3] : 0;
    for (uint32_t i = 5; i < size; i++) {
        bytes[i] = table_byte(chip, off + i - 5);
    }
}

static void obey(struct octal_chip *chip, uint8_t *bytes, uint32_t size)
{
    uint8_t opcode = bytes[0];
    bool is_macronix = chip->part->kind == OCTAL_MACRONIX;
    if (opcode == RESET_ENABLE || opcode == RESET) {
        octal_reset_command(chip, opcode);
    } else if (opcode == ENABLE && size == 1) {
        chip->write_enabled = true;
    } else if (opcode == (is_macronix ? WRITE_REGISTER_MACRONIX : WRITE_REGISTER)) {
        write_register(chip, bytes, size);
    } else if (opcode == READ_ID) {
        for (uint32_t i = 1; i < size; i++) {
            bytes[i] = i <= sizeof chip->part->id ? chip->part->id[i - 1] : 0x10;
        }
    } else if (opcode == READ_TABLES) {
        read_tables(chip, bytes, size);
    } else {
        octal_report(chip, "%02Xh is no command on one line that is modelled", opcode);
    }
}

/*
 * A chip that listens to eight lines takes the bits of the first one for anything. Resets and ids on one line are what finds
 * out how it listens, so they are no mistake. Nobody drives the line to the controller then: a pull-up does.
 */
void octal_chip_single(struct octal_chip *chip, uint8_t *bytes, uint32_t size)
{
    uint8_t opcode = bytes[0];
    bool probes = opcode == RESET_ENABLE || opcode == RESET || opcode == READ_ID;
    if (chip->deaf_ns > 0 || chip->is_octal) {
        if (!probes) {
            octal_report(chip, "%02Xh on one line for a chip that is %s", opcode,
                         chip->is_octal ? "on eight" : "deaf");
        }
        memset(bytes, 0xFF, size);
    } else if (octal_may_begin(chip, opcode)) {
        obey(chip, bytes, size);
    } else {
        memset(bytes, 0xFF, size);
    }
}
