#include "f4.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void f4_open(struct f4 *f4, const char *name, uint32_t optcr)
{
    const struct stm32_part *part = stm32_part_find(name);
    assert_non_null(part);
    memset(f4, 0, sizeof *f4);
    bus_open();
    flash_f4_model_open(&f4->model, part, optcr != 0 ? optcr : part->optcr, &bus.side);
    bus_open_cells(&f4->cells, &f4->model.geometry);
    flash_f4_model_reset(&f4->model, &f4->cells);
    constant_model_open(&f4->device, "DBGMCU_IDCODE", 0xE0042000, 4, 0x10000000u | part->device, &bus.side);
    constant_model_open(&f4->size, "the flash's size", part->size_address, 2, part->flash_size / 1024, &bus.side);
    bus.models[0] = &f4->model.model;
    bus.models[1] = &f4->device.model;
    bus.models[2] = &f4->size.model;
    bus.window = &f4->model.window;
}

void f4_open_driver(struct f4 *f4, const char *part, uint32_t optcr)
{
    f4_open(f4, part, optcr);
    assert_int_equal(mprom_flash_f4_open(&f4->driver, 16000000), 0);
    assert_int_equal(mprom_flash_check(&f4->driver.flash), 0);
}

void f4_close(struct f4 *f4)
{
    cells_close(&f4->cells);
}
