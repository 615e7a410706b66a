/* A SPI-NOR chip: what comes over its lines while it is selected, and how it listens. */
#include "emulator/parts/nor_internal.h"

#include <string.h>

enum {
    OPCODE_CLOCKS = 8,
    QPI_OPCODE_CLOCKS = 2,
    WRONG_LANES = 0xFF,
};

/* Four lines without QPI: the chip sees the first only, and does nothing before its eighth clock. */
static void hear_four_lines(struct nor_chip *chip, uint8_t lines)
{
    struct nor_heard *heard = &chip->heard;
    heard->bits = (uint8_t)(heard->bits << 1 | (lines & 1));
    if (++heard->clocks < OPCODE_CLOCKS) {
        return;
    }
    if (heard->bits != 0xFF) {
        nor_report(chip, "%02Xh on four lines is taken for %02Xh", heard->opcode, heard->bits);
    }
    heard->listening = NOR_IGNORES;
}

static uint32_t continuous_clocks(const struct nor_chip *chip)
{
    return nor_address_size(chip, nor_find_command(chip, chip->continuous)->address) * 2 + 2;
}

/* The next bits are an address, then mode bits, whatever the controller means by them. */
static void hear_continuous(struct nor_chip *chip, uint8_t lines)
{
    struct nor_heard *heard = &chip->heard;
    heard->is_ones = heard->is_ones && lines == 0xF;
    heard->bits = (uint8_t)(heard->bits << 4 | lines);
    if (++heard->clocks < continuous_clocks(chip)) {
        return;
    }
    if ((heard->bits & 0x30) != 0x20) {
        chip->continuous = 0;
    }
    if (!heard->is_ones) {
        nor_report(chip, "%02Xh in continuous read is taken for an address", heard->opcode);
    }
    heard->listening = NOR_IGNORES;
}

static void hear_lines(struct nor_chip *chip, uint8_t lines)
{
    if (chip->heard.listening == NOR_HEARS_FOUR_LINES) {
        hear_four_lines(chip, lines);
    } else if (chip->heard.listening == NOR_HEARS_CONTINUOUS) {
        hear_continuous(chip, lines);
    }
}

/* In QPI an opcode takes two clocks; of what can be done there only what leaves it is modelled. */
static void hear_qpi(struct nor_chip *chip, uint8_t lanes, uint8_t byte)
{
    uint8_t opcode = 0;
    for (uint32_t clock = 0; clock < QPI_OPCODE_CLOCKS; clock++) {
        opcode = (uint8_t)(opcode << 4 | nor_lines(chip, byte, lanes, clock));
    }
    chip->heard.listening = NOR_IGNORES;
    if (opcode == 0xFF) {
        chip->qpi = (chip->part->features & NOR_QPI_UNTIL_RESET) != 0;
    } else if (lanes == 4 && (opcode == 0x66 || opcode == 0x99)) {
        nor_take_opcode(chip, opcode);
    } else {
        nor_report(chip, "%02Xh in QPI is taken for %02Xh", byte, opcode);
    }
}

/* The first byte since the chip was selected, which need not be an opcode. Returns whether it has been dealt with. */
static bool hear_first(struct nor_chip *chip, enum nor_phase meant, uint8_t lanes, uint8_t byte)
{
    struct nor_heard *heard = &chip->heard;
    heard->opcode = byte;
    if (chip->deaf_ns != 0) {
        heard->listening = NOR_IGNORES;
        if (byte != 0x05 && byte != 0xFF) {
            nor_report(chip, "%02Xh before the chip has come out of its reset or power-down", byte);
        }
    } else if (chip->continuous != 0 && chip->job == NOR_NOTHING) {
        bool is_address = lanes == 4 && (meant == NOR_ADDRESS || meant == NOR_SHIFT);
        heard->command = nor_find_command(chip, chip->continuous);
        heard->listening = is_address ? NOR_HEARS_COMMAND : NOR_HEARS_CONTINUOUS;
        return false;
    } else if (chip->qpi) {
        hear_qpi(chip, lanes, byte);
    } else if (lanes != 1) {
        heard->listening = NOR_HEARS_FOUR_LINES;
        return false;
    } else {
        nor_take_opcode(chip, byte);
    }
    return true;
}

/* What a byte is for a chip that goes by its command, if the controller does not say what it means. */
static enum nor_phase phase_of(const struct nor_chip *chip)
{
    const struct nor_heard *heard = &chip->heard;
    const struct nor_command *command = heard->command;
    if (heard->address_size < nor_address_size(chip, command->address)) {
        return NOR_ADDRESS;
    }
    if (heard->mode_size < command->mode_size) {
        return NOR_MODE;
    }
    if (heard->dummy_clocks < command->dummy_clocks) {
        return NOR_SHIFT; /* dummy clocks */
    }
    return command->data == NOR_DATA_IN ? NOR_RECEIVE : NOR_SEND;
}

