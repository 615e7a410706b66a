#include "chips/nrf/model/nrf_machine.h"

#include <stdio.h>

#include "chips/kit/model/kit_segments.h"
#include "chips/nrf/model/nvmc_model.h"
#include "chips/nrf/model/peripherals.h"

static const uint32_t RAM = 0x20000000;
static const uint32_t CLOCK_HZ = 16000000;

enum {
    INTERRUPTS = 32 /* of the CPU; the chip uses 26 of them */
};

static struct {
    const struct mprom_nrf_board *facts;
    struct machine_segment segments[MPROM_KIT_SEGMENTS_MAX];
    char console[32];
    struct soc soc;
    struct model_bus bus;
    struct cells cells;
    struct nvmc_model nvmc;
    struct nrf_clock_model clock;
    struct nrf_gpio_model gpio;
    struct nrf_timer_model timer;
    struct nrf_uart_model uart;
} nrf;

static void nrf_reset(void *ctx)
{
    (void)ctx;
    nvmc_model_reset(&nrf.nvmc, &nrf.cells);
    nrf_clock_model_reset(&nrf.clock);
    nrf_gpio_model_reset(&nrf.gpio);
    nrf_timer_model_reset(&nrf.timer);
    nrf_uart_model_reset(&nrf.uart);
}

static void open_models(const struct mprom_nrf_board *facts, const struct nvmc_part *part,
                        const struct model_console *console)
{
    nvmc_model_open(&nrf.nvmc, part, facts->flash_size, &nrf.bus);
    nrf_clock_model_open(&nrf.clock, &nrf.bus);
    nrf_gpio_model_open(&nrf.gpio, &nrf.bus);
    nrf_timer_model_open(&nrf.timer, &nrf.bus);
    nrf_uart_model_open(&nrf.uart, &nrf.clock, &nrf.gpio, &nrf.bus);
    nrf.uart.console = console;
    nrf.uart.tx = facts->tx;
    nrf.uart.rx = facts->rx;
    struct model *const models[] = {&nrf.nvmc.model, &nrf.nvmc.ficr,   &nrf.nvmc.uicr, &nrf.clock.model,
                                    &nrf.gpio.model, &nrf.timer.model, &nrf.uart.model};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        soc_add_model(&nrf.soc, models[i]);
    }
}

static struct soc *nrf_machine_open(const void *facts, const struct model_console *console,
                                    struct machine_flash *flash)
{
    nrf.facts = facts;
    const struct nvmc_part *part = nvmc_part_find(nrf.facts->part);
    if (part == NULL || part->family != NVMC_NRF51) {
        return NULL;
    }
    nrf.soc = (struct soc){.name = nrf.facts->name,
                           .clock_hz = &CLOCK_HZ,
                           .flash_ns = &nrf.nvmc.worked_ns,
                           .bus = &nrf.bus,
                           .reset = nrf_reset};
    soc_add_cpu(&nrf.soc, &(struct soc_cpu){.kind = CORTEX_M0, .interrupts = INTERRUPTS, .vectors = 0});
    soc_add_memory(&nrf.soc,
                   &(struct soc_memory){.base = RAM, .size = nrf.facts->ram_size, .flags = SOC_EXECUTE | SOC_DMA});
    open_models(nrf.facts, part, console);
    soc_add_window(&nrf.soc, &nrf.nvmc.window);
    *flash = (struct machine_flash){.geometry = &nrf.nvmc.geometry, .cells = &nrf.cells};
    return &nrf.soc;
}

static void nrf_machine_describe(struct machine_description *description)
{
    snprintf(nrf.console, sizeof nrf.console, "UART0, P0.%02u and P0.%02u", nrf.facts->tx, nrf.facts->rx);
    *description = (struct machine_description){.part = nrf.facts->part,
                                                .series = "nrf51",
                                                .store = "internal",
                                                .console = nrf.console,
                                                .console_waits = true,
                                                .flash_base = 0};
    kit_segments_describe(&nrf.facts->rom, &nrf.nvmc.geometry, nrf.segments, description);
}

const struct machine_family nrf_machine_family = {
    .name = "nrf", .open = nrf_machine_open, .describe = nrf_machine_describe};
