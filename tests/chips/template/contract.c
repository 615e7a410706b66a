/* The flash of this family for the contract tests. A CPU of 1 MHz polls less until the driver gives up. */
#include "tests/chips/contract/contract.h"

#include <stddef.h>

#include "chips/template/driver/flash.h"
#include "chips/template/model/flash_model.h"

enum {
    SLOW_HZ = 1000000
};

static struct template_flash_model model;
static struct cells cells;
static struct mprom_template_flash driver;

static const struct mprom_flash *open_flash(void)
{
    bus_open();
    template_flash_model_open(&model, &bus.side);
    if (mprom_flash_geometry_check(&model.geometry)) {
        return NULL;
    }
    bus_open_cells(&cells, &model.geometry);
    template_flash_model_reset(&model, &cells);
    bus.models[0] = &model.model;
    bus.window = &model.window;
    return mprom_template_flash_open(&driver, SLOW_HZ) ? NULL : &driver.flash;
}

static void close_flash(void)
{
    if (cells.bytes != NULL) {
        cells_close(&cells);
    }
}

static void hang(void)
{
    model.hangs = true;
}

const struct contract_flash contract_flashes[] = {
    {.name = "template",
     .open = open_flash,
     .close = close_flash,
     .hang = hang,
     .cells = &cells,
     .busy = "while the flash is busy",
     .stray = "while the flash is closed"},
    {0},
};