/* Both are wrong together: data one way and the other, or a phase on changing lines. */
static void note_data(struct nor_heard *heard, enum nor_data data, uint8_t lanes)
{
    bool is_first = heard->size++ == 0;
    heard->data = is_first || heard->data == data ? data : NOR_DATA_NONE;
    heard->data_lanes = is_first || heard->data_lanes == lanes ? lanes : WRONG_LANES;
}

static void note_address(struct nor_heard *heard, uint8_t lanes)
{
    bool is_first = heard->address_size == 0 && heard->mode_size == 0;
    heard->address_lanes = is_first || heard->address_lanes == lanes ? lanes : WRONG_LANES;
}

static uint8_t hear_command(struct nor_chip *chip, enum nor_phase meant, uint8_t lanes, uint8_t byte)
{
    struct nor_heard *heard = &chip->heard;
    enum nor_phase phase = meant == NOR_SHIFT ? phase_of(chip) : meant;
    if (phase == NOR_ADDRESS) {
        note_address(heard, lanes);
        heard->address = heard->address << 8 | byte;
        heard->address_size++;
    } else if (phase == NOR_MODE) {
        note_address(heard, lanes);
        heard->mode = byte;
        heard->mode_size++;
    } else if (phase == NOR_RECEIVE) {
        note_data(heard, NOR_DATA_IN, lanes);
        return nor_answer(chip);
    } else if (phase == NOR_SHIFT) {
        heard->dummy_clocks += 8u / lanes;
    } else {
        if (heard->size < NOR_PAGE_SIZE) {
            heard->page[heard->size] = byte;
        }
        note_data(heard, NOR_DATA_OUT, lanes);
    }
    return nor_silence(chip);
}

uint8_t nor_chip_exchange(struct nor_chip *chip, enum nor_phase meant, uint8_t lanes, uint8_t byte)
{
    struct nor_heard *heard = &chip->heard;
    if (!chip->cells->power) {
        return nor_silence(chip);
    }
    if (!chip->is_selected) {
        nor_report(chip, "%02Xh for a chip that is not selected", byte);
        return nor_silence(chip);
    }
    if (heard->listening == NOR_EXPECTS_OPCODE && hear_first(chip, meant, lanes, byte)) {
        return nor_silence(chip);
    }
    if (heard->listening == NOR_HEARS_COMMAND) {
        return hear_command(chip, meant, lanes, byte);
    }
    for (uint32_t clock = 0; clock < 8u / lanes; clock++) {
        bool is_driven = meant != NOR_RECEIVE;
        hear_lines(chip, is_driven ? nor_lines(chip, byte, lanes, clock) : 0xF & ~chip->held_low);
    }
    return nor_silence(chip);
}

void nor_chip_wait(struct nor_chip *chip, uint32_t clocks)
{
    if (!chip->cells->power || !chip->is_selected) {
        return;
    }
    if (chip->heard.listening == NOR_HEARS_COMMAND) {
        chip->heard.dummy_clocks += clocks;
    }
    for (uint32_t clock = 0; clock < clocks; clock++) {
        hear_lines(chip, 0xF & ~chip->held_low);
    }
}

void nor_chip_select(struct nor_chip *chip)
{
    if (chip->is_selected && chip->cells->power) {
        nor_report(chip, "the chip is selected while it is selected");
    }
    chip->is_selected = true;
    chip->heard = (struct nor_heard){.is_ones = true};
}

void nor_chip_deselect(struct nor_chip *chip)
{
    struct nor_heard *heard = &chip->heard;
    chip->is_selected = false;
    if (!chip->cells->power) {
        return;
    }
    if (heard->listening == NOR_HEARS_COMMAND) {
        nor_finish_command(chip);
    } else if (heard->listening == NOR_HEARS_FOUR_LINES) {
        chip->reset_enabled = false;
    } else if (heard->listening == NOR_HEARS_CONTINUOUS) {
        nor_report(chip, "%02Xh ends within the address of a continuous read", heard->opcode);
    }
}

void nor_chip_power_on(struct nor_chip *chip)
{
    cells_power_on(chip->cells);
    chip->job = NOR_NOTHING;
    chip->busy_ns = 0;
    chip->power_down = false;
    chip->reset_enabled = false;
    chip->is_selected = false;
    nor_reset(chip);
    chip->deaf_ns = 0;
}

void nor_chip_open(struct nor_chip *chip, const struct nor_part *part, struct cells *cells)
{
    memset(chip, 0, sizeof *chip);
    chip->part = part;
    chip->cells = cells;
}
