/* A SPI-NOR chip: which commands it takes, and in what shape. */
#include "emulator/parts/nor_internal.h"

#include <string.h>

/* Whether the phases behind the opcode are those of the command; a chip takes the wrong bits for the right ones. */
static bool shape_is_right(struct nor_chip *chip, const struct nor_command *command, const struct nor_frame *frame)
{
    uint32_t wanted = nor_address_size(chip, command->address);
    enum nor_data data = frame->size == 0 ? NOR_DATA_NONE : frame->in != NULL ? NOR_DATA_IN : NOR_DATA_OUT;
    const char *wrong = NULL;
    if (frame->address_size != wanted) {
        nor_report(chip, "%02Xh with %u address bytes, not %u", command->opcode, frame->address_size, wanted);
        return false;
    }
    if (wanted != 0 && frame->address_lanes != command->address_lanes) {
        wrong = "an address on the wrong lanes";
    } else if (frame->mode_size != command->mode_size) {
        wrong = "the wrong number of mode bits";
    } else if (frame->dummy_clocks != command->dummy_clocks) {
        wrong = "the wrong number of dummy clocks";
    } else if (data != command->data) {
        wrong = "data missing or that it does not take";
    } else if (data != NOR_DATA_NONE && frame->data_lanes != command->data_lanes) {
        wrong = "data on the wrong lanes";
    } else if (data != NOR_DATA_NONE && command->size != 0 && frame->size > command->size) {
        wrong = "too much data";
    }
    if (wrong != NULL) {
        nor_report(chip, "%02Xh with %s", command->opcode, wrong);
    }
    return wrong == NULL;
}

/* Whether the chip does it in the state that it is in. */
static bool state_allows(struct nor_chip *chip, const struct nor_command *command)
{
    if (chip->job != NOR_NOTHING && (command->flags & NOR_ANY_STATE) == 0) {
        nor_report(chip, "%02Xh while busy", command->opcode);
        return false;
    }
    if ((command->flags & NOR_NEEDS_QUAD) != 0 && !nor_quad_is_enabled(chip)) {
        nor_report(chip, "%02Xh without quad enable", command->opcode);
        return false;
    }
    bool is_guarded = (command->action == NOR_ACT_4BYTE || command->action == NOR_ACT_3BYTE) &&
                      (chip->part->features & NOR_MODE_4BYTE_GUARDED) != 0;
    if (((command->flags & NOR_NEEDS_WRITE) != 0 || is_guarded) && !chip->write_enabled) {
        nor_report(chip, "%02Xh without write enable", command->opcode);
        return false;
    }
    return true;
}

static uint32_t mask_address(struct nor_chip *chip, const struct nor_frame *frame)
{
    uint32_t size = chip->part->geometry->size;
    if (frame->address >= size) {
        nor_report(chip, "%02Xh at %u, beyond the array", frame->opcode, frame->address);
    }
    return frame->address % size;
}

static void read_array(struct nor_chip *chip, const struct nor_frame *frame)
{
    const struct mprom_flash *flash = cells_flash(chip->cells);
    uint32_t size = chip->part->geometry->size;
    uint32_t off = mask_address(chip, frame);
    uint8_t *dst = frame->in;
    uint32_t left = frame->size;
    if (left > size - off) {
        nor_report(chip, "read of %u bytes at %u runs over the end of the array", left, off);
    }
    while (left > 0) {
        uint32_t n = left < size - off ? left : size - off;
        if (flash->ops->read(flash, off, dst, n) != 0) {
            memset(dst, 0, n); /* the cells hold what cannot be read */
        }
        dst += n;
        left -= n;
        off = 0;
    }
}

static void read_bytes(const struct nor_frame *frame, const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < frame->size; i++) {
        uint32_t at = frame->address_size != 0 ? frame->address + i : i % size;
        frame->in[i] = at < size ? bytes[at] : 0xFF;
    }
}

static void program(struct nor_chip *chip, const struct nor_frame *frame)
{
    uint32_t off = mask_address(chip, frame);
    if (off % NOR_PAGE_SIZE + frame->size > NOR_PAGE_SIZE) {
        nor_report(chip, "program of %u bytes at %u wraps within its page", frame->size, off);
    }
    if (nor_is_protected(chip, off, 1)) {
        nor_report(chip, "program at %u, which is protected", off);
        return;
    }
    nor_start_program(chip, off, frame->out, frame->size);
}

static void erase(struct nor_chip *chip, const struct nor_frame *frame, uint32_t size)
{
    uint32_t off = mask_address(chip, frame);
    if (off % size != 0) {
        nor_report(chip, "erase of %u bytes at %u, which is no block's start", size, off);
        off -= off % size;
    }
    if (nor_is_protected(chip, off, size)) {
        nor_report(chip, "erase of %u bytes at %u, which is protected", size, off);
        return;
    }
    nor_start_erase(chip, off, size);
}

