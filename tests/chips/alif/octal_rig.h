/* OSPI and an octal chip on the test bus, as on OPENMV_AE3. */
#ifndef MPROM_TESTS_ALIF_OCTAL_RIG_H
#define MPROM_TESTS_ALIF_OCTAL_RIG_H

#include "chips/alif/driver/octal.h"
#include "chips/alif/model/ospi_model.h"
#include "tests/chips/bus.h"

struct octal_rig {
    struct armv8m_model armv8m;
    struct octal_chip chip;
    struct ospi_model ospi;
    struct cells cells;
    uint64_t worked_ns;
    struct mprom_alif_octal driver;
};

extern const struct mprom_alif_ospi_wiring octal_wiring;

/* The chip of that name, with power for a while, without the driver. */
void octal_rig_open(struct octal_rig *rig, const char *part);

/* The same, and the driver starts it. Returns what that says. */
int octal_rig_start(struct octal_rig *rig, const char *part);

void octal_rig_close(struct octal_rig *rig);

/* Time passes. */
void octal_rig_wait_us(uint32_t us);

#endif
