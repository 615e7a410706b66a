#include "stm32_machine.h"

#include "flash_f4_model.h"
#include "peripherals.h"
#include "serial_flash_model.h"

static const uint8_t usart_numbers[] = {1, 2, 3, 6};

enum {
    USARTS = sizeof usart_numbers / sizeof usart_numbers[0],
    CLOCK_HZ = 16000000,
};

static struct {
    struct machine_board board;
    struct model_report report;
    struct cells cells;   /* of the flash with the segments */
    struct cells program; /* of the internal flash, if that is another */
    bool has_serial;
    struct flash_f4_model flash;
    struct serial_flash_model serial;
    struct rcc_model rcc;
    struct gpio_model ports[GPIO_PORTS];
    struct timer_model timer;
    struct usart_model usarts[USARTS];
    struct constant_model device;
    struct constant_model flash_size;
} stm32;

static void stm32_reset(void *ctx)
{
    (void)ctx;
    if (stm32.has_serial) {
        serial_flash_model_reset(&stm32.serial);
        stm32.board.mapped.bytes = stm32.serial.quadspi.lines.window.bytes;
    }
    flash_f4_model_reset(&stm32.flash, stm32.has_serial ? &stm32.program : &stm32.cells);
    stm32.board.window.bytes = stm32.flash.window.bytes;
    rcc_model_reset(&stm32.rcc);
    for (int i = 0; i < GPIO_PORTS; i++) {
        gpio_model_reset(&stm32.ports[i]);
    }
    timer_model_reset(&stm32.timer);
    for (int i = 0; i < USARTS; i++) {
        usart_model_reset(&stm32.usarts[i]);
    }
}

static void add_model(struct model *model)
{
    int i = 0;
    while (stm32.board.models[i] != NULL) {
        i++;
    }
    stm32.board.models[i] = model;
}

static void open_usarts(const struct stm32_board *facts, bool is_f7, const struct machine_console *console)
{
    for (int i = 0; i < USARTS; i++) {
        struct usart_model *usart = &stm32.usarts[i];
        usart_model_open(usart, usart_numbers[i], is_f7, &stm32.rcc, &stm32.report);
        usart->ports = stm32.ports;
        usart->tx = facts->tx;
        usart->rx = facts->rx;
        usart->console = usart_numbers[i] == facts->uart ? console : NULL;
        add_model(&usart->model);
    }
}

static void open_models(const struct stm32_board *facts, const struct stm32_part *part,
                        const struct machine_console *console)
{
    flash_f4_model_open(&stm32.flash, part, part->optcr, &stm32.report);
    add_model(&stm32.flash.model);
    rcc_model_open(&stm32.rcc, part->is_f7, &stm32.report);
    add_model(&stm32.rcc.model);
    for (uint32_t i = 0; i < GPIO_PORTS; i++) {
        gpio_model_open(&stm32.ports[i], i, &stm32.rcc, &stm32.report);
        add_model(&stm32.ports[i].model);
    }
    timer_model_open(&stm32.timer, &stm32.rcc, &stm32.report);
    add_model(&stm32.timer.model);
    open_usarts(facts, part->is_f7, console);
    constant_model_open(&stm32.device, "DBGMCU_IDCODE", 0xE0042000, 4, 0x20000000u | part->device, &stm32.report);
    add_model(&stm32.device.model);
    constant_model_open(&stm32.flash_size, "the flash's size", part->size_address, 2, part->flash_size / 1024,
                        &stm32.report);
    add_model(&stm32.flash_size.model);
}

/* The segments lie in a serial flash; the internal one is only in memory, for the program. */
static bool open_serial(const struct stm32_board *facts)
{
    if (cells_open_memory(&stm32.program, &stm32.flash.geometry) ||
        !serial_flash_model_open(&stm32.serial, facts, &stm32.rcc, stm32.ports, &stm32.cells, &stm32.report)) {
        return false;
    }
    add_model(&stm32.serial.quadspi.model);
    for (int i = 0; i < CORTEX_M7_MODELS; i++) {
        add_model(&stm32.serial.m7.models[i]);
    }
    stm32.board.mapped = stm32.serial.quadspi.lines.window;
    return true;
}

struct machine_board *stm32_machine_open(const void *facts, const struct machine_console *console,
                                         struct machine_flash *flash)
{
    const struct stm32_board *board = facts;
    const struct stm32_part *part = stm32_part_find(board->part);
    if (part == NULL) {
        return NULL;
    }
    stm32.board = (struct machine_board){
        .name = board->name,
        .cpu = part->is_f7 ? MACHINE_CORTEX_M7 : MACHINE_CORTEX_M4,
        .clock_hz = CLOCK_HZ,
        .report = &stm32.report,
        .reset = stm32_reset,
    };
    for (int i = 0; i < STM32_MEMORIES_MAX; i++) {
        stm32.board.memories[i] = (struct machine_memory){part->memories[i].base, part->memories[i].size};
    }
    open_models(board, part, console);
    stm32.board.window = stm32.flash.window;
    *flash = (struct machine_flash){.geometry = &stm32.flash.geometry, .cells = &stm32.cells};
    stm32.has_serial = board->chip != NULL;
    if (stm32.has_serial) {
        if (!open_serial(board)) {
            return NULL;
        }
        flash->geometry = stm32.serial.chip.part->geometry;
    }
    return &stm32.board;
}
