/* A bus for the SPI-NOR driver with nothing but a simulated chip on it: a controller without faults. */
#ifndef MPROM_EMULATOR_NOR_BUS_H
#define MPROM_EMULATOR_NOR_BUS_H

#include "emulator/parts/nor_chip.h"
#include "mprom/spi_nor.h"

struct nor_bus {
    struct mprom_spi_nor_bus bus; /* hand &nor_bus->bus to the driver */
    struct nor_chip *chip;
    uint64_t time_ns;     /* since nor_bus_open() */
    uint32_t counts[256]; /* of commands, by opcode */
    uint64_t transfers;
};

/* lanes is 1 or 4. */
void nor_bus_open(struct nor_bus *nor_bus, struct nor_chip *chip, uint8_t lanes);

#endif
