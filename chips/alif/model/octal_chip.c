/* The chip itself: time, the array, resets, and commands on eight lines. */
#include "chips/alif/model/octal_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    ENABLE = 0x06,
    DISABLE = 0x04,
    READ_STATUS = 0x05,
    READ_FLAGS = 0x70,
    FORGET_FLAGS = 0x50,
    READ_ID = 0x9F,
    READ_ISSI = 0xFD,
    READ_MACRONIX = 0xEE,
    PROGRAM = 0xC2,
    PROGRAM_MACRONIX = 0x12,
    RESET_ENABLE = 0x66,
    RESET = 0x99,
    RESET_US = 40,
    ISSI_REGISTER_DUMMY = 8,
    MACRONIX_REGISTER_DUMMY = 4,
    MHZ_MAX = 200,
};

static const uint64_t NS_PER_US = 1000;

void octal_report(struct octal_chip *chip, const char *format, ...)
{
    char text[128];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    chip->violation(chip->ctx, text);
}

uint8_t octal_status(const struct octal_chip *chip)
{
    return (uint8_t)((chip->busy_ns > 0 ? OCTAL_STATUS_BUSY : 0) | (chip->write_enabled ? OCTAL_STATUS_ENABLED : 0) |
                     chip->protected_bits);
}

static void begin_job(struct octal_chip *chip, uint32_t us)
{
    uint64_t ns = us * NS_PER_US;
    chip->changes++;
    *chip->worked_ns += ns;
    chip->busy_ns = chip->hangs ? UINT64_MAX : ns;
    if (chip->busy_ns == 0 && chip->part->kind != OCTAL_EVERSPIN) {
        chip->write_enabled = false;
    }
}

/* Whether it would be done: what the chip refuses, it says in its flags. */
static bool may_change(struct octal_chip *chip, const char *what, uint32_t off, uint32_t size, uint8_t flag)
{
    if (!chip->write_enabled) {
        octal_report(chip, "%s at 0x%x without write enable is ignored", what, off);
    } else if (off >= chip->part->geometry->size || size > chip->part->geometry->size - off) {
        octal_report(chip, "%s of %u bytes at 0x%x leaves the array", what, size, off);
    } else if (chip->protected_bits != 0) {
        chip->flags |= (uint8_t)(flag | OCTAL_FLAG_PROTECTED);
    } else {
        return true;
    }
    return false;
}

/* Errors of the cells are faults that a test has planted: the chip says in its flags that it failed. */
void octal_program(struct octal_chip *chip, uint32_t off, const uint8_t *bytes, uint32_t size)
{
    if (size == 0 || off % 2 != 0 || size % 2 != 0) {
        octal_report(chip, "program of %u bytes at 0x%x: both must be even, and there must be some", size, off);
        return;
    }
    if (!may_change(chip, "program", off, size, OCTAL_FLAG_PROGRAM)) {
        return;
    }
    uint8_t page[2 * OCTAL_PAGE];
    bool swaps = chip->part->kind == OCTAL_MACRONIX;
    for (uint32_t i = 0; i < size; i++) {
        page[i] = bytes[swaps ? i ^ 1u : i];
    }
    const struct mprom_flash *flash = &chip->cells->flash;
    int err = flash->ops->program(flash, off, page, size);
    chip->flags |= (uint8_t)(err ? OCTAL_FLAG_PROGRAM : 0);
    chip->job_size = 0;
    begin_job(chip, chip->part->program_us);
}

void octal_erase(struct octal_chip *chip, const struct octal_erase *erase, uint32_t off)
{
    if (off % erase->size != 0) {
        octal_report(chip, "erase of %u bytes at 0x%x is not aligned to that", erase->size, off);
        return;
    }
    if (!may_change(chip, "erase", off, erase->size, OCTAL_FLAG_ERASE)) {
        return;
    }
    memcpy(chip->job_old, chip->cells->bytes + off, erase->size);
    chip->job_off = off;
    chip->job_size = erase->size;
    const struct mprom_flash *flash = &chip->cells->flash;
    int err = flash->ops->erase(flash, off, erase->size);
    chip->flags |= (uint8_t)(err ? OCTAL_FLAG_ERASE : 0);
    begin_job(chip, erase->us);
}

/* An erase that is broken off is half done. */
static void break_off(struct octal_chip *chip)
{
    if (chip->busy_ns > 0 && chip->job_size > 0) {
        uint32_t half = chip->job_size / 2;
        memcpy(chip->cells->bytes + chip->job_off + half, chip->job_old + half, half);
        chip->changes++;
    }
    chip->busy_ns = 0;
}

