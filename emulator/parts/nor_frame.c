#include "emulator/parts/nor_frame.h"

static uint32_t phase_clocks(uint8_t lanes, uint32_t bytes)
{
    return lanes == 0 ? 0 : bytes * 8 / lanes;
}

uint32_t nor_frame_clocks(const struct nor_frame *frame)
{
    return phase_clocks(frame->opcode_lanes, 1) +
           phase_clocks(frame->address_lanes, frame->address_size + (uint32_t)frame->mode_size) +
           frame->dummy_clocks + phase_clocks(frame->data_lanes, frame->size);
}

void nor_frame_send_header(const struct nor_frame *frame, struct nor_chip *chip)
{
    if (frame->opcode_lanes != 0) {
        nor_chip_exchange(chip, NOR_OPCODE, frame->opcode_lanes, frame->opcode);
    }
    for (uint32_t i = frame->address_lanes != 0 ? frame->address_size : 0; i-- > 0;) {
        nor_chip_exchange(chip, NOR_ADDRESS, frame->address_lanes, (uint8_t)(frame->address >> 8 * i));
    }
    if (frame->address_lanes != 0 && frame->mode_size != 0) {
        nor_chip_exchange(chip, NOR_MODE, frame->address_lanes, frame->mode);
    }
    if (frame->dummy_clocks != 0) {
        nor_chip_wait(chip, frame->dummy_clocks);
    }
}

void nor_frame_send(const struct nor_frame *frame, struct nor_chip *chip)
{
    nor_chip_select(chip);
    nor_frame_send_header(frame, chip);
    for (uint32_t i = 0; frame->data_lanes != 0 && i < frame->size; i++) {
        if (frame->in != NULL) {
            frame->in[i] = nor_chip_exchange(chip, NOR_RECEIVE, frame->data_lanes, 0);
        } else {
            nor_chip_exchange(chip, NOR_SEND, frame->data_lanes, frame->out[i]);
        }
    }
    nor_chip_deselect(chip);
}
