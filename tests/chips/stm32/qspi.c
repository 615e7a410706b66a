#include "qspi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chips/mmio.h"
#include "chips/stm32/cortex_m7.h"

/* Those of a PYBD_SF6. */
static const struct stm32_pin pins[STM32_QUADSPI_PINS] = {{PORT_B, 6, 10}, {PORT_B, 2, 9}, {PORT_D, 11, 9},
                                                          {PORT_D, 12, 9}, {PORT_E, 2, 9}, {PORT_D, 13, 9}};

static void cells_violation(void *ctx, const char *text)
{
    (void)ctx;
    bus.report.violation(bus.report.ctx, text);
}

static void add_model(struct model *model)
{
    int i = 0;
    while (bus.models[i] != NULL) {
        i++;
    }
    assert_true(i < BUS_MODELS_MAX);
    bus.models[i] = model;
}

static void pin_set(struct stm32_pin pin)
{
    uint32_t port = 0x40020000 + 0x400u * pin.port;
    uint32_t function = port + 0x20 + 4u * (pin.number / 8u);
    mmio_write32(0x40023830, mmio_read32(0x40023830) | 1u << pin.port);
    mmio_write32(port, (mmio_read32(port) & ~(3u << pin.number * 2)) | 2u << pin.number * 2);
    mmio_write32(function, mmio_read32(function) | (uint32_t)pin.function << pin.number % 8 * 4);
}

void qspi_open(struct qspi *qspi, const char *part)
{
    memset(qspi, 0, sizeof *qspi);
    bus_open();
    qspi->board.chip = part;
    memcpy(qspi->board.quadspi, pins, sizeof pins);
    rcc_model_open(&qspi->rcc, PART_F7, &bus.report);
    add_model(&qspi->rcc.model);
    for (uint32_t i = 0; i < QSPI_PORTS; i++) {
        gpio_model_open(&qspi->ports[i], i, &qspi->rcc, &bus.report);
        add_model(&qspi->ports[i].model);
    }
    assert_true(
        serial_flash_model_open(&qspi->serial, &qspi->board, &qspi->rcc, qspi->ports, &qspi->cells, &bus.report));
    assert_int_equal(cells_open_memory(&qspi->cells, qspi->serial.chip.part->geometry), 0);
    qspi->cells.hooks.violation = cells_violation;
    serial_flash_model_reset(&qspi->serial);
    add_model(&qspi->serial.quadspi.model);
    for (int i = 0; i < CORTEX_M7_MODELS; i++) {
        add_model(&qspi->serial.m7.models[i]);
    }
    bus.window = &qspi->serial.quadspi.lines.window;
    for (int i = 0; i < STM32_QUADSPI_PINS; i++) {
        pin_set(pins[i]);
    }
}

static void wait_us(uint32_t us)
{
    bus_pass((uint64_t)us * 1000);
}

void qspi_open_driver(struct qspi *qspi, const char *part)
{
    qspi_open(qspi, part);
    cortex_m7_cache_start();
    quadspi_open(&qspi->driver, 1, wait_us);
    assert_int_equal(spi_nor_start(&qspi->nor, &qspi->driver.bus), 0);
    qspi->flash = &qspi->nor.flash;
    assert_int_equal(flash_check(qspi->flash), 0);
    assert_string_equal(bus.first_violation, "");
}

void qspi_close(struct qspi *qspi)
{
    serial_flash_model_close(&qspi->serial);
    cells_close(&qspi->cells);
}
