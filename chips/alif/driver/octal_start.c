/* From a chip in any state to one on eight lines; README.md has the steps. */
#include "chips/alif/driver/octal_start.h"

#include <stddef.h>
#include <string.h>

enum {
    RESET_ENABLE = 0x66,
    RESET = 0x99,
    RESET_ENABLE_WIDE = 0x6699,
    RESET_WIDE = 0x9966,
    RESET_US = 1000,
    /* An ISSI that lost its power in an erase does not answer for up to 36 ms (its data sheet, 8.19). */
    DEAF_US = 40000,
    LOOKS = 4,

    READ_ID = 0x9F,
    READ_TABLES = 0x5A,
    WRITE_ENABLE = 0x06,
    WRITE_REGISTER = 0x81,      /* of an ISSI: address of three bytes, value */
    WRITE_REGISTER_WIDE = 0x72, /* of a Macronix: address of four bytes, value */
    ISSI_OCTAL = 0xE7,          /* both edges, with DQS */
    MACRONIX_OCTAL = 0x02,
    WRITE_US = 15000, /* a register takes that long at most */

    ID_SIZE = 3,
    TABLES_MAX = 16,
    HEADER_SIZE = 16, /* of the tables, with the header of the first */
};

static int send_octal(const struct mprom_alif_octal *octal, uint16_t opcode, bool is_wide)
{
    const struct mprom_alif_ospi_command command = {.opcode = opcode, .is_wide = is_wide};
    return mprom_alif_ospi_write(&octal->ospi, &command, NULL, 0);
}

static int send_single(const struct mprom_alif_octal *octal, uint8_t opcode)
{
    return mprom_alif_ospi_single(&octal->ospi, &opcode, 1);
}

/* On eight lines first, in both ways: on one line a chip that listens to eight would hear the other seven as anything. */
static int reset(const struct mprom_alif_octal *octal)
{
    static const uint16_t resets[] = {RESET_ENABLE, RESET, RESET_ENABLE_WIDE, RESET_WIDE};
    int err = 0;
    for (uint32_t i = 0; i < sizeof resets / sizeof resets[0] && err == 0; i++) {
        err = send_octal(octal, resets[i], resets[i] > UINT8_MAX);
    }
    octal->wait_us(RESET_US);
    err = err ? err : send_single(octal, RESET_ENABLE);
    err = err ? err : send_single(octal, RESET);
    octal->wait_us(RESET_US);
    return err;
}

static int read_id(struct mprom_alif_octal *octal)
{
    uint8_t bytes[1 + ID_SIZE] = {READ_ID};
    int err = mprom_alif_ospi_single(&octal->ospi, bytes, sizeof bytes);
    memcpy(octal->id, bytes + 1, ID_SIZE);
    octal->chip = mprom_alif_octal_chip_find(octal->id);
    return err;
}

static int find_chip(struct mprom_alif_octal *octal)
{
    for (int looks = 0; looks < LOOKS; looks++) {
        int err = reset(octal);
        err = err ? err : read_id(octal);
        if (err || octal->chip != NULL) {
            return err;
        }
        octal->wait_us(DEAF_US);
    }
    return -MPROM_ENODEV;
}

/* At most TABLES_MAX bytes of the tables. */
static int read_tables(const struct mprom_alif_octal *octal, uint32_t off, uint8_t *dst, uint32_t size)
{
    uint8_t bytes[5 + TABLES_MAX] = {READ_TABLES, (uint8_t)(off >> 16), (uint8_t)(off >> 8), (uint8_t)off};
    int err = mprom_alif_ospi_single(&octal->ospi, bytes, 5 + size);
    memcpy(dst, bytes + 5, size);
    return err;
}

/*
 * JESD216: the header of the first table is at 8, with its length in words and its place; its second word is the size
 * in bits, less one, or from 4 Gbit on a power of two. A chip without tables is taken by its id.
 */
static int check_tables(const struct mprom_alif_octal *octal)
{
    static const uint8_t signature[4] = {'S', 'F', 'D', 'P'};
    uint8_t head[HEADER_SIZE];
    uint8_t word[4];
    int err = read_tables(octal, 0, head, sizeof head);
    if (err || memcmp(head, signature, sizeof signature) != 0) {
        return err;
    }
    uint32_t off = (uint32_t)head[12] | (uint32_t)head[13] << 8 | (uint32_t)head[14] << 16;
    err = read_tables(octal, off + 4, word, sizeof word);
    if (err) {
        return err;
    }
    uint32_t last_bit =
        (uint32_t)word[0] | (uint32_t)word[1] << 8 | (uint32_t)word[2] << 16 | (uint32_t)word[3] << 24;
    return head[11] >= 2 && last_bit == (8u << octal->chip->size_log2) - 1 ? 0 : -MPROM_EBADMSG;
}

/* A register on one line. The chip is not asked whether it is done: what it says then is on as many lines as it likes. */
static int write_register(const struct mprom_alif_octal *octal, uint32_t address, uint8_t value)
{
    uint8_t narrow[] = {WRITE_REGISTER, (uint8_t)(address >> 16), (uint8_t)(address >> 8), (uint8_t)address, value};
    uint8_t wide[] = {WRITE_REGISTER_WIDE,     (uint8_t)(address >> 24), (uint8_t)(address >> 16),
                      (uint8_t)(address >> 8), (uint8_t)address,         value};
    int err = send_single(octal, WRITE_ENABLE);
    if (err == 0) {
        err = octal->chip->is_wide ? mprom_alif_ospi_single(&octal->ospi, wide, sizeof wide)
                                   : mprom_alif_ospi_single(&octal->ospi, narrow, sizeof narrow);
    }
    octal->wait_us(WRITE_US);
    return err;
}

/* The dummy clocks before the lines: both count from then on. */
static int switch_lines(const struct mprom_alif_octal *octal)
{
    bool is_wide = octal->chip->is_wide;
    int err = write_register(octal, is_wide ? 0x300 : 1, octal->chip->dummy_code);
    return err ? err : write_register(octal, 0, is_wide ? MACRONIX_OCTAL : ISSI_OCTAL);
}

/* A Macronix sends each byte at both edges, the others the next one. */
static int check_lines(const struct mprom_alif_octal *octal)
{
    const struct mprom_alif_octal_chip *chip = octal->chip;
    const struct mprom_alif_ospi_command command = {.opcode = chip->read_id,
                                                    .is_wide = chip->is_wide,
                                                    .has_address = chip->is_wide,
                                                    .dummy_clocks = chip->register_dummy};
    uint16_t entries[ID_SIZE];
    int err = mprom_alif_ospi_read(&octal->ospi, &command, entries, ID_SIZE);
    for (int i = 0; i < ID_SIZE && err == 0; i++) {
        uint16_t entry = entries[chip->is_wide ? i : i / 2];
        uint8_t byte = (uint8_t)(chip->is_wide || i % 2 != 0 ? entry & 0xFF : entry >> 8);
        err = byte == chip->id[i] ? 0 : -MPROM_EIO;
    }
    return err;
}

int mprom_alif_octal_find(struct mprom_alif_octal *octal)
{
    int err = find_chip(octal);
    err = err ? err : check_tables(octal);
    err = err ? err : switch_lines(octal);
    return err ? err : check_lines(octal);
}