static void forget(struct octal_chip *chip)
{
    chip->is_octal = false;
    chip->write_enabled = false;
    chip->reset_enabled = false;
    chip->dummy_code = 0;
    chip->flags = 0;
}

void octal_reset_command(struct octal_chip *chip, uint8_t opcode)
{
    if (opcode == RESET_ENABLE) {
        chip->reset_enabled = true;
    } else if (chip->reset_enabled) {
        break_off(chip);
        forget(chip);
        chip->deaf_ns = RESET_US * NS_PER_US;
    } else {
        octal_report(chip, "99h without 66h before it");
    }
}

bool octal_may_begin(struct octal_chip *chip, uint8_t opcode)
{
    if (opcode != RESET_ENABLE && opcode != RESET) {
        chip->reset_enabled = false;
    }
    if (chip->busy_ns > 0 && opcode != READ_STATUS && opcode != READ_FLAGS && opcode != RESET_ENABLE &&
        opcode != RESET) {
        octal_report(chip, "%02Xh while the chip is busy is ignored", opcode);
        return false;
    }
    return true;
}

static bool is_macronix(const struct octal_chip *chip)
{
    return chip->part->kind == OCTAL_MACRONIX;
}

/* By the codes of the data sheets: of an ISSI the clocks, 0 and 31 for 16; of a Macronix 20 less twice the code. */
uint32_t octal_chip_dummy(const struct octal_chip *chip)
{
    uint32_t code = chip->dummy_code;
    return is_macronix(chip) ? 20 - 2 * code : code == 0 || code == 31 ? 16 : code;
}

/* The table of an ISSI for eight lines at 1.8 V. Of the others only that their figures work at 100 MHz is known. */
uint32_t octal_chip_mhz(const struct octal_chip *chip)
{
    static const uint8_t mhz[] = {[8] = 86, [9] = 95, [10] = 105, [11] = 105, [12] = 124};
    uint32_t dummy = octal_chip_dummy(chip);
    if (chip->part->kind == OCTAL_EVERSPIN) {
        return dummy >= 7 ? 100 : 0;
    }
    if (is_macronix(chip)) {
        return dummy >= 10 ? 100 : 0;
    }
    return dummy < sizeof mhz ? mhz[dummy] : dummy < 16 ? 124 : MHZ_MAX;
}

void octal_chip_read_opcode(const struct octal_chip *chip, uint8_t opcode[2])
{
    opcode[0] = is_macronix(chip) ? READ_MACRONIX : READ_ISSI;
    opcode[1] = is_macronix(chip) ? (uint8_t)~READ_MACRONIX : READ_ISSI;
}

static bool frame_is_right(struct octal_chip *chip, const struct octal_frame *frame, bool has_address, uint32_t dummy)
{
    if (frame->has_address != has_address) {
        octal_report(chip, "%02Xh %s", frame->opcode[0], has_address ? "without address" : "with an address");
    } else if (frame->in != NULL && frame->dummy_clocks != dummy) {
        octal_report(chip, "%02Xh with %u dummy clocks, not %u: the data are shifted", frame->opcode[0],
                     frame->dummy_clocks, dummy);
    } else {
        return true;
    }
    return false;
}

/* A register shows the same byte at each edge; an id its next one, or of a Macronix the same twice. */
static void answer(struct octal_chip *chip, const struct octal_frame *frame, const uint8_t *bytes, uint32_t count)
{
    uint32_t dummy = is_macronix(chip) ? MACRONIX_REGISTER_DUMMY : ISSI_REGISTER_DUMMY;
    if (frame->in == NULL) {
        octal_report(chip, "%02Xh, and nothing is read", frame->opcode[0]);
    } else if (frame_is_right(chip, frame, is_macronix(chip), dummy)) {
        for (uint32_t i = 0; i < frame->size; i++) {
            frame->in[i] = bytes[(is_macronix(chip) ? i / 2 : i) % count];
        }
    }
}

static void read_array(struct octal_chip *chip, const struct octal_frame *frame)
{
    if (!frame_is_right(chip, frame, true, octal_chip_dummy(chip))) {
        return;
    }
    if (frame->address % 2 != 0 || frame->in == NULL || frame->size > chip->part->geometry->size ||
        frame->address > chip->part->geometry->size - frame->size) {
        octal_report(chip, "read of %u bytes at 0x%x: it must be even, and in the array", frame->size,
                     frame->address);
    } else if (frame->mhz > octal_chip_mhz(chip)) {
        octal_report(chip, "read at %u MHz with %u dummy clocks, which are for %u", frame->mhz, frame->dummy_clocks,
                     octal_chip_mhz(chip));
    } else {
        for (uint32_t i = 0; i < frame->size; i++) {
            frame->in[i] = chip->cells->bytes[frame->address + (is_macronix(chip) ? i ^ 1u : i)];
        }
    }
}

