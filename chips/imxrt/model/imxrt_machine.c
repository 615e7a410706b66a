#include "chips/imxrt/model/imxrt_machine.h"

#include <stdio.h>
#include <string.h>

#include "chips/imxrt/model/boot_model.h"
#include "chips/imxrt/model/peripherals.h"
#include "chips/kit/model/kit_segments.h"
#include "emulator/parts/nor_parts.h"

enum {
    CACHE_KIB = 32,
    STATUS_2_QUAD = 2,
    UARTS = 2,
};

static struct {
    const struct mprom_imxrt_board *facts;
    const struct imxrt_part *part;
    struct machine_segment segments[MPROM_KIT_SEGMENTS_MAX];
    char console[48];
    struct soc soc;
    struct model_bus bus;
    struct cells cells;
    struct nor_chip chip;
    uint32_t root_hz; /* of FlexSPI */
    struct cortex_m7_model m7;
    struct flexspi_model flexspi;
    struct imxrt_ccm_model ccm;
    struct imxrt_iomuxc_model iomuxc;
    struct imxrt_rtwdog_model rtwdog;
    struct imxrt_gpt_model gpt;
    struct imxrt_dma_model dma;
    struct imxrt_lpuart_model uarts[UARTS];
} imxrt;

/* The flash chip has no reset of its own: it stays as it is. */
static void machine_reset(void *ctx)
{
    (void)ctx;
    cortex_m7_model_reset(&imxrt.m7);
    flexspi_model_reset(&imxrt.flexspi);
    imxrt_ccm_model_reset(&imxrt.ccm);
    imxrt_iomuxc_model_reset(&imxrt.iomuxc);
    imxrt_rtwdog_model_reset(&imxrt.rtwdog);
    imxrt_gpt_model_reset(&imxrt.gpt);
    imxrt_dma_model_reset(&imxrt.dma);
    for (int i = 0; i < UARTS; i++) {
        imxrt_lpuart_model_reset(&imxrt.uarts[i]);
    }
}

static const char *machine_boot(void *ctx, struct soc_start *start)
{
    (void)ctx;
    return imxrt_boot(imxrt.facts, &imxrt.flexspi, &imxrt.root_hz, start);
}

static bool machine_wants_reset(void *ctx)
{
    (void)ctx;
    return imxrt.rtwdog.fired;
}

static bool machine_memory_is_ready(void *ctx)
{
    (void)ctx;
    return imxrt_iomuxc_model_has_ram(&imxrt.iomuxc);
}

static void open_uarts(const struct model_console *console)
{
    for (uint32_t i = 0; i < (imxrt.part->is_rt1170 ? 1u : UARTS); i++) {
        uint32_t number = i == 0 ? 1 : 6;
        imxrt_lpuart_model_open(&imxrt.uarts[i], number, imxrt.part, &imxrt.ccm, &imxrt.iomuxc, &imxrt.dma,
                                &imxrt.bus);
        imxrt.uarts[i].console = imxrt.facts->uart == number ? console : NULL;
        soc_add_model(&imxrt.soc, &imxrt.uarts[i].model);
    }
}

static void open_models(const struct model_console *console)
{
    flexspi_model_open(&imxrt.flexspi, &(struct flexspi_wiring){imxrt.part, NULL, &imxrt.root_hz, &imxrt.chip,
                                                                &imxrt.m7, &imxrt.bus});
    imxrt_ccm_model_open(&imxrt.ccm, imxrt.part, &imxrt.bus);
    imxrt_iomuxc_model_open(&imxrt.iomuxc, imxrt.part, &imxrt.bus);
    imxrt_rtwdog_model_open(&imxrt.rtwdog, imxrt.part, &imxrt.bus);
    imxrt_gpt_model_open(&imxrt.gpt, imxrt.part, &imxrt.ccm, &imxrt.bus);
    imxrt_dma_model_open(&imxrt.dma, imxrt.part, &imxrt.ccm, &imxrt.bus);
    struct model *const models[] = {&imxrt.flexspi.model, &imxrt.ccm.model, &imxrt.iomuxc.pins, &imxrt.rtwdog.model,
                                    &imxrt.gpt.model,     &imxrt.dma.model, &imxrt.dma.mux};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        soc_add_model(&imxrt.soc, models[i]);
    }
    if (!imxrt.part->is_rt1170) {
        soc_add_model(&imxrt.soc, &imxrt.iomuxc.general);
    }
    for (int i = 0; i < CORTEX_M7_MODELS; i++) {
        soc_add_model(&imxrt.soc, &imxrt.m7.models[i]);
    }
    open_uarts(console);
}

