/*
 * The emulated CPU is a Cortex-M33: Unicorn has no Cortex-M55. What the firmware uses of it, both have, but for the
 * caches, which the firmware leaves off.
 */
#include "chips/alif/model/alif_machine.h"

#include <stdio.h>

#include "chips/alif/model/mram_model.h"
#include "chips/alif/model/ospi_model.h"
#include "chips/alif/model/peripherals.h"
#include "chips/kit/model/kit_segments.h"

static const uint32_t DTCM = 0x20000000;
static const uint32_t MRAM = 0x80000000;

enum {
    INTERRUPTS = 480,
    DEAF_US = 36000, /* each chip at power-up as an ISSI may be after a cut: the firmware must bear that */
    PAD_READ = 0x01,
    PAD_PULL_UP = 0x08,
};

/* By core. */
static const struct {
    const char *series;
    uint32_t clock_hz;
    uint32_t dtcm_size;
    uint32_t vectors;
} cores[] = {
    [MPROM_ALIF_HP] = {"hp", 400000000, 1 << 20, 0x80020000},
    [MPROM_ALIF_HE] = {"he", 160000000, 256 << 10, 0x80320000},
};

static struct {
    const struct mprom_alif_board *facts;
    struct machine_segment segments[MPROM_KIT_SEGMENTS_MAX];
    char console[40];
    uint64_t worked_ns;
    struct soc soc;
    struct model_bus bus;
    struct cells mram_cells;
    struct machine_flash mram_flash;
    struct cells octal_cells;
    struct octal_chip chip;
    struct ospi_model ospi;
    struct armv8m_model armv8m;
    struct mram_model mram;
    struct alif_pins_model pins;
    struct alif_uart_model uart;
    struct alif_refclk_model refclk;
    struct alif_utimer_model utimer;
} alif;

/* What resets a core leaves the system counter alone; nobody here reads it before it is started again. */
static void alif_reset(void *ctx)
{
    (void)ctx;
    armv8m_model_reset(&alif.armv8m);
    armv8m_model_leave_region(&alif.armv8m, 3, 0x80000006, 0x8057FFE0); /* as OpenMV's boot loader: MRAM, read-only */
    mram_model_reset(&alif.mram, &alif.mram_cells);
    if (alif.facts->octal.chip != NULL) {
        ospi_model_reset(&alif.ospi);
        alif.ospi.window.bytes = alif.octal_cells.bytes;
    }
    alif_pins_model_reset(&alif.pins);
    alif_uart_model_reset(&alif.uart);
    alif_refclk_model_reset(&alif.refclk);
    alif_utimer_model_reset(&alif.utimer);
}

static void open_models(const struct model_console *console)
{
    alif_pins_model_open(&alif.pins, &alif.bus);
    alif_uart_model_open(&alif.uart, &alif.pins, alif.facts, &alif.bus);
    alif_refclk_model_open(&alif.refclk, &alif.bus);
    alif_utimer_model_open(&alif.utimer, &alif.bus);
    alif.uart.console = console;
    struct model *const models[] = {&alif.pins.pinmux,    &alif.pins.clocks,   &alif.uart.model,
                                    &alif.refclk.control, &alif.refclk.reader, &alif.utimer.global,
                                    &alif.utimer.channel};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        soc_add_model(&alif.soc, models[i]);
    }
}

/* What may be written of MRAM is where the images are; where the facts say otherwise, they are wrong. */
static bool open_mram(void)
{
    armv8m_model_open(&alif.armv8m, &alif.bus);
    mram_model_open(&alif.mram, &alif.armv8m, &alif.worked_ns, &alif.bus);
    alif.mram.first_off = 0x47E000;
    alif.mram.end_off = 0x57E000;
    for (int i = 0; i < ARMV8M_MODELS; i++) {
        soc_add_model(&alif.soc, &alif.armv8m.models[i]);
    }
    soc_add_window(&alif.soc, &alif.mram.window);
    const struct mprom_kit_segment *segment = &alif.facts->rom.segments[alif.facts->rom.segment_count - 1];
    return segment->off >= alif.mram.first_off && segment->off + segment->size <= alif.mram.end_off;
}

