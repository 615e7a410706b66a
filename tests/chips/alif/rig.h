/* The flashes of an Ensemble on the test bus: MPU and faults of the CPU, MRAM, cells in memory. */
#ifndef MPROM_TESTS_ALIF_RIG_H
#define MPROM_TESTS_ALIF_RIG_H

#include "chips/alif/driver/mram.h"
#include "chips/alif/model/mram_model.h"
#include "tests/chips/bus.h"

struct rig {
    struct armv8m_model armv8m;
    struct mram_model mram;
    struct cells cells; /* of MRAM */
    uint64_t worked_ns;
    struct mprom_alif_mram driver;
};

/* MRAM as after a reset, without the driver. All of it may be written. */
void rig_open(struct rig *rig);

/* The same with the driver on it. */
void rig_open_driver(struct rig *rig);

void rig_close(struct rig *rig);

#endif
