/* A simulated SPI-NOR chip with the driver on it, for tests. */
#ifndef MPROM_TESTS_FLASH_NOR_RIG_H
#define MPROM_TESTS_FLASH_NOR_RIG_H

#include "emulator/parts/nor_bus.h"
#include "emulator/parts/nor_parts.h"

enum {
    RIG_SFDP_SIZE_MAX = 512
};

struct nor_rig {
    struct cells cells;
    struct nor_chip chip;
    struct nor_bus bus;
    struct mprom_spi_nor nor;
    const struct mprom_flash *flash; /* the driver's, usable after rig_start() returned 0 */
    /* The chip is of this part, a copy that tests change, and these are its tables. */
    struct nor_part part;
    uint8_t sfdp[RIG_SFDP_SIZE_MAX];
    char violation[160]; /* the latest */
    bool is_quiet;       /* violations are expected, and not printed */
};

/* lanes: 1 or 4. Fails the test if it cannot. */
void rig_open(struct nor_rig *rig, const char *part, uint8_t lanes);
void rig_close(struct nor_rig *rig);

/* Runs mprom_spi_nor_start(). */
int rig_start(struct nor_rig *rig);

/* Puts the number of a rule for quad enable into the tables, and makes the chip follow it. */
void rig_set_quad_rule(struct nor_rig *rig, uint8_t rule);

#endif
