#include "octal_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

const struct mprom_alif_ospi_wiring octal_wiring = {
    .number = 0, .sample_delay = 4, .drive_edge = 0, .rxds_delay = 12};

void octal_rig_wait_us(uint32_t us)
{
    bus_pass((uint64_t)us * 1000);
}

void octal_rig_open(struct octal_rig *rig, const char *name)
{
    const struct octal_part *part = octal_part_find(name);
    assert_non_null(part);
    memset(rig, 0, sizeof *rig);
    bus_open();
    armv8m_model_open(&rig->armv8m, &bus.side);
    octal_chip_open(&rig->chip, part, &rig->cells, &rig->worked_ns);
    ospi_model_open(&rig->ospi, 0, &rig->chip, &rig->armv8m, &bus.side);
    bus_open_cells(&rig->cells, part->geometry);
    octal_chip_power_on(&rig->chip, 0);
    rig->ospi.window.bytes = rig->cells.bytes;
    bus.models[0] = &rig->ospi.model;
    bus.models[1] = &rig->ospi.aes;
    for (int i = 0; i < ARMV8M_MODELS; i++) {
        bus.models[2 + i] = &rig->armv8m.models[i];
    }
    bus.window = &rig->ospi.window;
}

int octal_rig_start(struct octal_rig *rig, const char *part)
{
    octal_rig_open(rig, part);
    return mprom_alif_octal_start(&rig->driver, &octal_wiring, octal_rig_wait_us);
}

void octal_rig_close(struct octal_rig *rig)
{
    cells_close(&rig->cells);
}
