#include "chips/rp2/model/rp2_machine.h"

#include <stdio.h>
#include <string.h>

#include "chips/kit/model/kit_segments.h"
#include "chips/rp2/model/peripherals.h"
#include "chips/rp2/model/rom_image.h"
#include "chips/rp2/model/rom_report_model.h"
#include "chips/rp2/model/xip_model.h"
#include "emulator/parts/nor_parts.h"

static const uint32_t RAM = 0x20000000;
static const uint32_t APB = 0x40000000;
static const uint32_t XIP_CTRL = 0x14000000;
static const uint32_t SSI = 0x18000000;
static const uint32_t DMA = 0x50000000;

enum {
    CPUS = 2,
    INTERRUPTS = 26,
    ROM_SIZE = 16 << 10,
    RAM_SIZE = 264 << 10, /* six banks, one behind the other */
    APB_SIZE = 0x70000,
    PAGE = 0x1000,
    XIP_PLACES = 4,
    XIP_NEXT = 0x01000000, /* not allocating, not cached, neither */
};

static struct {
    const struct mprom_rp2_board *facts;
    struct machine_segment segments[MPROM_KIT_SEGMENTS_MAX];
    char console[48];
    struct soc soc;
    struct model_bus bus;
    struct cells cells;
    struct nor_chip chip;
    struct rp2_resets_model resets;
    struct rp2_qspi_pins_model pins;
    struct rp2_ssi_model ssi;
    struct rp2_xip_model xip;
    struct rp2_rom_report_model report;
    struct rp2_clocks_model clocks;
    struct rp2_watchdog_model watchdog;
    struct rp2_timer_model timer;
    struct rp2_gpio_model gpio;
    struct rp2_dma_model dma;
    struct rp2_uart_model uart;
    struct rp2_sio_model sio;
    struct rp2_system_model system;
} rp2;

/* The flash chip has no reset of its own: it stays as it is, in continuous read for example. */
static void rp2_reset(void *ctx)
{
    (void)ctx;
    rp2_clocks_model_reset(&rp2.clocks);
    rp2_watchdog_model_reset(&rp2.watchdog);
    rp2_resets_model_reset(&rp2.resets);
    rp2_ssi_model_reset(&rp2.ssi);
    rp2_xip_model_reset(&rp2.xip);
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

static void open_models(const struct mprom_rp2_board *facts, const struct model_console *console)
{
    rp2_resets_model_open(&rp2.resets, &rp2.bus);
    rp2_qspi_pins_model_open(&rp2.pins, &rp2.resets, &rp2.bus);
    rp2_ssi_model_open(&rp2.ssi, &rp2.pins, &rp2.chip, &rp2.bus);
    rp2_xip_model_open(&rp2.xip, &rp2.ssi, &rp2.bus);
    rp2_rom_report_model_open(&rp2.report, &rp2.bus);
    rp2_clocks_model_open(&rp2.clocks, &rp2.resets, &rp2.bus);
    rp2_watchdog_model_open(&rp2.watchdog, &rp2.clocks, &rp2.bus);
    rp2_timer_model_open(&rp2.timer, &rp2.resets, &rp2.watchdog, &rp2.bus);
    rp2_gpio_model_open(&rp2.gpio, &rp2.resets, &rp2.bus);
    rp2_dma_model_open(&rp2.dma, &rp2.resets, &rp2.bus);
    rp2_uart_model_open(&rp2.uart, &rp2.resets, &rp2.clocks, &rp2.gpio, &rp2.dma, &rp2.bus);
    rp2_sio_model_open(&rp2.sio, &rp2.bus);
    rp2.sio.start_cpu = rp2_start_cpu;
    rp2_system_model_open(&rp2.system, &rp2.bus);
    rp2.clocks.crystal_hz = facts->crystal_hz;
    rp2.ssi.clock_hz = &rp2.clocks.sys_hz;
    rp2.uart.console = console;
    rp2.uart.tx = facts->tx;
    rp2.uart.rx = facts->rx;
    struct model *const models[] = {&rp2.resets.model, &rp2.pins.io,        &rp2.pins.pads,     &rp2.ssi.model,
                                    &rp2.xip.model,    &rp2.report.model,   &rp2.clocks.clocks, &rp2.clocks.xosc,
                                    &rp2.clocks.pll,   &rp2.watchdog.model, &rp2.watchdog.psm,  &rp2.watchdog.vreg,
                                    &rp2.timer.model,  &rp2.gpio.io,        &rp2.gpio.pads,     &rp2.uart.model,
                                    &rp2.dma.model,    &rp2.sio.model,      &rp2.system.syscfg, &rp2.system.tbman};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        soc_add_model(&rp2.soc, models[i]);
    }
}

