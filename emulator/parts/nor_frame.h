/* A command as controllers with registers for its phases send it. */
#ifndef MPROM_EMULATOR_NOR_FRAME_H
#define MPROM_EMULATOR_NOR_FRAME_H

#include "emulator/parts/nor_chip.h"

/* From chip select low to high. A phase that is not there has 0 lanes. */
struct nor_frame {
    uint8_t opcode;
    uint8_t opcode_lanes;
    uint8_t address_lanes;
    uint8_t address_size; /* bytes */
    uint32_t address;
    uint8_t mode;      /* the mode byte, on the lines of the address */
    uint8_t mode_size; /* 0 or 1 */
    uint8_t dummy_clocks;
    uint8_t data_lanes;
    const uint8_t *out; /* data from the controller */
    uint8_t *in;        /* data from the chip */
    uint32_t size;      /* bytes of data, one way or the other */
};

/* Selects the chip, exchanges what the frame says, deselects it. */
void nor_frame_send(const struct nor_frame *frame, struct nor_chip *chip);

/* The part of it up to the data, for a chip that is selected. */
void nor_frame_send_header(const struct nor_frame *frame, struct nor_chip *chip);

/* How many clocks a whole command takes. */
uint32_t nor_frame_clocks(const struct nor_frame *frame);

#endif
