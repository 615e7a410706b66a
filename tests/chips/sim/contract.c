/*
 * The flashes of SIM for the contract tests, in each shape that its options give. There is no bus between firmware and
 * cells: the test bus only keeps what the cells report.
 */
#include "tests/chips/contract/contract.h"

#include <stddef.h>

#include "chips/sim/driver/sim_flash.h"

enum {
    SIZE = 768 * 1024,
    UNEVEN_SIZE = 256 * 1024
};

static struct mprom_sim_flash driver;

static const struct mprom_flash *open_kind(const struct mprom_sim_flash_kind *kind)
{
    bus_open();
    if (mprom_sim_flash_shape(&driver, SIZE, kind)) {
        return NULL;
    }
    bus_open_cells(&driver.cells, &driver.geometry);
    return cells_flash(&driver.cells);
}

static const struct mprom_flash *open_nor(void)
{
    return open_kind(NULL);
}

static const struct mprom_flash *open_uneven(void)
{
    return open_kind(&(struct mprom_sim_flash_kind){.part_size = UNEVEN_SIZE, .program_size = 4});
}

static const struct mprom_flash *open_once(void)
{
    return open_kind(&(struct mprom_sim_flash_kind){
        .erase_size = MPROM_SIM_SECTOR_MAX, .program_size = 32, .is_programmed_once = true});
}

static const struct mprom_flash *open_mram(void)
{
    return open_kind(&(struct mprom_sim_flash_kind){.program_size = 16, .overwrites = true});
}

static void close_flash(void)
{
    if (driver.cells.bytes != NULL) {
        cells_close(&driver.cells);
    }
}

/* The cells themselves say that they do not get ready. */
static void hang(void)
{
    static const struct cells_fault fault = {.kind = CELLS_FAULT_NOT_READY, .last = UINT64_MAX};
    driver.cells.faults = &fault;
    driver.cells.fault_count = 1;
}

/*
 * .busy and .stray are NULL: an operation has ended when it returns, the CPU does not execute from these cells, and no
 * store reaches them.
 */
#define SIM_FLASH(kind, opens)                                                                                       \
    {                                                                                                                \
        .name = "sim_flash.c, " kind, .open = opens, .close = close_flash, .hang = hang, .cells = &driver.cells,     \
        .is_cells = true,                                                                                            \
    }

const struct contract_flash contract_flashes[] = {
    SIM_FLASH("NOR", open_nor),
    SIM_FLASH("blocks of three sizes", open_uneven),
    SIM_FLASH("units that are programmed once", open_once),
    SIM_FLASH("MRAM", open_mram),
    {0},
};