/* Registers have places where bits are inverted, set and cleared; the flash has four with and without the cache. */
static void add_aliases(void)
{
    static const enum soc_alias_kind kinds[] = {SOC_ALIAS_XOR, SOC_ALIAS_SET, SOC_ALIAS_CLEAR};
    const struct {
        uint32_t base;
        uint32_t size;
    } blocks[] = {{APB, APB_SIZE}, {XIP_CTRL, PAGE}, {SSI, PAGE}, {DMA, PAGE}};
    for (uint32_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        for (uint32_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            soc_add_alias(&rp2.soc, &(struct soc_alias){.base = blocks[i].base + (k + 1) * PAGE,
                                                        .size = blocks[i].size,
                                                        .target = blocks[i].base,
                                                        .kind = kinds[k]});
        }
    }
    for (uint32_t i = 1; i < XIP_PLACES; i++) {
        soc_add_alias(&rp2.soc, &(struct soc_alias){.base = RP2_XIP_BASE + i * XIP_NEXT,
                                                    .size = rp2.xip.window.size,
                                                    .target = RP2_XIP_BASE,
                                                    .kind = SOC_ALIAS_SAME});
    }
}

/* The board can be described all the same. */
static const char *boot_without_rom(void *ctx, struct soc_start *start)
{
    (void)ctx;
    (void)start;
    return "this machine was built without a compiler for the boot ROM (arm-none-eabi-gcc)";
}

static void open_soc(const struct mprom_rp2_board *facts)
{
    rp2.soc = (struct soc){.name = facts->name,
                           .clock_hz = &rp2.clocks.sys_hz,
                           .flash_ns = &rp2.chip.worked_ns,
                           .bus = &rp2.bus,
                           .reset = rp2_reset,
                           .wants_reset = rp2_wants_reset};
    bool has_rom = rp2_rom_size == ROM_SIZE;
    for (uint32_t i = 0; i < CPUS; i++) {
        soc_add_cpu(&rp2.soc, &(struct soc_cpu){.kind = CORTEX_M0PLUS,
                                                .interrupts = INTERRUPTS,
                                                .vectors = 0,
                                                .boot = has_rom ? NULL : boot_without_rom});
    }
    soc_add_memory(&rp2.soc,
                   &(struct soc_memory){
                       .base = 0, .size = ROM_SIZE, .flags = SOC_EXECUTE, .rom = has_rom ? rp2_rom_bytes : NULL});
    soc_add_memory(&rp2.soc, &(struct soc_memory){.base = RAM, .size = RAM_SIZE, .flags = SOC_EXECUTE | SOC_DMA});
}

static struct soc *rp2_machine_open(const void *facts, const struct model_console *console,
                                    struct machine_flash *flash)
{
    rp2.facts = facts;
    const struct nor_part *part = nor_part_find(rp2.facts->chip);
    if (part == NULL || strcmp(rp2.facts->part, "RP2040") != 0) {
        return NULL;
    }
    nor_chip_open(&rp2.chip, part, &rp2.cells);
    open_soc(rp2.facts);
    open_models(rp2.facts, console);
    soc_add_window(&rp2.soc, &rp2.xip.window);
    add_aliases();
    *flash = (struct machine_flash){.geometry = part->geometry, .cells = &rp2.cells};
    return &rp2.soc;
}

static void rp2_machine_describe(struct machine_description *description)
{
    snprintf(rp2.console, sizeof rp2.console, "UART0, GPIO%u and GPIO%u", rp2.facts->tx, rp2.facts->rx);
    *description = (struct machine_description){.part = rp2.facts->part,
                                                .series = "rp2040",
                                                .store = "bootrom",
                                                .console = rp2.console,
                                                .flash_base = RP2_XIP_BASE};
    kit_segments_describe(&rp2.facts->rom, rp2.chip.part->geometry, rp2.segments, description);
}

const struct machine_family rp2_machine_family = {
    .name = "rp2", .open = rp2_machine_open, .describe = rp2_machine_describe};
