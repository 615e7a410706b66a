#include "serial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/cortex_m/cortex_m7.h"
#include "arch/mmio.h"
#include "chips/stm32/driver/octospi.h"
#include "chips/stm32/driver/quadspi.h"

static const uint32_t SYSTEM = 0xE000E000;

/* Those of a PYBD_SF6, of a WEACTSTUDIO_MINI_STM32H743 and of its H723: the same pins. */
static const char *const parts[SERIAL_KINDS] = {"STM32F767II", "STM32H743VI", "STM32H723VG"};
static const struct mprom_stm32_pin pins[MPROM_STM32_SERIAL_PINS] = {
    {PORT_B, 6, 10}, {PORT_B, 2, 9}, {PORT_D, 11, 9}, {PORT_D, 12, 9}, {PORT_E, 2, 9}, {PORT_D, 13, 9}};

static void add_model(struct model *model)
{
    int i = 0;
    while (bus.models[i] != NULL) {
        i++;
    }
    assert_true(i < BUS_MODELS_MAX);
    bus.models[i] = model;
}

static void pin_set(const struct serial_rig *rig, struct mprom_stm32_pin pin)
{
    const struct family_layout *layout = rig->rcc.layout;
    uint32_t port = layout->gpio_base + 0x400u * pin.port;
    uint32_t function = port + 0x20 + 4u * (pin.number / 8u);
    uint32_t enable = layout->rcc_base + layout->rcc[RCC_GPIO_ENABLE].off;
    mprom_mmio_write32(enable, mprom_mmio_read32(enable) | 1u << pin.port);
    mprom_mmio_write32(port, (mprom_mmio_read32(port) & ~(3u << pin.number * 2)) | 2u << pin.number * 2);
    mprom_mmio_write32(function, mprom_mmio_read32(function) | (uint32_t)pin.function << pin.number % 8 * 4);
}

void serial_rig_open(struct serial_rig *rig, enum serial_kind kind, const char *chip)
{
    memset(rig, 0, sizeof *rig);
    bus_open();
    rig->kind = kind;
    rig->board.part = parts[kind];
    rig->board.chip = chip;
    memcpy(rig->board.serial, pins, sizeof pins);
    rcc_model_open(&rig->rcc, stm32_part_find(parts[kind])->family, &bus.side);
    add_model(&rig->rcc.model);
    for (uint32_t i = 0; i < SERIAL_PORTS; i++) {
        gpio_model_open(&rig->ports[i], i, &rig->rcc, &bus.side);
        add_model(&rig->ports[i].model);
    }
    assert_true(serial_flash_model_open(&rig->serial, &rig->board, &rig->rcc, rig->ports, &rig->cells, &bus.side));
    bus_open_cells(&rig->cells, rig->serial.chip.part->geometry);
    for (int i = 0; i < SERIAL_FLASH_MODELS; i++) {
        if (rig->serial.models[i] != NULL) {
            add_model(rig->serial.models[i]);
        }
    }
    bus.window = &rig->serial.lines->window;
    serial_rig_reset(rig);
}

void serial_rig_reset(struct serial_rig *rig)
{
    rcc_model_reset(&rig->rcc);
    serial_flash_model_reset(&rig->serial);
    for (int i = 0; i < SERIAL_PORTS; i++) {
        gpio_model_reset(&rig->ports[i]);
    }
    for (int i = 0; i < MPROM_STM32_SERIAL_PINS; i++) {
        pin_set(rig, pins[i]);
    }
}

static void wait_us(uint32_t us)
{
    bus_pass((uint64_t)us * 1000);
}

void serial_rig_start(struct serial_rig *rig)
{
    if (rig->kind == SERIAL_OCTOSPI) {
        mprom_octospi_open(&rig->driver, 2, wait_us);
    } else if (rig->kind == SERIAL_QUADSPI_H7) {
        mprom_quadspi_open(&rig->driver, &mprom_quadspi_h7, 2, wait_us);
    } else {
        mprom_quadspi_open(&rig->driver, &mprom_quadspi_f7, 1, wait_us);
    }
    assert_int_equal(mprom_spi_nor_start(&rig->nor, &rig->driver.bus), 0);
}

void serial_rig_open_driver(struct serial_rig *rig, enum serial_kind kind, const char *chip)
{
    serial_rig_open(rig, kind, chip);
    mprom_cortex_m7_cache_start();
    serial_rig_start(rig);
    rig->flash = &rig->nor.flash;
    assert_int_equal(mprom_flash_check(rig->flash), 0);
    assert_string_equal(bus.first_violation, "");
}

void serial_rig_close(struct serial_rig *rig)
{
    cells_close(&rig->cells);
}

void serial_mpu(uint32_t rasr)
{
    mprom_mmio_write32(SYSTEM + 0xD98, 7);
    mprom_mmio_write32(SYSTEM + 0xD9C, 0x90000000);
    mprom_mmio_write32(SYSTEM + 0xDA0, rasr);
    mprom_mmio_write32(SYSTEM + 0xD94, 5);
}

static void each_set(uint32_t operation, uint32_t ways)
{
    uint32_t sets = (mprom_mmio_read32(SYSTEM + 0xD80) >> 13 & 0x7FFF) + 1;
    for (uint32_t i = 0; i < sets * ways; i++) {
        mprom_mmio_write32(operation, i / sets << 30 | i % sets << 5);
    }
    mprom_mmio_write32(SYSTEM + 0xF50, 0);
}

void serial_caches_start(void)
{
    each_set(SYSTEM + 0xF60, 4);
    mprom_mmio_write32(SYSTEM + 0xD14, 0x30200);
}

void serial_caches_drop(uint32_t ways)
{
    each_set(SYSTEM + 0xF74, ways);
}

void serial_access(uint32_t address, enum model_access kind)
{
    const struct model_window *window = bus.window;
    if (window->guarded(window->ctx)) {
        window->access(window->ctx, address - window->base, 4, kind);
    }
}
