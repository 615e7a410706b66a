#include "rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

void rig_open(struct rig *rig)
{
    memset(rig, 0, sizeof *rig);
    bus_open();
    armv8m_model_open(&rig->armv8m, &bus.side);
    mram_model_open(&rig->mram, &rig->armv8m, &rig->worked_ns, &bus.side);
    bus_open_cells(&rig->cells, &rig->mram.geometry);
    mram_model_reset(&rig->mram, &rig->cells);
    for (int i = 0; i < ARMV8M_MODELS; i++) {
        bus.models[i] = &rig->armv8m.models[i];
    }
    bus.window = &rig->mram.window;
}

void rig_open_driver(struct rig *rig)
{
    rig_open(rig);
    assert_int_equal(mprom_alif_mram_open(&rig->driver, 0, rig->mram.geometry.size), 0);
    assert_int_equal(mprom_flash_check(&rig->driver.flash), 0);
}

void rig_close(struct rig *rig)
{
    cells_close(&rig->cells);
}