static const struct octal_erase *erase_of(const struct octal_chip *chip, uint8_t opcode)
{
    for (int i = 0; i < OCTAL_ERASES; i++) {
        if (chip->part->erases[i].size != 0 && chip->part->erases[i].opcode == opcode) {
            return &chip->part->erases[i];
        }
    }
    return NULL;
}

static void obey(struct octal_chip *chip, const struct octal_frame *frame)
{
    uint8_t opcode = frame->opcode[0];
    const struct octal_erase *erase = erase_of(chip, opcode);
    uint8_t status = octal_status(chip);
    uint8_t flags = (uint8_t)(chip->flags | (chip->busy_ns > 0 ? 0 : OCTAL_FLAG_READY));
    if (opcode == RESET_ENABLE || opcode == RESET) {
        octal_reset_command(chip, opcode);
    } else if (opcode == READ_STATUS) {
        answer(chip, frame, &status, 1);
    } else if (opcode == READ_FLAGS && !is_macronix(chip)) {
        answer(chip, frame, &flags, 1);
    } else if (opcode == FORGET_FLAGS && !is_macronix(chip)) {
        chip->flags = 0;
    } else if (opcode == ENABLE || opcode == DISABLE) {
        chip->write_enabled = frame_is_right(chip, frame, false, 0) ? opcode == ENABLE : chip->write_enabled;
    } else if (opcode == READ_ID) {
        answer(chip, frame, chip->part->id, sizeof chip->part->id);
    } else if (opcode == (is_macronix(chip) ? READ_MACRONIX : READ_ISSI)) {
        read_array(chip, frame);
    } else if (opcode == (is_macronix(chip) ? PROGRAM_MACRONIX : PROGRAM) && frame_is_right(chip, frame, true, 0)) {
        octal_program(chip, frame->address, frame->out, frame->out != NULL ? frame->size : 0);
    } else if (erase != NULL && frame_is_right(chip, frame, true, 0)) {
        octal_erase(chip, erase, frame->address);
    } else {
        octal_report(chip, "%02Xh is no command on eight lines", opcode);
    }
}

/* On a chip that listens to one line this is at most a clock or two of a command, which it forgets; resets try that. */
void octal_chip_octal(struct octal_chip *chip, const struct octal_frame *frame)
{
    uint8_t second = is_macronix(chip) ? (uint8_t)~frame->opcode[0] : frame->opcode[0];
    bool resets = frame->opcode[0] == RESET_ENABLE || frame->opcode[0] == RESET;
    memset(frame->in != NULL ? frame->in : (uint8_t[1]){0}, 0xFF, frame->in != NULL ? frame->size : 1);
    if (chip->deaf_ns > 0) {
        if (!resets) {
            octal_report(chip, "%02Xh on eight lines for a chip that is deaf", frame->opcode[0]);
        }
    } else if (!chip->is_octal || frame->opcode[1] != second) {
        if (!resets) {
            octal_report(chip, "%02Xh %02Xh on eight lines, which this chip does not understand now",
                         frame->opcode[0], frame->opcode[1]);
        }
    } else if (octal_may_begin(chip, frame->opcode[0])) {
        obey(chip, frame);
    }
}

void octal_chip_tick(struct octal_chip *chip, uint64_t ns)
{
    chip->deaf_ns -= ns < chip->deaf_ns ? ns : chip->deaf_ns;
    if (chip->busy_ns > 0 && !chip->hangs) {
        chip->busy_ns -= ns < chip->busy_ns ? ns : chip->busy_ns;
        chip->write_enabled = chip->write_enabled && (chip->busy_ns > 0 || chip->part->kind == OCTAL_EVERSPIN);
    }
}

void octal_chip_power_on(struct octal_chip *chip, uint32_t deaf_us)
{
    forget(chip);
    chip->busy_ns = 0;
    chip->deaf_ns = deaf_us * NS_PER_US;
}

void octal_chip_open(struct octal_chip *chip, const struct octal_part *part, struct cells *cells, uint64_t *worked_ns)
{
    memset(chip, 0, sizeof *chip);
    chip->part = part;
    chip->cells = cells;
    chip->worked_ns = worked_ns;
    chip->has_tables = true;
}
