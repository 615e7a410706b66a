/* The chip: CPU, memories and models of a board. */
#include "chips/kit/model/kit_segments.h"
#include "chips/template/board.h"
#include "chips/template/model/flash_model.h"
#include "chips/template/model/peripherals.h"
#include "emulator/machine/target.h"

static const uint32_t CLOCK_HZ = 16000000;

enum {
    RAM = 0x20000000,
    RAM_SIZE = 128 << 10,
    INTERRUPTS = 32,
};

static struct {
    const struct mprom_template_board *facts;
    struct machine_segment segments[MPROM_KIT_SEGMENTS_MAX];
    struct soc soc;
    struct model_bus bus;
    struct cells cells;
    struct template_flash_model flash;
    struct template_uart_model uart;
    struct template_counter_model counter;
} chip;

static void chip_reset(void *ctx)
{
    (void)ctx;
    template_flash_model_reset(&chip.flash, &chip.cells);
    template_uart_model_reset(&chip.uart);
    template_counter_model_reset(&chip.counter);
}

static struct soc *machine_open(const void *facts, const struct model_console *console, struct machine_flash *flash)
{
    chip.facts = facts;
    template_flash_model_open(&chip.flash, &chip.bus);
    template_uart_model_open(&chip.uart, console, &chip.bus);
    template_counter_model_open(&chip.counter, &chip.bus);
    chip.soc = (struct soc){.name = chip.facts->name,
                            .clock_hz = &CLOCK_HZ,
                            .flash_ns = &chip.flash.worked_ns,
                            .bus = &chip.bus,
                            .reset = chip_reset};
    soc_add_cpu(&chip.soc,
                &(struct soc_cpu){.kind = CORTEX_M0, .interrupts = INTERRUPTS, .vectors = chip.flash.window.base});
    soc_add_memory(&chip.soc, &(struct soc_memory){.base = RAM, .size = RAM_SIZE, .flags = SOC_EXECUTE | SOC_DMA});
    soc_add_window(&chip.soc, &chip.flash.window);
    soc_add_model(&chip.soc, &chip.flash.model);
    soc_add_model(&chip.soc, &chip.uart.model);
    soc_add_model(&chip.soc, &chip.counter.model);
    *flash = (struct machine_flash){.geometry = &chip.flash.geometry, .cells = &chip.cells};
    return &chip.soc;
}

static void machine_describe(struct machine_description *description)
{
    *description = (struct machine_description){.part = chip.facts->part,
                                                .series = "m0",
                                                .store = "internal",
                                                .console = "UART",
                                                .flash_base = chip.flash.window.base};
    kit_segments_describe(&chip.facts->rom, &chip.flash.geometry, chip.segments, description);
}

extern const struct machine_family template_machine_family;
const struct machine_family template_machine_family = {
    .name = "template", .open = machine_open, .describe = machine_describe};