/* Whether the pins of OSPI are connected: asked before each command. */
static bool pins_are_right(void *ctx)
{
    const struct mprom_alif_octal_facts *facts = &alif.facts->octal;
    bool right = alif_pins_model_has(&alif.pins, &facts->quiet, PAD_READ | PAD_PULL_UP);
    (void)ctx;
    for (uint32_t i = 0; i < facts->pin_count; i++) {
        right = right && alif_pins_model_has(&alif.pins, &facts->pins[i], PAD_READ);
    }
    return right;
}

static bool open_octal(void)
{
    const struct mprom_alif_octal_facts *facts = &alif.facts->octal;
    const struct octal_part *part = octal_part_find(facts->chip);
    if (part == NULL || facts->number > 1) {
        return false;
    }
    octal_chip_open(&alif.chip, part, &alif.octal_cells, &alif.worked_ns);
    octal_chip_power_on(&alif.chip, DEAF_US);
    ospi_model_open(&alif.ospi, facts->number, &alif.chip, &alif.armv8m, &alif.bus);
    alif.ospi.pins_are_right = pins_are_right;
    soc_add_model(&alif.soc, &alif.ospi.model);
    soc_add_model(&alif.soc, &alif.ospi.aes);
    soc_add_window(&alif.soc, &alif.ospi.window);
    return true;
}

static struct soc *alif_machine_open(const void *facts, const struct model_console *console,
                                     struct machine_flash *flash)
{
    alif.facts = facts;
    alif.soc = (struct soc){.name = alif.facts->name,
                            .clock_hz = &cores[alif.facts->core].clock_hz,
                            .flash_ns = &alif.worked_ns,
                            .bus = &alif.bus,
                            .reset = alif_reset};
    soc_add_cpu(
        &alif.soc,
        &(struct soc_cpu){.kind = CORTEX_M33, .interrupts = INTERRUPTS, .vectors = cores[alif.facts->core].vectors});
    soc_add_memory(&alif.soc, &(struct soc_memory){
                                  .base = DTCM, .size = cores[alif.facts->core].dtcm_size, .flags = SOC_EXECUTE});
    bool has_octal = alif.facts->octal.chip != NULL;
    if (!open_mram() || (has_octal && !open_octal())) {
        return NULL;
    }
    open_models(console);
    alif.mram_flash =
        (struct machine_flash){.geometry = &alif.mram.geometry, .cells = &alif.mram_cells, .file = "mram"};
    *flash = alif.mram_flash;
    if (has_octal) {
        *flash = (struct machine_flash){.geometry = alif.chip.part->geometry,
                                        .cells = &alif.octal_cells,
                                        .second = &alif.mram_flash,
                                        .may_hang = true};
    }
    return &alif.soc;
}

static void alif_machine_describe(struct machine_description *description)
{
    const struct mprom_alif_board *facts = alif.facts;
    bool has_octal = facts->octal.chip != NULL;
    snprintf(alif.console, sizeof alif.console, "UART%u, P%u_%u and P%u_%u", facts->uart, facts->tx.port,
             facts->tx.pin, facts->rx.port, facts->rx.pin);
    *description = (struct machine_description){.part = facts->part,
                                                .series = cores[facts->core].series,
                                                .store = has_octal ? "octal" : "mram",
                                                .console = alif.console,
                                                .console_waits = true,
                                                .flash_base = has_octal ? alif.ospi.window.base : MRAM,
                                                .second_flash_base = MRAM};
    kit_segments_describe(&facts->rom, has_octal ? alif.chip.part->geometry : &alif.mram.geometry, alif.segments,
                          description);
}

const struct machine_family alif_machine_family = {
    .name = "alif", .open = alif_machine_open, .describe = alif_machine_describe};
