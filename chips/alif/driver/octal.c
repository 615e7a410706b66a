/* The flash over a chip that listens on eight lines. The window is closed around each operation. */
#include "chips/alif/driver/octal.h"

#include <string.h>

#include "arch/mmio.h"
#include "chips/alif/driver/octal_start.h"

enum {
    STATUS_BUSY = 1 << 0,
    STATUS_ENABLED = 1 << 1,
    READ_FLAGS = 0x70,
    FORGET_FLAGS = 0x50,
    FLAGS_PROTECTED = 1 << 1,
    FLAGS_FAILED = 1 << 4 | 1 << 5, /* program, erase */

    UNIT_SIZE = 16,
    PAGE_SIZE = 256,
    PROGRAM_POLL_US = 10,
    PROGRAM_US_MAX = 10000, /* the slowest takes 1.8 ms */
    ERASE_POLL_US = 500,
    ERASE_US_MAX = 4000000, /* the slowest takes 2 s */
};

static struct mprom_alif_octal *octal_of(const struct mprom_flash *flash)
{
    return flash->ctx;
}

static struct mprom_alif_ospi_command command_of(const struct mprom_alif_octal *octal, uint16_t opcode)
{
    return (struct mprom_alif_ospi_command){.opcode = opcode, .is_wide = octal->chip->is_wide};
}

/* A register shows the same at both edges. Returns it, or an error. */
static int read_register(const struct mprom_alif_octal *octal, uint16_t opcode)
{
    struct mprom_alif_ospi_command command = command_of(octal, opcode);
    command.has_address = octal->chip->is_wide;
    command.dummy_clocks = octal->chip->register_dummy;
    uint16_t entry;
    int err = mprom_alif_ospi_read(&octal->ospi, &command, &entry, 1);
    return err ? err : entry & 0xFF;
}

static int wait_ready(const struct mprom_alif_octal *octal, uint32_t poll_us, uint32_t us_max)
{
    for (uint32_t us = 0; us <= us_max; us += poll_us) {
        int status = read_register(octal, octal->chip->status);
        if (status < 0 || !(status & STATUS_BUSY)) {
            return status < 0 ? status : 0;
        }
        octal->wait_us(poll_us);
    }
    return -MPROM_ETIMEDOUT;
}

/* An operation before may have been given up while it went on. */
static int enable(const struct mprom_alif_octal *octal)
{
    int err = wait_ready(octal, ERASE_POLL_US, ERASE_US_MAX);
    if (err) {
        return err;
    }
    struct mprom_alif_ospi_command command = command_of(octal, octal->chip->enable);
    err = mprom_alif_ospi_write(&octal->ospi, &command, NULL, 0);
    int status = err ? err : read_register(octal, octal->chip->status);
    return status < 0 ? status : status & STATUS_ENABLED ? 0 : -MPROM_EIO;
}

/* What the chip says of what it has just done. */
static int result(const struct mprom_alif_octal *octal)
{
    int flags = octal->chip->has_flags ? read_register(octal, READ_FLAGS) : 0;
    if (flags < 0 || !(flags & (FLAGS_PROTECTED | FLAGS_FAILED))) {
        return flags < 0 ? flags : 0;
    }
    struct mprom_alif_ospi_command command = command_of(octal, FORGET_FLAGS);
    int err = mprom_alif_ospi_write(&octal->ospi, &command, NULL, 0);
    return err ? err : flags & FLAGS_PROTECTED ? -MPROM_EROFS : -MPROM_EIO;
}

/* Writes, or erases if there are no words. */
static int change(const struct mprom_alif_octal *octal, uint16_t opcode, uint32_t off, uint32_t count)
{
    struct mprom_alif_ospi_command command = command_of(octal, opcode);
    command.has_address = true;
    command.address = off;
    int err = enable(octal);
    err = err ? err : mprom_alif_ospi_write(&octal->ospi, &command, octal->words, count);
    if (err == 0) {
        err = count != 0 ? wait_ready(octal, PROGRAM_POLL_US, PROGRAM_US_MAX)
                         : wait_ready(octal, ERASE_POLL_US, ERASE_US_MAX);
    }
    return err ? err : result(octal);
}

static int octal_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    struct mprom_alif_octal *octal = octal_of(flash);
    memcpy(octal->words, src, size);
    mprom_alif_ospi_begin(&octal->ospi);
    int err = change(octal, octal->chip->program, off, size / 4);
    mprom_alif_ospi_end(&octal->ospi, &octal->read);
    return err;
}

static int octal_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    struct mprom_alif_octal *octal = octal_of(flash);
    uint32_t i = 0;
    while (i < MPROM_ALIF_OCTAL_ERASES && size != 1u << octal->chip->erases[i].size_log2) {
        i++;
    }
    if (i == MPROM_ALIF_OCTAL_ERASES) {
        return -MPROM_EINVAL;
    }
    mprom_alif_ospi_begin(&octal->ospi);
    int err = change(octal, octal->chip->erases[i].opcode, off, 0);
    mprom_alif_ospi_end(&octal->ospi, &octal->read);
    return err;
}

static const void *octal_map(const struct mprom_flash *flash, uint32_t off)
{
    return mprom_mmio_map(octal_of(flash)->ospi.window + off);
}

static int octal_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    memcpy(dst, octal_map(flash, off), size);
    return 0;
}

/* Erase and program end with the chip idle, and nothing is cached. */
static int octal_sync(const struct mprom_flash *flash)
{
    (void)flash;
    return 0;
}

static const struct mprom_flash_ops octal_ops = {
    .read = octal_read,
    .program = octal_program,
    .erase = octal_erase,
    .sync = octal_sync,
    .map = octal_map,
};

static void describe(struct mprom_alif_octal *octal)
{
    const struct mprom_alif_octal_chip *chip = octal->chip;
    uint32_t block_log2 = chip->erases[0].size_log2;
    octal->region =
        (struct mprom_flash_region){.erase_size = 1u << block_log2, .count = 1u << (chip->size_log2 - block_log2)};
    octal->geometry = (struct mprom_flash_geometry){.size = 1u << chip->size_log2,
                                                    .regions = &octal->region,
                                                    .region_count = 1,
                                                    .program_size = UNIT_SIZE,
                                                    .page_size = PAGE_SIZE,
                                                    .program_count = 1,
                                                    .erased_value = 0xFF};
    for (uint32_t i = 1; i < MPROM_ALIF_OCTAL_ERASES && chip->erases[i].size_log2 != 0; i++) {
        octal->geometry.large_erase_sizes[i - 1] = 1u << chip->erases[i].size_log2;
    }
    octal->read = command_of(octal, chip->read);
    octal->read.dummy_clocks = chip->dummy_clocks;
    octal->flash = (struct mprom_flash){.ops = &octal_ops, .geometry = &octal->geometry, .ctx = octal};
}

int mprom_alif_octal_start(struct mprom_alif_octal *octal, const struct mprom_alif_ospi_wiring *wiring,
                           void (*wait_us)(uint32_t us))
{
    *octal = (struct mprom_alif_octal){.wait_us = wait_us};
    mprom_alif_ospi_open(&octal->ospi, wiring);
    int err = mprom_alif_octal_find(octal);
    if (err == 0) {
        describe(octal);
    }
    mprom_alif_ospi_end(&octal->ospi, err ? NULL : &octal->read);
    return err;
}
