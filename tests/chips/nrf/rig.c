#include "rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"

static void rig_access(uint32_t address, enum model_access access)
{
    if (bus.window->guarded(bus.window->ctx)) {
        bus.window->access(bus.window->ctx, address, 4, access);
    }
}

void rig_run(const struct rig_step *step)
{
    for (; step->kind != RIG_END; step++) {
        if (step->kind == RIG_PASS) {
            bus_pass(step->value);
        } else if (step->kind == RIG_STORE) {
            bus.window->store(bus.window->ctx, step->address, step->size, step->value);
        } else if (step->kind == RIG_LOAD || step->kind == RIG_FETCH) {
            rig_access(step->address, step->kind == RIG_LOAD ? MODEL_LOAD : MODEL_FETCH);
        } else if (step->kind == RIG_WRITE) {
            (step->size == 4) ? mprom_mmio_write32(step->address, step->value)
                              : mprom_mmio_write8(step->address, (uint8_t)step->value);
        } else {
            (void)(step->size == 4 ? mprom_mmio_read32(step->address) : mprom_mmio_read8(step->address));
        }
    }
}

void rig_expect_caught(const char *where, const struct rig_mistake *mistake)
{
    assert_string_equal(bus.first_violation, "");
    rig_run(mistake->steps);
    if (strstr(bus.first_violation, mistake->violation) == NULL) {
        fail_msg("%s: %s: %d violations: %s", where, mistake->violation, bus.violations, bus.first_violation);
    }
}

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
