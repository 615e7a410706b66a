/* The flash of an nRF on the test bus: controller, FICR, UICR, cells in memory. */
#ifndef MPROM_TESTS_NRF_RIG_H
#define MPROM_TESTS_NRF_RIG_H

#include "chips/nrf/driver/nvmc.h"
#include "chips/nrf/model/nvmc_model.h"
#include "tests/chips/bus.h"

struct rig {
    struct nvmc_model model;
    struct cells cells;
    struct mprom_nvmc driver;
};

/* A part, reset, without the driver. */
void rig_open(struct rig *rig, const char *part);

/* The same with the driver on it. */
void rig_open_driver(struct rig *rig, const char *part);

/* The driver's facts of a part. */
const struct mprom_nvmc_part *rig_part(const char *part);

void rig_close(struct rig *rig);

#endif
