/* FlexSPI on the test bus, with a chip on it, as the boot ROM leaves both; and what a program does to the CPU's caches and MPU. */
#ifndef MPROM_TESTS_IMXRT_RIG_H
#define MPROM_TESTS_IMXRT_RIG_H

#include "chips/imxrt/driver/flexspi.h"
#include "chips/imxrt/model/flexspi_model.h"
#include "tests/chips/bus.h"

struct rig {
    uint32_t root_hz;
    struct nor_chip chip;
    struct cells cells;
    struct cortex_m7_model m7;
    struct flexspi_model model;
    struct mprom_flexspi driver;
    struct mprom_spi_nor nor;
    const struct mprom_flash *flash; /* the driver's, after rig_open_driver() */
};

/* How a boot header says that the window is read: 0Bh on one line, EBh on four. */
enum rig_read {
    RIG_READS_SINGLY,
    RIG_READS_QUAD,
};

/* A part of the family and one of emulator/parts/nor_parts.h, without the driver; the window is open, and the caches are off. */
void rig_open(struct rig *rig, const char *part, const char *chip, enum rig_read read);

/* The same with the caches on and the driver on it, which has found the chip. */
void rig_open_driver(struct rig *rig, const char *part, const char *chip, enum rig_read read);

/* Opens the driver on a rig; returns what it, or mprom_spi_nor_start(), says. */
int rig_start_driver(struct rig *rig);

void rig_close(struct rig *rig);

/* A register of FlexSPI. */
uint32_t rig_read(const struct rig *rig, uint32_t off);
void rig_write(const struct rig *rig, uint32_t off, uint32_t value);

/* Lets the CPU read the window, or keeps it from that. */
void rig_window(const struct rig *rig, bool is_open);

/* Empties the caches and turns them on. */
void rig_caches_start(void);

/* A read or fetch of four bytes in the window. */
void rig_access(const struct rig *rig, uint32_t off, enum model_access kind);

#endif
