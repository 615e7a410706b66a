/*
 * A SPI-NOR chip by itself, and one at the QUADSPI of an STM32F767, for whoever loads this module: wasm32, without an
 * operating system. nor.mjs drives it.
 */
#include <string.h>

#include "chips/stm32/model/serial_flash_model.h"
#include "emulator/parts/nor_parts.h"

#define EXPORT __attribute__((visibility("default")))

enum {
    PLANES_SIZE = 4 * (8 << 20), /* of a W25Q64 */
    TEXT_SIZE = 200,
    PORTS = 5,
};

static uint8_t planes[PLANES_SIZE];
static struct cells cells;
static struct nor_chip chip;
static char said[TEXT_SIZE];

static struct model_bus bus;
static struct rcc_model rcc;
static struct gpio_model ports[PORTS];
static struct serial_flash_model serial;

static const struct mprom_stm32_board board = {
    .name = "WASM",
    .part = "STM32F767II",
    .serial = {{PORT_B, 6, 10}, {PORT_B, 2, 9}, {PORT_D, 11, 9}, {PORT_D, 12, 9}, {PORT_E, 2, 9}, {PORT_D, 13, 9}},
    .chip = "w25q64"};

/* The first one counts. */
static void note(void *ctx, const char *text)
{
    (void)ctx;
    if (said[0] == '\0' && strlen(text) < sizeof said) {
        memcpy(said, text, strlen(text) + 1);
    }
}

EXPORT const char *violation(void);
EXPORT int chip_open(void);
EXPORT void chip_select(void);
EXPORT uint32_t chip_exchange(uint32_t byte);
EXPORT void chip_deselect(void);
EXPORT void chip_pass_us(uint32_t us);
EXPORT uint32_t chip_byte(uint32_t off);
EXPORT int board_open(void);
EXPORT uint32_t board_read(uint32_t address, uint32_t size);
EXPORT void board_write(uint32_t address, uint32_t size, uint32_t value);
EXPORT void board_pass_us(uint32_t us);

/* What went wrong since the last open; empty if nothing did. */
const char *violation(void)
{
    return said;
}

int chip_open(void)
{
    const struct nor_part *part = nor_part_find("w25q64");
    said[0] = '\0';
    if (cells_planes_size(part->geometry) > sizeof planes || cells_open_planes(&cells, part->geometry, planes) != 0) {
        return -1;
    }
    cells.hooks.violation = note;
    nor_chip_open(&chip, part, &cells);
    chip.hooks.violation = note;
    return 0;
}

void chip_select(void)
{
    nor_chip_select(&chip);
}

uint32_t chip_exchange(uint32_t byte)
{
    return nor_chip_exchange(&chip, NOR_SHIFT, 1, (uint8_t)byte);
}

void chip_deselect(void)
{
    nor_chip_deselect(&chip);
}

void chip_pass_us(uint32_t us)
{
    nor_chip_tick(&chip, (uint64_t)us * 1000);
}

uint32_t chip_byte(uint32_t off)
{
    return cells.bytes[off];
}

int board_open(void)
{
    said[0] = '\0';
    bus = (struct model_bus){.report = note};
    rcc_model_open(&rcc, PART_F7, &bus);
    for (uint32_t i = 0; i < PORTS; i++) {
        gpio_model_open(&ports[i], i, &rcc, &bus);
    }
    if (!serial_flash_model_open(&serial, &board, &rcc, ports, &cells, &bus) ||
        cells_open_planes(&cells, serial.chip.part->geometry, planes) != 0) {
        return -1;
    }
    serial_flash_model_reset(&serial);
    return 0;
}

static bool is_at(const struct model *model, uint32_t address)
{
    return address - model->base < model->size;
}

static struct model *model_at(uint32_t address)
{
    if (is_at(&rcc.model, address)) {
        return &rcc.model;
    }
    for (uint32_t i = 0; i < PORTS; i++) {
        if (is_at(&ports[i].model, address)) {
            return &ports[i].model;
        }
    }
    for (uint32_t i = 0; i < SERIAL_FLASH_MODELS; i++) {
        if (serial.models[i] != NULL && is_at(serial.models[i], address)) {
            return serial.models[i];
        }
    }
    model_violation(&bus, "access at 0x%08x, where nothing is", address);
    return NULL;
}

uint32_t board_read(uint32_t address, uint32_t size)
{
    const struct model *model = model_at(address);
    return model != NULL ? model->read(model->ctx, address - model->base, size) : 0;
}

void board_write(uint32_t address, uint32_t size, uint32_t value)
{
    const struct model *model = model_at(address);
    if (model != NULL) {
        model->write(model->ctx, address - model->base, size, value);
    }
}

void board_pass_us(uint32_t us)
{
    const struct model *model = serial.models[0];
    model->tick(model->ctx, (uint64_t)us * 1000);
}
