/* A SPI-NOR chip: which commands it takes, in what shape, and what it does then. */
#include "emulator/parts/nor_internal.h"

#include <string.h>

/* Whether the phases behind the opcode are those of the command; a chip takes the wrong bits for the right ones. */
static bool shape_is_right(struct nor_chip *chip, const struct nor_command *command, const struct nor_heard *heard)
{
    uint32_t wanted = nor_address_size(chip, command->address);
    const char *wrong = NULL;
    if (heard->address_size != wanted) {
        nor_report(chip, "%02Xh with %u address bytes, not %u", command->opcode, heard->address_size, wanted);
        return false;
    }
    if (wanted != 0 && heard->address_lanes != command->address_lanes) {
        wrong = "an address on the wrong lanes";
    } else if (heard->mode_size != command->mode_size) {
        wrong = "the wrong number of mode bits";
    } else if (heard->dummy_clocks != command->dummy_clocks) {
        wrong = "the wrong number of dummy clocks";
    } else if (heard->data != command->data) {
        wrong = "data missing or that it does not take";
    } else if (heard->data != NOR_DATA_NONE && heard->data_lanes != command->data_lanes) {
        wrong = "data on the wrong lanes";
    } else if (heard->data != NOR_DATA_NONE && command->size != 0 && heard->size > command->size) {
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

/* Where in the array an address lies. */
static uint32_t mask_address(struct nor_chip *chip)
{
    uint32_t size = chip->part->geometry->size;
    if (chip->heard.address >= size) {
        nor_report(chip, "%02Xh at %u, beyond the array", chip->heard.command->opcode, chip->heard.address);
    }
    return chip->heard.address % size;
}

/* Answers */

static uint8_t read_array(struct nor_chip *chip)
{
    const struct mprom_flash *flash = cells_flash(chip->cells);
    struct nor_heard *heard = &chip->heard;
    uint8_t byte;
    if (heard->size == 1) {
        heard->address = mask_address(chip);
        /* M5-M4 = 10 keep the chip in continuous read (Fast Read Quad I/O). */
        chip->continuous = heard->mode_size != 0 && (heard->mode & 0x30) == 0x20 ? heard->command->opcode : 0;
    }
    uint32_t off = (heard->address + heard->size - 1) % chip->part->geometry->size;
    return flash->ops->read(flash, off, &byte, 1) == 0 ? byte : 0; /* the cells may hold what cannot be read */
}

static uint8_t status_now(const struct nor_chip *chip)
{
    return (uint8_t)(chip->status[0] | (chip->job != NOR_NOTHING ? NOR_BUSY : 0) |
                     (chip->write_enabled ? NOR_ENABLED : 0));
}

/* Every chip has another one; here all have this. */
static const uint8_t unique_id[8] = {0xE4, 0x61, 0x3C, 0x15, 0xA3, 0x20, 0x77, 0x29};

static uint8_t answer_byte(struct nor_chip *chip)
{
    const struct nor_heard *heard = &chip->heard;
    uint32_t at = heard->address + heard->size - 1;
    switch (heard->command->action) {
    case NOR_ACT_READ:
        return read_array(chip);
    case NOR_ACT_READ_ID:
        return chip->part->id[(heard->size - 1) % sizeof chip->part->id];
    case NOR_ACT_READ_SFDP:
        return at < chip->part->sfdp_size ? chip->part->sfdp[at] : 0xFF;
    case NOR_ACT_READ_UNIQUE_ID:
        return unique_id[(heard->size - 1) % sizeof unique_id];
    case NOR_ACT_READ_STATUS:
        return status_now(chip);
    default:
        return chip->status[1];
    }
}

uint8_t nor_answer(struct nor_chip *chip)
{
    struct nor_heard *heard = &chip->heard;
    bool is_too_much = heard->command->size != 0 && heard->size > heard->command->size;
    if (!heard->answers || is_too_much) {
        heard->answers = shape_is_right(chip, heard->command, heard) && state_allows(chip, heard->command);
    }
    if (!heard->answers) {
        heard->listening = NOR_IGNORES; /* it has been told of */
        return nor_silence(chip);
    }
    return answer_byte(chip);
}

/* What is done when the chip is deselected */

static void program(struct nor_chip *chip)
{
    const struct nor_heard *heard = &chip->heard;
    uint32_t off = mask_address(chip);
    if (off % NOR_PAGE_SIZE + heard->size > NOR_PAGE_SIZE) {
        nor_report(chip, "program of %u bytes at %u wraps within its page", heard->size, off);
    }
    if (nor_is_protected(chip, off, 1)) {
        nor_report(chip, "program at %u, which is protected", off);
        return;
    }
    nor_start_program(chip, off, heard->page, heard->size);
}

static void erase(struct nor_chip *chip, uint32_t size)
{
    uint32_t off = mask_address(chip);
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
static void write_status(struct nor_chip *chip)
{
    static const uint8_t none = 0;
    uint8_t rule = chip->part->quad_rule;
    uint8_t bytes[NOR_STATUS_COUNT];
    if (chip->heard.size > 1 && (rule == 0 || rule == 3 || rule == 6)) {
        nor_report(chip, "01h with two bytes, where it takes one");
        return;
    }
    bytes[0] = chip->heard.page[0];
    bytes[1] = chip->heard.size > 1 ? chip->heard.page[1] : none;
    bool writes_second = rule == 1 || (chip->heard.size > 1 && rule != 2);
    if (chip->status_locked) {
        return; /* ignored; write enable stays, as after a refused program */
    }
    nor_start_status(chip, 0, bytes, writes_second ? 2 : 1);
}

static void write_status_2(struct nor_chip *chip)
{
    if (!chip->status_locked) {
        nor_start_status(chip, 1, chip->heard.page, 1);
    }
}

void nor_reset(struct nor_chip *chip)
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
        nor_reset(chip);
    }
}

static void act(struct nor_chip *chip, const struct nor_command *command)
{
    if (command->action == NOR_ACT_PROGRAM) {
        program(chip);
    } else if (command->action == NOR_ACT_ERASE) {
        erase(chip, command->size);
    } else if (command->action == NOR_ACT_WRITE_STATUS) {
        write_status(chip);
    } else if (command->action == NOR_ACT_WRITE_STATUS_2) {
        write_status_2(chip);
    } else {
        switch_state(chip, (enum nor_action)command->action);
    }
}

void nor_finish_command(struct nor_chip *chip)
{
    const struct nor_heard *heard = &chip->heard;
    const struct nor_command *command = heard->command;
    uint32_t size = chip->part->geometry->size;
    if (!heard->answers || heard->data != NOR_DATA_IN) {
        if (shape_is_right(chip, command, heard) && state_allows(chip, command)) {
            act(chip, command);
        }
    } else if (command->action == NOR_ACT_READ && heard->size > size - heard->address) {
        nor_report(chip, "read of %u bytes at %u runs over the end of the array", heard->size, heard->address);
    }
}

void nor_take_opcode(struct nor_chip *chip, uint8_t opcode)
{
    const struct nor_command *command = nor_find_command(chip, opcode);
    bool was_enabled = chip->reset_enabled;
    chip->reset_enabled = false;
    chip->heard.listening = NOR_IGNORES;
    if (opcode == 0xFF) {
        return; /* leaves what there is to leave, which has been seen to, and is nothing else in any state */
    }
    if (chip->power_down && opcode != 0xAB) {
        /* Whether a reset is heard is told differently by data sheet and vendor's model: not. */
        if (opcode != 0x66 && opcode != 0x99) {
            nor_report(chip, "%02Xh in power-down", opcode);
        }
        return;
    }
    if (command == NULL) {
        nor_report(chip, "%02Xh is no command of this chip", opcode);
        return;
    }
    if (command->action == NOR_ACT_RESET && !was_enabled) {
        nor_report(chip, "99h without 66h directly before it");
        return;
    }
    chip->reset_enabled = command->action == NOR_ACT_RESET_ENABLE;
    chip->heard.command = command;
    chip->heard.listening = NOR_HEARS_COMMAND;
}
