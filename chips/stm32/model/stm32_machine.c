#include "chips/stm32/model/stm32_machine.h"

#include <stdio.h>

#include "chips/kit/model/kit_segments.h"
#include "chips/stm32/model/clock_model.h"
#include "chips/stm32/model/dma_model.h"
#include "chips/stm32/model/internal_flash_model.h"
#include "chips/stm32/model/peripherals.h"
#include "chips/stm32/model/serial_flash_model.h"

static const uint8_t usart_numbers[] = {1, 2, 3, 6};

static const uint32_t FLASH_BASE = 0x08000000;
static const uint32_t ITCM = 0x00000000;
static const uint32_t CCM = 0x10000000;
static const uint32_t DTCM = 0x20000000;

enum {
    USARTS = sizeof usart_numbers / sizeof usart_numbers[0],
    FLASH_REACH_MAX = 2 << 20,
};

static struct {
    const struct mprom_stm32_board *facts;
    struct machine_segment segments[MPROM_KIT_SEGMENTS_MAX];
    char console[32];
    struct soc soc;
    struct model_bus bus;
    struct cells cells;   /* of the flash with the segments */
    struct cells program; /* of the internal flash, if that is another */
    bool has_serial;
    struct internal_flash_model flash;
    struct cortex_m7_model m7; /* of an H7 with its segments in the internal flash */
    bool has_m7;
    struct serial_flash_model serial;
    struct pwr_model pwr;
    struct rcc_model rcc;
    struct clock_model clock;
    struct gpio_model ports[GPIO_PORTS];
    struct timer_model timer;
    struct usart_model usarts[USARTS];
    struct dma_model dmas[2];
    struct constant_model device;
    struct constant_model flash_size;
} stm32;

/* Until the supply of an H7 is chosen, RAM is not to be relied on (RM0399 7.4.1). */
static bool stm32_memory_is_ready(void *ctx)
{
    (void)ctx;
    return stm32.pwr.is_configured;
}

static void stm32_reset(void *ctx)
{
    (void)ctx;
    if (stm32.has_serial) {
        serial_flash_model_reset(&stm32.serial);
    }
    if (stm32.has_m7) {
        cortex_m7_model_reset(&stm32.m7);
    }
    internal_flash_model_reset(&stm32.flash, stm32.has_serial ? &stm32.program : &stm32.cells);
    pwr_model_reset(&stm32.pwr);
    rcc_model_reset(&stm32.rcc);
    for (int i = 0; i < GPIO_PORTS; i++) {
        gpio_model_reset(&stm32.ports[i]);
    }
    timer_model_reset(&stm32.timer);
    dma_model_reset(&stm32.dmas[0]);
    dma_model_reset(&stm32.dmas[1]);
    for (int i = 0; i < USARTS; i++) {
        usart_model_reset(&stm32.usarts[i]);
    }
}

static void add_model(struct model *model)
{
    soc_add_model(&stm32.soc, model);
}

static void open_usarts(const struct mprom_stm32_board *facts, enum part_family family,
                        const struct model_console *console)
{
    for (int i = 0; i < USARTS; i++) {
        struct usart_model *usart = &stm32.usarts[i];
        usart_model_open(usart, usart_numbers[i], family, &stm32.rcc, &stm32.bus);
        usart->ports = stm32.ports;
        usart->tx = facts->tx;
        usart->rx = facts->rx;
        usart->console = usart_numbers[i] == facts->uart ? console : NULL;
        usart_model_connect_dma(usart, stm32.dmas);
        add_model(&usart->model);
    }
}

static void open_dmas(enum part_family family)
{
    for (uint32_t i = 0; i < 2; i++) {
        dma_model_open(&stm32.dmas[i], i + 1, family, &stm32.rcc, &stm32.dmas[0], &stm32.bus);
        add_model(&stm32.dmas[i].model);
    }
    if (family == PART_H7) {
        add_model(&stm32.dmas[0].mux);
    }
}

static void open_models(const struct mprom_stm32_board *facts, const struct stm32_part *part,
                        const struct model_console *console)
{
    const struct family_layout *layout = family_layout(part->family);
    internal_flash_model_open(&stm32.flash, part, stm32.has_m7 ? &stm32.m7 : NULL, &stm32.bus);
    add_model(stm32.flash.model);
    rcc_model_open(&stm32.rcc, part->family, &stm32.bus);
    add_model(&stm32.rcc.model);
    if (part->family == PART_H7) {
        pwr_model_open(&stm32.pwr, facts->supply, &stm32.bus);
        add_model(&stm32.pwr.model);
    }
    if (part->family == PART_F7) {
        clock_model_open(&stm32.clock, facts->hse_hz, &stm32.flash.f4.acr, &stm32.rcc, &stm32.bus);
        stm32.flash.f4.acr_changed = clock_model_check;
        stm32.flash.f4.acr_ctx = &stm32.clock;
        add_model(&stm32.clock.pwr);
    }
    for (uint32_t i = 0; i < GPIO_PORTS; i++) {
        gpio_model_open(&stm32.ports[i], i, &stm32.rcc, &stm32.bus);
        add_model(&stm32.ports[i].model);
    }
    timer_model_open(&stm32.timer, &stm32.rcc, &stm32.bus);
    add_model(&stm32.timer.model);
    open_dmas(part->family);
    open_usarts(facts, part->family, console);
    constant_model_open(&stm32.device, "DBGMCU_IDCODE", layout->device_address, 4, 0x20000000u | part->device,
                        &stm32.bus);
    add_model(&stm32.device.model);
    constant_model_open(&stm32.flash_size, "the flash's size", part->size_address, 2, part->flash_size / 1024,
                        &stm32.bus);
    add_model(&stm32.flash_size.model);
}

