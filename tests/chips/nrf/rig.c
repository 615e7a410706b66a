#include "rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void rig_open(struct rig *rig, const char *name)
{
    const struct nvmc_part *part = nvmc_part_find(name);
    assert_non_null(part);
    memset(rig, 0, sizeof *rig);
    bus_open();
    nvmc_model_open(&rig->model, part, 0, &bus.side);
    bus_open_cells(&rig->cells, &rig->model.geometry);
    nvmc_model_reset(&rig->model, &rig->cells);
    bus.models[0] = &rig->model.model;
    bus.models[1] = &rig->model.ficr;
    bus.models[2] = &rig->model.uicr;
    bus.window = &rig->model.window;
}

const struct mprom_nvmc_part *rig_part(const char *part)
{
    if (strcmp(part, "nRF51822") == 0) {
        return &mprom_nvmc_nrf51;
    }
    return strcmp(part, "nRF52832") == 0 ? &mprom_nvmc_nrf52832 : &mprom_nvmc_nrf52840;
}

void rig_open_driver(struct rig *rig, const char *part)
{
    rig_open(rig, part);
    assert_int_equal(mprom_nvmc_open(&rig->driver, rig_part(part), 0, 16000000), 0);
    assert_int_equal(mprom_flash_check(&rig->driver.flash), 0);
}

void rig_close(struct rig *rig)
{
    cells_close(&rig->cells);
}
