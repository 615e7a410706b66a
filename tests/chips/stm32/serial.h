/*
 * QUADSPI or OCTOSPI on the test bus, with a chip on it, pins connected and their clocks on; and what a program does
 * to the CPU that their tests have in common.
 */
#ifndef MPROM_TESTS_SERIAL_H
#define MPROM_TESTS_SERIAL_H

#include "chips/stm32/driver/serial_bus.h"
#include "chips/stm32/model/serial_flash_model.h"
#include "tests/chips/bus.h"

enum serial_kind {
    SERIAL_QUADSPI_F7,
    SERIAL_QUADSPI_H7,
    SERIAL_OCTOSPI,
    SERIAL_KINDS
};

enum {
    SERIAL_PORTS = 5
};

struct serial_rig {
    enum serial_kind kind;
    struct rcc_model rcc;
    struct gpio_model ports[SERIAL_PORTS];
    struct serial_flash_model serial;
    struct mprom_stm32_board board; /* of which only part, chip and serial count */
    struct cells cells;
    struct mprom_serial_bus driver;
    struct mprom_spi_nor nor;
    const struct mprom_flash *flash; /* the driver's, after serial_rig_open_driver() */
};

/* A part of emulator/parts/nor_parts.h, without the driver. */
void serial_rig_open(struct serial_rig *rig, enum serial_kind kind, const char *chip);

/* The same with the caches on and the driver on it, which has found the chip. */
void serial_rig_open_driver(struct serial_rig *rig, enum serial_kind kind, const char *chip);

/* As after a reset of the microcontroller, with the pins connected again. */
void serial_rig_reset(struct serial_rig *rig);

/* Starts the driver's controller again; wait_us is the driver's so far. */
void serial_rig_start(struct serial_rig *rig);

void serial_rig_close(struct serial_rig *rig);

/* What the MPU makes of the window: 256 MB without access, or that can be read. */
static const uint32_t SERIAL_CLOSED = 0x10000037;
static const uint32_t SERIAL_OPEN = 0x06030037;
void serial_mpu(uint32_t rasr);

/* Empties the caches and turns them on; drops what they hold of a change, or a part of it: there are four ways. */
void serial_caches_start(void);
void serial_caches_drop(uint32_t ways);

/* A read or fetch of four bytes in the window. */
void serial_access(uint32_t address, enum model_access kind);

#endif
