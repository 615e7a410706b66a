/* An STM32F7's QUADSPI on the test bus, with a chip on it, pins connected and clocks on. */
#ifndef MPROM_TESTS_QSPI_H
#define MPROM_TESTS_QSPI_H

#include "chips/stm32/model/serial_flash_model.h"
#include "chips/stm32/quadspi.h"
#include "tests/chips/bus.h"

enum {
    QSPI_PORTS = 5
};

struct qspi {
    struct rcc_model rcc;
    struct gpio_model ports[QSPI_PORTS];
    struct serial_flash_model serial;
    struct stm32_board board; /* of which only chip and quadspi count */
    struct cells cells;
    struct serial_bus driver;
    struct spi_nor nor;
    const struct flash *flash; /* the driver's, after qspi_open_driver() */
};

/* A part of emulator/nor_parts.h, without the driver. */
void qspi_open(struct qspi *qspi, const char *part);

/* The same with the caches on and the driver on it, which has found the chip. */
void qspi_open_driver(struct qspi *qspi, const char *part);

void qspi_close(struct qspi *qspi);

#endif
