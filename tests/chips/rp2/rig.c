#include "rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chips/rp2/driver/rom.h"
#include "emulator/parts/nor_parts.h"

enum {
    ROM_SIZE = 0x8000,
    FUNCTION_SIZE = 0x20,
    MAGIC = 0x10,
};

static struct rig *rig_now;
static uint32_t openings;

const char *const rig_codes[RIG_FUNCTIONS] = {"IF", "EX", "RE", "RP", "FC"};

uint32_t rig_function_at(const struct rig *rig, uint32_t function)
{
    return rig->rom_base + function * FUNCTION_SIZE + 1;
}

static uint32_t rom_read(void *ctx, uint32_t off, uint32_t size)
{
    struct rig *rig = ctx;
    return size == 4 && off == MAGIC ? 0x02000000 | rig->series->magic : rig->series->rom_read(rig, off, size);
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
    uint32_t now = alias->kind == RIG_SET ? old | value : alias->kind == RIG_CLEAR ? old & ~value : old ^ value;
    alias->target->write(alias->target->ctx, off, size, now);
}

void rig_add(struct rig *rig, struct model *model)
{
    bus.models[rig->model_count++] = model;
}

void rig_add_alias(struct rig *rig, struct model *target, enum rig_alias_kind kind)
{
    struct rig_alias *alias = &rig->aliases[rig->alias_count++];
    assert_true(rig->alias_count <= RIG_ALIASES_MAX);
    *alias = (struct rig_alias){.model = {.name = target->name,
                                          .base = target->base + (uint32_t)kind,
                                          .size = target->size,
                                          .read = alias_read,
                                          .write = alias_write,
                                          .ctx = alias},
                                .target = target,
                                .kind = kind};
    rig_add(rig, &alias->model);
}

/* Where the driver has its pages. */
static uint32_t rom_address(const void *place)
{
    rig_now->place = place;
    return 0x20001000;
}

static uint32_t rom_call(uint32_t function, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    if (function == rig_function_at(rig_now, RIG_FUNCTIONS)) {
        return rig_now->series->look_up(rig_now, a, b);
    }
    for (uint32_t i = 0; i < RIG_FUNCTIONS; i++) {
        if (function == rig_function_at(rig_now, i)) {
            rig_now->series->call(rig_now, (enum rig_function)i, a, rig_now->place, b, c, d);
            return 0;
        }
    }
    model_violation(&bus.side, "a call of 0x%04x, which is no function of the boot ROM", function);
    return 0;
}

static void set_up_run(const uint32_t *code)
{
    if (memcmp(code, rig_now->set_up, sizeof rig_now->set_up) != 0) {
        model_violation(&bus.side, "what runs from RAM is not what sets up the window");
        return;
    }
    rig_now->set_ups++;
    rig_now->series->set_up_window(rig_now);
}

void rig_access(uint32_t off, enum model_access access)
{
    if (bus.window->guarded(bus.window->ctx)) {
        bus.window->access(bus.window->ctx, off, 4, access);
    }
}

static void open_models(struct rig *rig)
{
    const struct nor_part *part = nor_part_find(rig->series->part);
    assert_non_null(part);
    nor_chip_open(&rig->chip, part, &rig->cells);
    rp2_resets_model_open(&rig->resets, rig->series->chip, &bus.side);
    rp2_qspi_pins_model_open(&rig->pins, &rig->resets, &bus.side);
    rp2_rom_report_model_open(&rig->report, &bus.side);
    rig->rom =
        (struct model){.name = "the boot ROM", .size = ROM_SIZE, .read = rom_read, .write = rom_write, .ctx = rig};
    struct model *const models[] = {&rig->resets.model, &rig->pins.io, &rig->pins.pads, &rig->report.model,
                                    &rig->rom};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        rig_add(rig, models[i]);
    }
    rig_add_alias(rig, &rig->resets.model, RIG_SET);
    rig_add_alias(rig, &rig->resets.model, RIG_CLEAR);
    rig->series->open(rig);
}

void rig_open_cold(struct rig *rig, const struct rig_series *series)
{
    memset(rig, 0, sizeof *rig);
    rig_now = rig;
    rig->series = series;
    mprom_rp2_rom_pc = (struct mprom_rp2_rom_pc){rom_call, set_up_run, rom_address};
    bus_open();
    open_models(rig);
    bus_open_cells(&rig->cells, rig->chip.part->geometry);
    nor_chip_power_on(&rig->chip);
    rp2_resets_model_reset(&rig->resets);
    rig->rom_base = 0x200 + ++openings % 64 * 0x40;
    series->reset(rig);
    bus.window = &rig->window->window;
}

void rig_start(struct rig *rig)
{
    rig->series->call(rig, RIG_IF, 0, NULL, 0, 0, 0);
    rig->series->call(rig, RIG_EX, 0, NULL, 0, 0, 0);
    rig->series->call(rig, RIG_FC, 0, NULL, 0, 0, 0);
    rig->series->set_up_window(rig);
    rig->core.cpacr = 0; /* a program gives itself access to coprocessors */
}

void rig_open(struct rig *rig, const struct rig_series *series)
{
    rig_open_cold(rig, series);
    rig_start(rig);
}

void rig_open_driver(struct rig *rig, const struct rig_series *series)
{
    rig_open(rig, series);
    assert_int_equal(series->open_driver(&rig->driver, 1000000), 0);
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