/* One byte under rule 1 clears the second register; where 01h writes one register only, two bytes are wrong. */
static void write_status(struct nor_chip *chip, const struct nor_frame *frame)
{
    static const uint8_t none = 0;
    uint8_t rule = chip->part->quad_rule;
    uint8_t bytes[NOR_STATUS_COUNT];
    if (frame->size > 1 && (rule == 0 || rule == 3 || rule == 6)) {
        nor_report(chip, "01h with two bytes, where it takes one");
        return;
    }
    bytes[0] = frame->out[0];
    bytes[1] = frame->size > 1 ? frame->out[1] : none;
    bool writes_second = rule == 1 || (frame->size > 1 && rule != 2);
    if (chip->status_locked) {
        return; /* ignored; write enable stays, as after a refused program */
    }
    nor_start_status(chip, 0, bytes, writes_second ? 2 : 1);
}

static void write_status_2(struct nor_chip *chip, const struct nor_frame *frame)
{
    if (!chip->status_locked) {
        nor_start_status(chip, 1, frame->out, 1);
    }
}

static void reset(struct nor_chip *chip)
{
    if (chip->job == NOR_WRITES_STATUS) {
        return; /* not broken off: Winbond's model of the W25Q32JV */
    }
    if (chip->job != NOR_NOTHING) {
        nor_break_off(chip);
    }
    chip->write_enabled = false;
    chip->mode_4byte = chip->starts_in_4byte;
    chip->qpi = false;
    chip->continuous = 0;
    chip->deaf_ns = (uint64_t)chip->part->reset_us * 1000;
}

/* What gives data. */
static void answer(struct nor_chip *chip, const struct nor_command *command, const struct nor_frame *frame)
{
    const uint8_t status = (uint8_t)(chip->status[0] | (chip->job != NOR_NOTHING ? NOR_BUSY : 0) |
                                     (chip->write_enabled ? NOR_ENABLED : 0));
    if (command->action == NOR_ACT_READ) {
        read_array(chip, frame);
        /* M5-M4 = 10 keep the chip in continuous read (Fast Read Quad I/O). */
        chip->continuous = frame->mode_size != 0 && (frame->mode & 0x30) == 0x20 ? command->opcode : 0;
    } else if (command->action == NOR_ACT_READ_ID) {
        read_bytes(frame, chip->part->id, sizeof chip->part->id);
    } else if (command->action == NOR_ACT_READ_SFDP) {
        read_bytes(frame, chip->part->sfdp, chip->part->sfdp_size);
    } else {
        read_bytes(frame, command->action == NOR_ACT_READ_STATUS ? &status : &chip->status[1], 1);
    }
}

/* What changes the chip's state at once. */
static void switch_state(struct nor_chip *chip, enum nor_action action)
{
    if (action == NOR_ACT_ENABLE || action == NOR_ACT_DISABLE) {
        chip->write_enabled = action == NOR_ACT_ENABLE;
    } else if (action == NOR_ACT_4BYTE || action == NOR_ACT_3BYTE) {
        chip->mode_4byte = action == NOR_ACT_4BYTE;
    } else if (action == NOR_ACT_QPI) {
        chip->qpi = true;
    } else if (action == NOR_ACT_SLEEP) {
        chip->power_down = true;
    } else if (action == NOR_ACT_WAKE && chip->power_down) {
        chip->power_down = false;
        chip->deaf_ns = (uint64_t)chip->part->wake_us * 1000;
    } else if (action == NOR_ACT_RESET) {
        reset(chip);
    }
}

/* The command is one of this chip's, of the right shape, and allowed. */
static void act(struct nor_chip *chip, const struct nor_command *command, const struct nor_frame *frame)
{
    if (frame->in != NULL) {
        answer(chip, command, frame);
    } else if (command->action == NOR_ACT_PROGRAM) {
        program(chip, frame);
    } else if (command->action == NOR_ACT_ERASE) {
        erase(chip, frame, command->size);
    } else if (command->action == NOR_ACT_WRITE_STATUS) {
        write_status(chip, frame);
    } else if (command->action == NOR_ACT_WRITE_STATUS_2) {
        write_status_2(chip, frame);
    } else {
        switch_state(chip, (enum nor_action)command->action);
    }
}

