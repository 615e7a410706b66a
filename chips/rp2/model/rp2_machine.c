#include "chips/rp2/model/rp2_machine.h"

#include <stdio.h>
#include <string.h>

#include "chips/kit/model/kit_segments.h"
#include "chips/rp2/model/machine_series.h"
#include "chips/rp2/model/window_model.h"
#include "emulator/parts/nor_parts.h"

static const uint32_t RAM = 0x20000000;
static const uint32_t APB = 0x40000000;

enum {
    CPUS = 2,
    PAGE = 0x1000,
    STATUS_2_QUAD = 2,
};

static const struct rp2_machine_series *const all_series[] = {&rp2040_machine_series, &rp2350_machine_series};

static struct rp2_machine rp2;
static const struct rp2_machine_series *series; /* of the board that is open */
static struct machine_segment segments[MPROM_KIT_SEGMENTS_MAX];
static char console_text[48];

/* The flash chip has no reset of its own: it stays as it is, in continuous read for example. */
static void rp2_reset(void *ctx)
{
    (void)ctx;
    rp2_clocks_model_reset(&rp2.clocks);
    rp2_watchdog_model_reset(&rp2.watchdog);
    rp2_resets_model_reset(&rp2.resets);
    series->reset(&rp2);
}

static bool rp2_wants_reset(void *ctx)
{
    (void)ctx;
    return rp2.watchdog.fired;
}

static void rp2_start_cpu(void *ctx)
{
    (void)ctx;
    soc_start_cpu(&rp2.soc, 1);
}

/* The timer depends on who makes its ticks: it is the series's to open. */
static void open_models(const struct model_console *console)
{
    rp2_resets_model_open(&rp2.resets, series->series, &rp2.bus);
    rp2_qspi_pins_model_open(&rp2.pins, &rp2.resets, &rp2.bus);
    rp2_rom_report_model_open(&rp2.report, &rp2.bus);
    rp2_clocks_model_open(&rp2.clocks, &rp2.resets, &rp2.bus);
    rp2_watchdog_model_open(&rp2.watchdog, &rp2.clocks, &rp2.bus);
    rp2_gpio_model_open(&rp2.gpio, &rp2.resets, &rp2.bus);
    rp2_dma_model_open(&rp2.dma, &rp2.resets, &rp2.bus);
    rp2_uart_model_open(&rp2.uart, &rp2.resets, &rp2.clocks, &rp2.gpio, &rp2.dma, &rp2.bus);
    rp2_sio_model_open(&rp2.sio, series->series, &rp2.bus);
    rp2.sio.start_cpu = rp2_start_cpu;
    rp2.clocks.crystal_hz = rp2.facts->crystal_hz;
    rp2.uart.console = console;
    rp2.uart.tx = rp2.facts->tx;
    rp2.uart.rx = rp2.facts->rx;
    struct model *const models[] = {&rp2.resets.model,  &rp2.pins.io,     &rp2.pins.pads,  &rp2.report.model,
                                    &rp2.clocks.clocks, &rp2.clocks.xosc, &rp2.clocks.pll, &rp2.watchdog.model,
                                    &rp2.watchdog.psm,  &rp2.gpio.io,     &rp2.gpio.pads,  &rp2.uart.model,
                                    &rp2.dma.model,     &rp2.sio.model};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        soc_add_model(&rp2.soc, models[i]);
    }
}

/* The board can be described all the same. */
static const char *boot_without_rom(void *ctx, struct soc_start *start)
{
    (void)ctx;
    (void)start;
    return "this machine was built without a compiler for the boot ROM (arm-none-eabi-gcc)";
}

static void open_soc(void)
{
    rp2.soc = (struct soc){.name = rp2.facts->name,
                           .clock_hz = &rp2.clocks.sys_hz,
                           .flash_ns = &rp2.chip.worked_ns,
                           .bus = &rp2.bus,
                           .reset = rp2_reset,
                           .wants_reset = rp2_wants_reset};
    struct rp2_rom_image rom = series->rom();
    bool has_rom = rom.size == series->rom_size;
    for (uint32_t i = 0; i < CPUS; i++) {
        soc_add_cpu(&rp2.soc, &(struct soc_cpu){.kind = series->cpu,
                                                .interrupts = series->interrupts,
                                                .vectors = 0,
                                                .boot = has_rom ? NULL : boot_without_rom});
    }
    soc_add_memory(&rp2.soc,
                   &(struct soc_memory){
                       .base = 0, .size = series->rom_size, .flags = SOC_EXECUTE, .rom = has_rom ? rom.bytes : NULL});
    soc_add_memory(&rp2.soc,
                   &(struct soc_memory){.base = RAM, .size = series->ram_size, .flags = SOC_EXECUTE | SOC_DMA});
}

static const struct rp2_machine_series *series_of(const char *part)
{
    for (size_t i = 0; i < sizeof all_series / sizeof all_series[0]; i++) {
        if (strcmp(part, all_series[i]->series->part) == 0) {
            return all_series[i];
        }
    }
    return NULL;
}

static struct soc *rp2_machine_open(const void *facts, const struct model_console *console,
                                    struct machine_flash *flash)
{
    rp2.facts = facts;
    const struct nor_part *part = nor_part_find(rp2.facts->chip);
    series = series_of(rp2.facts->part);
    if (part == NULL || series == NULL) {
        return NULL;
    }
    nor_chip_open(&rp2.chip, part, &rp2.cells);
    rp2.chip.status[1] = series->has_quad ? STATUS_2_QUAD : 0;
    open_soc();
    open_models(console);
    series->open(&rp2);
    rp2_machine_alias_registers(&rp2, APB, series->apb_size);
    rp2_machine_alias_registers(&rp2, rp2.dma.model.base, PAGE);
    *flash = (struct machine_flash){.geometry = part->geometry, .cells = &rp2.cells};
    return &rp2.soc;
}

static void rp2_machine_describe(struct machine_description *description)
{
    snprintf(console_text, sizeof console_text, "UART0, GPIO%u and GPIO%u", rp2.facts->tx, rp2.facts->rx);
    *description = (struct machine_description){.part = rp2.facts->part,
                                                .series = series->name,
                                                .store = series->store,
                                                .console = console_text,
                                                .flash_base = RP2_XIP_BASE};
    kit_segments_describe(&rp2.facts->rom, rp2.chip.part->geometry, segments, description);
}

const struct machine_family rp2_machine_family = {
    .name = "rp2", .open = rp2_machine_open, .describe = rp2_machine_describe};
