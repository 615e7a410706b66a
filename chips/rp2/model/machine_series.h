/* What the machines of the two series share, and what each adds. */
#ifndef MPROM_RP2_MACHINE_SERIES_H
#define MPROM_RP2_MACHINE_SERIES_H

#include "chips/kit/facts.h"
#include "chips/rp2/board.h"
#include "chips/rp2/model/peripherals.h"
#include "chips/rp2/model/qspi_pins_model.h"
#include "chips/rp2/model/rom_report_model.h"
#include "emulator/machine/target.h"
#include "emulator/parts/nor_chip.h"

struct rp2_machine {
    const struct mprom_rp2_board *facts;
    struct soc soc;
    struct model_bus bus;
    struct cells cells;
    struct nor_chip chip;
    struct rp2_resets_model resets;
    struct rp2_qspi_pins_model pins;
    struct rp2_rom_report_model report;
    struct rp2_clocks_model clocks;
    struct rp2_watchdog_model watchdog;
    struct rp2_timer_model timer;
    struct rp2_gpio_model gpio;
    struct rp2_dma_model dma;
    struct rp2_uart_model uart;
    struct rp2_sio_model sio;
};

/* The boot ROM's bytes; a size of 0 if there was no compiler for it. */
struct rp2_rom_image {
    const uint8_t *bytes;
    uint32_t size;
};

struct rp2_machine_series {
    const struct rp2_series *series;
    const char *name; /* in board.mk, as its store */
    const char *store;
    enum cortex_m_kind cpu;
    uint32_t interrupts;
    uint32_t rom_size;
    uint32_t ram_size;
    uint32_t apb_size; /* of all registers behind 0x40000000 */
    bool has_quad;     /* the flash chips of its boards come with quad enable on */
    struct rp2_rom_image (*rom)(void);
    /* Adds models, window and aliases to the SoC; the shared models are open. */
    void (*open)(struct rp2_machine *machine);
    /* The models that open() added are as after a reset; the shared ones are so already. */
    void (*reset)(struct rp2_machine *machine);
};

extern const struct rp2_machine_series rp2040_machine_series;
extern const struct rp2_machine_series rp2350_machine_series;

/* A block of registers is there three times more, to invert, set and clear bits. */
void rp2_machine_alias_registers(struct rp2_machine *machine, uint32_t base, uint32_t size);

#endif