static void open_soc(void)
{
    imxrt.soc = (struct soc){.name = imxrt.facts->name,
                             .clock_hz = &imxrt.part->cpu_hz,
                             .flash_ns = &imxrt.chip.worked_ns,
                             .bus = &imxrt.bus,
                             .reset = machine_reset,
                             .memory_is_ready = imxrt.part->banks != 0 ? machine_memory_is_ready : NULL,
                             .wants_reset = machine_wants_reset};
    soc_add_cpu(&imxrt.soc, &(struct soc_cpu){.kind = CORTEX_M7,
                                              .interrupts = imxrt.part->interrupts,
                                              .vectors = imxrt.part->window + imxrt.facts->program,
                                              .boot = machine_boot});
    for (int i = 0; i < IMXRT_MEMORIES_MAX && imxrt.part->memories[i].size != 0; i++) {
        soc_add_memory(&imxrt.soc, &(struct soc_memory){.base = imxrt.part->memories[i].base,
                                                        .size = imxrt.part->memories[i].size,
                                                        .flags = SOC_EXECUTE | SOC_DMA});
    }
}

/* A loader that reads on four lines has seen to the chip's quad enable. */
static struct soc *machine_open(const void *facts, const struct model_console *console, struct machine_flash *flash)
{
    imxrt.facts = facts;
    imxrt.part = imxrt_part_find(imxrt.facts->part);
    const struct nor_part *chip = nor_part_find(imxrt.facts->chip);
    if (imxrt.part == NULL || chip == NULL || (imxrt.facts->uart != 1 && imxrt.facts->uart != 6)) {
        return NULL;
    }
    nor_chip_open(&imxrt.chip, chip, &imxrt.cells);
    imxrt.chip.status[1] = imxrt.facts->has_loader ? STATUS_2_QUAD : 0;
    imxrt.root_hz = 1000000;
    if (!cortex_m7_model_open(&imxrt.m7, CACHE_KIB, imxrt.part->window, chip->geometry->size, &imxrt.bus)) {
        return NULL;
    }
    open_soc();
    open_models(console);
    soc_add_window(&imxrt.soc, &imxrt.flexspi.window);
    *flash = (struct machine_flash){.geometry = chip->geometry, .cells = &imxrt.cells};
    return &imxrt.soc;
}

static const char *series_name(void)
{
    return imxrt.part->is_rt1170 ? "RT1170" : strcmp(imxrt.part->name, "RT1062") == 0 ? "RT1060" : imxrt.part->name;
}

static void machine_describe(struct machine_description *description)
{
    snprintf(imxrt.console, sizeof imxrt.console, "LPUART%u, %s", imxrt.facts->uart,
             imxrt.part->is_rt1170    ? "AD_24 and AD_25"
             : imxrt.facts->uart == 6 ? "AD_B0_02 and AD_B0_03"
                                      : "AD_B0_12 and AD_B0_13");
    *description = (struct machine_description){.part = imxrt.facts->part,
                                                .series = series_name(),
                                                .store = "flexspi",
                                                .console = imxrt.console,
                                                .flash_base = imxrt.part->window};
    kit_segments_describe(&imxrt.facts->rom, imxrt.chip.part->geometry, imxrt.segments, description);
}

const struct machine_family imxrt_machine_family = {
    .name = "imxrt", .open = machine_open, .describe = machine_describe};
