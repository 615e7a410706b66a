/* The flashes of the STM32 family for the contract tests. A CPU of 1 MHz polls less until a driver gives up. */
#include "tests/chips/contract/contract.h"

#include <stddef.h>

#include "f4.h"
#include "h7.h"
#include "serial.h"

enum {
    SLOW_HZ = 1000000
};

static struct f4 f4;
static struct h7 h7;
static struct serial_rig serial;

static const struct mprom_flash *open_f4(const char *part)
{
    f4_open(&f4, part, 0);
    return mprom_flash_f4_open(&f4.driver, SLOW_HZ) ? NULL : &f4.driver.flash;
}

static const struct mprom_flash *open_f427(void)
{
    return open_f4("STM32F427VG");
}

static const struct mprom_flash *open_f765(void)
{
    return open_f4("STM32F765VI");
}

static void close_f4(void)
{
    f4_close(&f4);
}

static void hang_f4(void)
{
    f4.model.hangs = true;
}

static const struct mprom_flash *open_h7(const char *part)
{
    h7_open(&h7, part);
    return mprom_flash_h7_open(&h7.driver, SLOW_HZ) ? NULL : &h7.driver.flash;
}

static const struct mprom_flash *open_h743(void)
{
    return open_h7("STM32H743VI");
}

static const struct mprom_flash *open_h723(void)
{
    return open_h7("STM32H723VG");
}

static void close_h7(void)
{
    h7_close(&h7);
}

static void hang_h7(void)
{
    h7.model.hangs = true;
}

static const struct mprom_flash *open_quadspi_f7(void)
{
    serial_rig_open_driver(&serial, SERIAL_QUADSPI_F7, "w25q64");
    return serial.flash;
}

static const struct mprom_flash *open_quadspi_h7(void)
{
    serial_rig_open_driver(&serial, SERIAL_QUADSPI_H7, "w25q64");
    return serial.flash;
}

static const struct mprom_flash *open_octospi(void)
{
    serial_rig_open_driver(&serial, SERIAL_OCTOSPI, "w25q64");
    return serial.flash;
}

static void close_serial(void)
{
    serial_rig_close(&serial);
}

static void hang_serial(void)
{
    serial.serial.lines->hangs = true;
}

#define F4(part, opens)                                                                                              \
    {                                                                                                                \
        .name = "flash_f4.c, " part, .open = opens, .close = close_f4, .hang = hang_f4, .cells = &f4.cells,          \
        .busy = "while it is busy", .stray = "while programming is not enabled",                                     \
    }
#define H7(part, opens)                                                                                              \
    {                                                                                                                \
        .name = "flash_h7.c, " part, .open = opens, .close = close_h7, .hang = hang_h7, .cells = &h7.cells,          \
        .busy = "while its bank is busy", .stray = "while programming is not enabled",                               \
    }
#define SERIAL(controller, opens)                                                                                    \
    {                                                                                                                \
        .name = controller, .open = opens, .close = close_serial, .hang = hang_serial, .cells = &serial.cells,       \
        .busy = "while the controller is not in memory-mapped mode", .stray = "which can only be read",              \
    }

const struct contract_flash contract_flashes[] = {
    F4("STM32F427VG", open_f427),
    F4("STM32F765VI", open_f765),
    H7("STM32H743VI", open_h743),
    H7("STM32H723VG", open_h723),
    SERIAL("quadspi.c of an STM32F767, W25Q64", open_quadspi_f7),
    SERIAL("quadspi.c of an STM32H743, W25Q64", open_quadspi_h7),
    SERIAL("octospi.c, W25Q64", open_octospi),
    {0},
};
