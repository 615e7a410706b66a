#include "h7.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/cortex_m/cortex_m7.h"

void h7_open(struct h7 *h7, const char *name)
{
    const struct stm32_part *part = stm32_part_find(name);
    assert_non_null(part);
    memset(h7, 0, sizeof *h7);
    bus_open();
    assert_true(cortex_m7_model_open(&h7->m7, stm32_part_cache_kib(part), 0x08000000, 2 << 20, &bus.side));
    flash_h7_model_open(&h7->model, part, &h7->m7, &bus.side);
    bus_open_cells(&h7->cells, &h7->model.geometry);
    flash_h7_model_reset(&h7->model, &h7->cells);
    constant_model_open(&h7->device, "DBGMCU_IDCODE", 0x5C001000, 4, 0x20000000u | part->device, &bus.side);
    constant_model_open(&h7->size, "the flash's size", 0x1FF1E880, 2, part->flash_size / 1024, &bus.side);
    bus.models[0] = &h7->model.model;
    bus.models[1] = &h7->device.model;
    bus.models[2] = &h7->size.model;
    for (int i = 0; i < CORTEX_M7_MODELS; i++) {
        bus.models[3 + i] = &h7->m7.models[i];
    }
    bus.window = &h7->model.window;
    mprom_cortex_m7_cache_start();
}

void h7_open_driver(struct h7 *h7, const char *part)
{
    h7_open(h7, part);
    assert_int_equal(mprom_flash_h7_open(&h7->driver, 64000000), 0);
    assert_int_equal(mprom_flash_check(&h7->driver.flash), 0);
}

/* The model looks for such words after a reset. */
void h7_spoil(struct h7 *h7, uint32_t off)
{
    h7->cells.units[off / FLASH_H7_WORD_SIZE] |= CELLS_UNIT_BAD;
    flash_h7_model_reset(&h7->model, &h7->cells);
}

void h7_close(struct h7 *h7)
{
    cells_close(&h7->cells);
}
