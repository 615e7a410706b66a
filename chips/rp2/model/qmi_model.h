/*
 * The QMI of an RP2350, which reads a SPI-NOR chip for the window, and in direct mode shifts what a program says to it and
 * from it.
 *
 * A word is shifted as soon as direct mode is on and there is room for what comes back: what an instruction cannot see of
 * the time in between is not there. There is one chip; a second chip select is a mistake.
 */
#ifndef MPROM_RP2350_QMI_MODEL_H
#define MPROM_RP2350_QMI_MODEL_H

#include "chips/rp2/model/qspi_pins_model.h"
#include "chips/rp2/model/window_model.h"

enum {
    RP2350_QMI_FIFO_SIZE = 4,
    RP2350_QMI_WINDOWS = 2,
    RP2350_QMI_TRANSLATIONS = 8,
};

/* How the chip behind one chip select is read. */
struct rp2350_qmi_window {
    uint32_t timing;
    uint32_t rfmt;
    uint32_t rcmd;
    uint32_t wfmt;
    uint32_t wcmd;
};

struct rp2350_qmi_model {
    struct model model;
    const struct model_bus *bus;
    struct rp2_qspi_pins_model *pins;
    struct nor_chip *chip;
    struct rp2_reader reader; /* for the window */
    const uint32_t *clock_hz; /* of clk_sys; NULL: rates are not looked at */
    uint32_t csr;             /* what can be written of DIRECT_CSR */
    uint32_t tx[RP2350_QMI_FIFO_SIZE];
    uint32_t tx_count;
    uint32_t rx[RP2350_QMI_FIFO_SIZE];
    uint32_t rx_count;
    struct rp2350_qmi_window windows[RP2350_QMI_WINDOWS];
    bool is_selected;   /* the chip sees chip select low */
    bool asks_status;   /* the frame is 05h */
    bool polls;         /* the last byte that was taken says that the chip is busy */
    uint32_t frame_pos; /* bytes of this frame */
    bool is_checked;    /* the chip was seen to answer the window's reads, and nothing has changed since */
};

void rp2350_qmi_model_open(struct rp2350_qmi_model *qmi, struct rp2_qspi_pins_model *pins, struct nor_chip *chip,
                           const struct model_bus *bus);
void rp2350_qmi_model_reset(struct rp2350_qmi_model *qmi);

#endif
