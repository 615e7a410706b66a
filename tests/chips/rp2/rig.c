#include "rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chips/rp2/boot2/boot2.h"
#include "chips/rp2/driver/rom.h"
#include "chips/rp2/rom/rom_check.h"
#include "chips/rp2/rom/rom_flash.h"
#include "emulator/parts/nor_parts.h"

enum {
    ROM_SIZE = 0x4000,
    FUNCTION_SIZE = 0x20,
    TABLE = 0x38, /* behind the functions */
};

static struct rig *rig_now;
static uint32_t openings;

/* In the order of the table. */
static const char *const codes[] = {"IF", "EX", "RE", "RP", "FC"};

static uint32_t function_at(uint32_t index)
{
    return rig_now->rom_base + index * FUNCTION_SIZE + 1;
}

enum {
    FUNCTIONS = sizeof codes / sizeof codes[0]
};

static uint32_t rom_read(void *ctx, uint32_t off, uint32_t size)
{
    (void)ctx;
    if (size == 4 && off == 0x10) {
        return 0x0201754D;
    }
    if (size == 2 && off == 0x14) {
        return rig_now->rom_base - TABLE;
    }
    if (size == 2 && off == 0x18) {
        return function_at(FUNCTIONS);
    }
    model_violation(&bus.side, "read of %u bytes of the boot ROM at 0x%04x", size, off);
    return 0;
}

static void rom_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    (void)ctx;
    (void)size;
    model_violation(&bus.side, "write of 0x%08x to the boot ROM at 0x%04x", value, off);
}

static uint32_t alias_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rig_alias *alias = ctx;
    return alias->target->read(alias->target->ctx, off, size);
}

static void alias_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    const struct rig_alias *alias = ctx;
    uint32_t old = alias->target->peek(alias->target->ctx, off);
    alias->target->write(alias->target->ctx, off, size, alias->clears ? old & ~value : old | value);
}

static void alias_open(struct rig_alias *alias, struct model *target, bool clears)
{
    *alias = (struct rig_alias){.model = {.name = target->name,
                                          .base = target->base + (clears ? 0x3000 : 0x2000),
                                          .size = target->size,
                                          .read = alias_read,
                                          .write = alias_write,
                                          .ctx = alias},
                                .target = target,
                                .clears = clears};
}

/* Where the driver has its pages. */
static uint32_t rom_address(const void *place)
{
    rig_now->place = place;
    return 0x20001000;
}

static uint32_t look_up(uint32_t table, uint32_t code)
{
    if (table != rig_now->rom_base - TABLE) {
        model_violation(&bus.side, "the boot ROM looks up in a table at 0x%04x, where none is", table);
        return 0;
    }
    for (uint32_t i = 0; i < FUNCTIONS; i++) {
        bool is_there = rig_now->missing == NULL || strcmp(rig_now->missing, codes[i]) != 0;
        if (code == ((uint32_t)codes[i][1] << 8 | (uint32_t)codes[i][0]) && is_there) {
            return function_at(i);
        }
    }
    return 0;
}

static uint32_t rom_call(uint32_t function, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    if (function == function_at(FUNCTIONS)) {
        return look_up(a, b);
    }
    if (function == function_at(0)) {
        mprom_rp2_rom_connect();
    } else if (function == function_at(1)) {
        mprom_rp2_rom_exit_xip();
    } else if (function == function_at(2)) {
        mprom_rp2_rom_erase_checked(a, b, c, d);
    } else if (function == function_at(3)) {
        mprom_rp2_rom_program_checked(a, rig_now->place, c);
    } else if (function == function_at(4)) {
        mprom_rp2_rom_flush();
    } else {
        model_violation(&bus.side, "a call of 0x%04x, which is no function of the boot ROM", function);
    }
    return 0;
}

static void boot2_run(const uint32_t *code)
{
    if (memcmp(code, rig_now->boot2, sizeof rig_now->boot2) != 0) {
        model_violation(&bus.side, "what runs from RAM is not boot2");
        return;
    }
    rig_now->boot2_runs++;
    mprom_rp2_boot2_set_up();
}

void rig_access(uint32_t off, enum model_access access)
{
    if (bus.window->guarded(bus.window->ctx)) {
        bus.window->access(bus.window->ctx, off, 4, access);
    }
}

static void open_models(struct rig *rig)
{
    const struct nor_part *part = nor_part_find("w25q16old");
    assert_non_null(part);
    nor_chip_open(&rig->chip, part, &rig->cells);
    rp2_resets_model_open(&rig->resets, &bus.side);
    rp2_qspi_pins_model_open(&rig->pins, &rig->resets, &bus.side);
    rp2_ssi_model_open(&rig->ssi, &rig->pins, &rig->chip, &bus.side);
    rp2_xip_model_open(&rig->xip, &rig->ssi, &bus.side);
    rp2_rom_report_model_open(&rig->report, &bus.side);
    rig->rom = (struct model){.name = "the boot ROM", .size = ROM_SIZE, .read = rom_read, .write = rom_write};
    alias_open(&rig->aliases[0], &rig->resets.model, false);
    alias_open(&rig->aliases[1], &rig->resets.model, true);
    alias_open(&rig->aliases[2], &rig->xip.model, false);
}

void rig_open_cold(struct rig *rig)
{
    memset(rig, 0, sizeof *rig);
    rig_now = rig;
    mprom_rp2_rom_pc = (struct mprom_rp2_rom_pc){rom_call, boot2_run, rom_address};
    bus_open();
    open_models(rig);
    bus_open_cells(&rig->cells, rig->chip.part->geometry);
    nor_chip_power_on(&rig->chip);
    rp2_resets_model_reset(&rig->resets);
    rp2_ssi_model_reset(&rig->ssi);
    rp2_xip_model_reset(&rig->xip);
    rig->rom_base = 0x200 + ++openings % 64 * 0x40;
    memcpy(rig->boot2, rig->cells.bytes, sizeof rig->boot2);
    struct model *const models[] = {
        &rig->ssi.model,        &rig->resets.model,    &rig->pins.io, &rig->pins.pads,
        &rig->xip.model,        &rig->report.model,    &rig->rom,     &rig->aliases[0].model,
        &rig->aliases[1].model, &rig->aliases[2].model};
    memcpy(bus.models, models, sizeof models);
    bus.window = &rig->xip.window;
}

void rig_open(struct rig *rig)
{
    rig_open_cold(rig);
    mprom_rp2_rom_connect();
    mprom_rp2_rom_exit_xip();
    mprom_rp2_rom_flush();
    mprom_rp2_boot2_set_up();
}

void rig_open_driver(struct rig *rig)
{
    rig_open(rig);
    assert_int_equal(mprom_rp2_flash_open(&rig->driver, 1000000), 0);
    assert_int_equal(mprom_flash_check(&rig->driver.flash), 0);
    assert_string_equal(bus.first_violation, "");
}

void rig_close(struct rig *rig)
{
    cells_close(&rig->cells);
}

void rig_hang(struct rig *rig)
{
    rig->chip.continuous = 0; /* a chip that was given a command is not in it */
    rig->chip.job = NOR_PROGRAMS;
    rig->chip.job_off = rig->chip.part->geometry->size - 1;
    rig->chip.job_size = 1;
    memset(rig->chip.page, 0xFF, sizeof rig->chip.page);
    rig->chip.busy_ns = 1;
    rig->chip.never_ready = true;
}