static void take_command(struct nor_chip *chip, const struct nor_frame *frame)
{
    const struct nor_command *command = nor_find_command(chip, frame->opcode);
    bool was_enabled = chip->reset_enabled;
    chip->reset_enabled = false;
    if (frame->opcode == 0xFF) {
        return; /* leaves what there is to leave, which has been seen to, and is nothing else in any state */
    }
    if (chip->power_down && frame->opcode != 0xAB) {
        /* Whether a reset is heard is told differently by data sheet and vendor's model: not. */
        if (frame->opcode != 0x66 && frame->opcode != 0x99) {
            nor_report(chip, "%02Xh in power-down", frame->opcode);
        }
        return;
    }
    if (command == NULL) {
        nor_report(chip, "%02Xh is no command of this chip", frame->opcode);
        return;
    }
    if (command->action == NOR_ACT_RESET && !was_enabled) {
        nor_report(chip, "99h without 66h directly before it");
        return;
    }
    chip->reset_enabled = command->action == NOR_ACT_RESET_ENABLE;
    if (shape_is_right(chip, command, frame) && state_allows(chip, command)) {
        act(chip, command, frame);
    }
}

/* The next bits are an address, then mode bits, whatever the controller means by them. */
static void take_in_continuous_read(struct nor_chip *chip, const struct nor_frame *frame)
{
    const struct nor_command *command = nor_find_command(chip, chip->continuous);
    uint32_t address_clocks = nor_address_size(chip, command->address) * 2;
    if (frame->opcode_lanes == 0 && frame->address_lanes == 4) {
        if (shape_is_right(chip, command, frame)) {
            act(chip, command, frame);
        }
        return;
    }
    bool ones = true;
    uint8_t mode = 0;
    for (uint32_t clock = 0; clock < address_clocks + 2; clock++) {
        if (clock >= nor_frame_clocks(frame)) {
            nor_report(chip, "%02Xh ends within the address of a continuous read", frame->opcode);
            return;
        }
        uint8_t lines = nor_frame_lines(chip, frame, clock);
        ones = ones && lines == 0xF;
        mode = (uint8_t)(mode << 4 | lines);
    }
    if ((mode & 0x30) != 0x20) {
        chip->continuous = 0;
    }
    if (!ones) {
        nor_report(chip, "%02Xh in continuous read is taken for an address", frame->opcode);
    }
}

/* In QPI an opcode takes two clocks; of what can be done there only what leaves it is modelled. */
static void take_in_qpi(struct nor_chip *chip, const struct nor_frame *frame)
{
    if (nor_frame_clocks(frame) < 2) {
        return;
    }
    uint8_t opcode = (uint8_t)(nor_frame_lines(chip, frame, 0) << 4 | nor_frame_lines(chip, frame, 1));
    if (opcode == 0xFF) {
        chip->qpi = (chip->part->features & NOR_QPI_UNTIL_RESET) != 0;
    } else if (frame->opcode_lanes == 4 && (opcode == 0x66 || opcode == 0x99)) {
        take_command(chip, frame);
    } else {
        nor_report(chip, "%02Xh in QPI is taken for %02Xh", frame->opcode, opcode);
    }
}

/* Four lines without QPI: the chip sees the first only, and does nothing before its eighth clock. */
static void take_on_four_lines(struct nor_chip *chip, const struct nor_frame *frame)
{
    uint8_t opcode = 0;
    if (nor_frame_clocks(frame) < 8) {
        chip->reset_enabled = false;
        return;
    }
    for (uint32_t clock = 0; clock < 8; clock++) {
        opcode = (uint8_t)(opcode << 1 | (nor_frame_lines(chip, frame, clock) & 1));
    }
    if (opcode != 0xFF) {
        nor_report(chip, "%02Xh on four lines is taken for %02Xh", frame->opcode, opcode);
    }
}

void nor_chip_transfer(struct nor_chip *chip, const struct nor_frame *frame)
{
    if (frame->in != NULL) {
        memset(frame->in, (chip->held_low & 2) != 0 ? 0x00 : 0xFF, frame->size); /* of a chip that does not answer */
    }
    if (!chip->cells->power) {
        return;
    }
    if (chip->deaf_ns != 0) {
        if (frame->opcode != 0x05 && frame->opcode != 0xFF) {
            nor_report(chip, "%02Xh before the chip has come out of its reset or power-down", frame->opcode);
        }
    } else if (chip->continuous != 0 && chip->job == NOR_NOTHING) {
        take_in_continuous_read(chip, frame);
    } else if (chip->qpi) {
        take_in_qpi(chip, frame);
    } else if (frame->opcode_lanes != 1) {
        take_on_four_lines(chip, frame);
    } else {
        take_command(chip, frame);
    }
}

void nor_chip_power_on(struct nor_chip *chip)
{
    cells_power_on(chip->cells);
    chip->job = NOR_NOTHING;
    chip->busy_ns = 0;
    chip->power_down = false;
    chip->reset_enabled = false;
    reset(chip);
    chip->deaf_ns = 0;
}

void nor_chip_open(struct nor_chip *chip, const struct nor_part *part, struct cells *cells)
{
    memset(chip, 0, sizeof *chip);
    chip->part = part;
    chip->cells = cells;
}
