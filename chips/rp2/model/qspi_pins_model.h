/* IO_QSPI and PADS_QSPI: which way the six pins of the flash are driven. */
#ifndef MPROM_RP2_QSPI_PINS_MODEL_H
#define MPROM_RP2_QSPI_PINS_MODEL_H

#include "chips/rp2/model/resets_model.h"

enum rp2_qspi_pin {
    RP2_SCLK,
    RP2_SS,
    RP2_SD0,
    RP2_SD1,
    RP2_SD2,
    RP2_SD3,
    RP2_QSPI_PINS,
};

enum rp2_select {
    RP2_SELECT_BY_BLOCK, /* the SSI or the QMI */
    RP2_SELECT_INVERTED,
    RP2_SELECT_LOW,
    RP2_SELECT_HIGH,
};

struct rp2_qspi_pins_model {
    struct model io;
    struct model pads;
    const struct model_bus *bus;
    struct rp2_resets_model *resets;
    uint32_t ctrl[RP2_QSPI_PINS];
    uint32_t pad[RP2_QSPI_PINS];
    uint32_t voltage;
    /* Told when the pins may be driven in another way; set by the owner. */
    void (*changed)(void *ctx);
    void *ctx;
};

void rp2_qspi_pins_model_open(struct rp2_qspi_pins_model *pins, struct rp2_resets_model *resets,
                              const struct model_bus *bus);

/* Whether the pin is that of the SSI or the QMI. */
bool rp2_qspi_pin_is_connected(const struct rp2_qspi_pins_model *pins, enum rp2_qspi_pin pin);

/* Who drives chip select. */
enum rp2_select rp2_qspi_select(const struct rp2_qspi_pins_model *pins);

/* Whether the output of a data line is off: nothing but its pulls is seen there. */
bool rp2_qspi_pin_is_off(const struct rp2_qspi_pins_model *pins, enum rp2_qspi_pin pin);

/* The data lines, bit 1 for SD1, that are low while nobody drives them. */
uint8_t rp2_qspi_pins_held_low(const struct rp2_qspi_pins_model *pins);

#endif
