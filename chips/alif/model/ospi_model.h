/*
 * OSPI of an Ensemble E3 or E7 with its AES block and the window, strictly. Written from chips/alif/facts.md, without a look
 * at the driver. A transfer happens at once, when the registers say that it starts; its time passes afterwards.
 */
#ifndef MPROM_ALIF_OSPI_MODEL_H
#define MPROM_ALIF_OSPI_MODEL_H

#include "chips/alif/model/armv8m_model.h"
#include "chips/alif/model/octal_chip.h"

enum {
    OSPI_MODEL_FIFO = 256,
    OSPI_MODEL_REGISTERS = 0x118 / 4, /* that keep what is written */
};

struct ospi_model {
    struct model model;
    struct model aes;
    struct model_window window;
    const struct model_bus *bus;
    const struct armv8m_model *armv8m;
    struct octal_chip *chip;

    uint32_t registers[OSPI_MODEL_REGISTERS];
    uint32_t sent[OSPI_MODEL_FIFO]; /* entries that wait to be sent */
    uint32_t sent_count;
    uint32_t received[OSPI_MODEL_FIFO];
    uint32_t received_count;
    uint32_t received_at; /* the next to be taken */
    uint64_t busy_ns;
    uint32_t aes_control;
    uint32_t rxds_delay;

    /* Set by the owner: whether the chip is connected; NULL: it is. */
    bool (*pins_are_right)(void *ctx);
    void *pins_ctx;
};

/* Number 0 or 1. */
void ospi_model_open(struct ospi_model *ospi, uint32_t number, struct octal_chip *chip,
                     const struct armv8m_model *armv8m, const struct model_bus *bus);

/* As after a reset of the chip that has it; the flash chip stays as it is. */
void ospi_model_reset(struct ospi_model *ospi);

/* What keeps the window from showing the array, or NULL. */
const char *ospi_window_fault(const struct ospi_model *ospi, uint32_t address);

/* Fills in the window; ospi_model_open() calls it. */
void ospi_window_open(struct ospi_model *ospi, uint32_t base);

#endif
