/*
 * The SSI of an RP2040, which shifts what its registers say to a SPI-NOR chip and from it, and reads it for the window.
 *
 * A word is shifted as soon as it is in the FIFO: what an instruction cannot see of the time in between is not there. Chip
 * select has two masters: an override in IO_QSPI, and without one the SSI's own frame. That begins with the first word and
 * ends when the program has seen by SR that nothing goes on, or switches the SSI off.
 */
#ifndef MPROM_RP2_SSI_MODEL_H
#define MPROM_RP2_SSI_MODEL_H

#include "chips/rp2/model/qspi_pins_model.h"
#include "chips/rp2/model/window_model.h"

enum {
    RP2_SSI_FIFO_SIZE = 16
};

struct rp2040_ssi_model {
    struct model model;
    const struct model_bus *bus;
    struct rp2_qspi_pins_model *pins;
    struct nor_chip *chip;
    struct rp2_reader reader; /* for the window */
    const uint32_t *clock_hz; /* of clk_sys; NULL: rates are not looked at */
    uint32_t ctrlr0;
    uint32_t ctrlr1;
    uint32_t ssienr;
    uint32_t ser;
    uint32_t baudr;
    uint32_t rx_sample_dly;
    uint32_t spi_ctrlr0;
    uint32_t fifo[RP2_SSI_FIFO_SIZE]; /* what was received */
    uint32_t count;
    uint32_t words[2]; /* of a command that is not complete: instruction, address */
    uint32_t word_count;
    bool in_frame;      /* the SSI itself holds chip select low */
    bool is_selected;   /* the chip sees it low */
    bool asks_status;   /* the frame is 05h */
    bool polls;         /* the last byte that was taken says that the chip is busy */
    uint32_t frame_pos; /* bytes of this frame */
    bool is_set_up;     /* for the window, since pins and pads were reset */
    bool is_checked;    /* the chip was seen to answer the window's reads, and nothing has changed since */
};

void rp2040_ssi_model_open(struct rp2040_ssi_model *ssi, struct rp2_qspi_pins_model *pins, struct nor_chip *chip,
                           const struct model_bus *bus);
void rp2040_ssi_model_reset(struct rp2040_ssi_model *ssi);

#endif