/* The caches of an H7 are in use; those of an F7 whose segments lie in the internal flash stay off. */
static bool open_m7(const struct stm32_part *part)
{
    stm32.has_m7 = part->family == PART_H7 && !stm32.has_serial;
    if (!stm32.has_m7) {
        return true;
    }
    for (int i = 0; i < CORTEX_M7_MODELS; i++) {
        add_model(&stm32.m7.models[i]);
    }
    return cortex_m7_model_open(&stm32.m7, stm32_part_cache_kib(part), FLASH_BASE, FLASH_REACH_MAX, &stm32.bus);
}

/* The segments lie in a serial flash; the internal one is only in memory, for the program. */
static bool open_serial(const struct mprom_stm32_board *facts)
{
    if (cells_open_memory(&stm32.program, stm32.flash.geometry) ||
        !serial_flash_model_open(&stm32.serial, facts, &stm32.rcc, stm32.ports, &stm32.cells, &stm32.bus)) {
        return false;
    }
    for (int i = 0; i < SERIAL_FLASH_MODELS; i++) {
        if (stm32.serial.models[i] != NULL) {
            add_model(stm32.serial.models[i]);
        }
    }
    soc_add_window(&stm32.soc, &stm32.serial.lines->window);
    stm32.soc.flash_ns = &stm32.serial.chip.worked_ns;
    return true;
}

/* Tightly coupled memories are the CPU's own: the CCM of an F4, which holds no code; ITCM; DTCM of an H7. */
static uint32_t memory_flags(const struct stm32_part *part, uint32_t base)
{
    if (base == CCM) {
        return 0;
    }
    bool is_apart = base == ITCM || (base == DTCM && part->family == PART_H7);
    return is_apart ? SOC_EXECUTE : SOC_EXECUTE | SOC_DMA;
}

static void open_soc(const char *name, const struct stm32_part *part)
{
    stm32.soc = (struct soc){
        .name = name,
        .clock_hz = &stm32.rcc.clock_hz,
        .bus = &stm32.bus,
        .reset = stm32_reset,
        .memory_is_ready = part->family == PART_H7 ? stm32_memory_is_ready : NULL,
    };
    soc_add_cpu(&stm32.soc, &(struct soc_cpu){.kind = part->family == PART_F4 ? CORTEX_M4 : CORTEX_M7,
                                              .interrupts = stm32_part_interrupts(part),
                                              .vectors = FLASH_BASE});
    for (int i = 0; i < STM32_MEMORIES_MAX && part->memories[i].size != 0; i++) {
        uint32_t base = part->memories[i].base;
        soc_add_memory(
            &stm32.soc,
            &(struct soc_memory){.base = base, .size = part->memories[i].size, .flags = memory_flags(part, base)});
    }
}

static struct soc *stm32_machine_open(const void *facts, const struct model_console *console,
                                      struct machine_flash *flash)
{
    const struct mprom_stm32_board *board = facts;
    stm32.facts = board;
    const struct stm32_part *part = stm32_part_find(board->part);
    if (part == NULL) {
        return NULL;
    }
    open_soc(board->name, part);
    stm32.has_serial = board->chip != NULL;
    if (!open_m7(part)) {
        return NULL;
    }
    open_models(board, part, console);
    soc_add_window(&stm32.soc, stm32.flash.window);
    stm32.soc.flash_ns = stm32.flash.worked_ns;
    *flash = (struct machine_flash){.geometry = stm32.flash.geometry, .cells = &stm32.cells};
    if (stm32.has_serial) {
        if (!open_serial(board)) {
            return NULL;
        }
        flash->geometry = stm32.serial.chip.part->geometry;
        flash->may_hang = true;
    }
    return &stm32.soc;
}

static char port_letter(struct mprom_stm32_pin pin)
{
    return (char)('A' + pin.port);
}

static const char *store_name(const struct stm32_part *part)
{
    if (stm32.has_serial) {
        return stm32_part_has_octospi(part) ? "octospi" : "quadspi";
    }
    return part->family == PART_H7 ? "internal_h7" : "internal";
}

static void stm32_machine_describe(struct machine_description *description)
{
    static const char *const series[] = {[PART_F4] = "F4", [PART_F7] = "F7", [PART_H7] = "H7"};
    const struct mprom_stm32_board *facts = stm32.facts;
    const struct stm32_part *part = stm32_part_find(facts->part);
    const struct mprom_flash_geometry *geometry =
        stm32.has_serial ? stm32.serial.chip.part->geometry : stm32.flash.geometry;
    snprintf(stm32.console, sizeof stm32.console, "USART%u, P%c%u and P%c%u", facts->uart, port_letter(facts->tx),
             facts->tx.number, port_letter(facts->rx), facts->rx.number);
    *description = (struct machine_description){
        .part = facts->part,
        .series = series[part->family],
        .store = store_name(part),
        .console = stm32.console,
        .flash_base = stm32.has_serial ? SERIAL_MODEL_WINDOW : FLASH_BASE,
    };
    kit_segments_describe(&facts->rom, geometry, stm32.segments, description);
}

const struct machine_family stm32_machine_family = {
    .name = "stm32", .open = stm32_machine_open, .describe = stm32_machine_describe};
