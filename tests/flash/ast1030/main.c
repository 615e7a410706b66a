/*
 * The SPI-NOR driver on a machine and a chip that others have modelled: QEMU's ast1030-evb with a w25q256. Prints
 * what it found and did; the Python test compares that, and the chip's contents, with what they must be.
 */
#include "ast1030.h"
#include "mprom/spi_nor.h"

#include <string.h>

/*
 * The flash controller, AST1030 data sheet, FMC: configuration (bit 16 lets chip 0 be written), control (bit 0: chip
 * 0 takes four address bytes), and chip 0's control register (user mode, and chip select with it). In user mode each
 * byte written to the chip's window is sent, each read from it received.
 */
static volatile uint32_t *const fmc = (volatile uint32_t *)0x7e620000;
static volatile uint8_t *const window = (volatile uint8_t *)0x80000000;

enum {
    FMC_CONFIG = 0,
    FMC_CONFIG_WRITABLE = 1 << 16,
    FMC_CONTROL = 1,
    FMC_CHIP_0 = 4,
    FMC_SELECT = 3,
    FMC_DESELECT = 7,
};

static int transfer(void *ctx, const struct mprom_spi_nor_command *command)
{
    (void)ctx;
    fmc[FMC_CONTROL] = command->address_size == 4;
    fmc[FMC_CHIP_0] = FMC_SELECT;
    *window = command->opcode;
    for (int i = command->address_size - 1; i >= 0; i--) {
        *window = (uint8_t)(command->address >> 8 * i);
    }
    for (int clocks = command->dummy_clocks; clocks > 0; clocks -= 8) {
        *window = 0xFF;
    }
    for (uint32_t i = 0; i < command->size; i++) {
        if (command->in != NULL) {
            command->in[i] = *window;
        } else {
            *window = command->out[i];
        }
    }
    fmc[FMC_CHIP_0] = FMC_DESELECT;
    return 0;
}

/* More than enough at any speed that a Cortex-M4 has; QEMU's chip is never busy. */
static void wait_us(void *ctx, uint32_t us)
{
    (void)ctx;
    for (volatile uint32_t turns = us * 64; turns > 0; turns--) {
    }
}

static const struct mprom_spi_nor_bus_ops ops = {.transfer = transfer, .wait_us = wait_us};
static const struct mprom_spi_nor_bus bus = {.ops = &ops, .lanes = 1};
static struct mprom_spi_nor nor;
static uint8_t bytes[1024];

static void report(const char *what, int result)
{
    put_text(what);
    put_text(result == 0 ? " ok\n" : " failed: ");
    if (result != 0) {
        put_hex((uint32_t)-result, 2);
        put_text("\n");
    }
}

static void show(const char *name, uint32_t value)
{
    put_text(name);
    put_text(" ");
    put_hex(value, 8);
    put_text("\n");
}

static void show_geometry(void)
{
    show("id", (uint32_t)nor.id[0] << 16 | (uint32_t)nor.id[1] << 8 | nor.id[2]);
    show("size", nor.geometry.size);
    show("page", nor.geometry.page_size);
    show("erase", nor.region.erase_size);
    for (int i = 0; i < MPROM_FLASH_ERASE_SIZES_MAX && nor.geometry.large_erase_sizes[i] != 0; i++) {
        show("large", nor.geometry.large_erase_sizes[i]);
    }
    show("address", nor.address_size);
    show("read", nor.read.opcode);
}

/* What the test has put there before the start. */
static void show_contents(const char *name, uint32_t off)
{
    int err = mprom_flash_read(&nor.flash, off, bytes, 4);
    show(name, err == 0 ? (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3]
                        : (uint32_t)err);
}

void run(void)
{
    const struct mprom_flash *flash = &nor.flash;
    const uint32_t middle = 1u << 24;
    fmc[FMC_CONFIG] |= FMC_CONFIG_WRITABLE;
    int err = mprom_spi_nor_start(&nor, &bus);
    report("start", err);
    if (err) {
        return;
    }
    show_geometry();
    show_contents("low", 0x100);
    show_contents("high", middle + 0x100);
    show_contents("last", nor.geometry.size - 4);
    for (uint32_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + (i >> 8));
    }
    /* 4K, 64K and 32K erases, over the boundary that three address bytes reach to. */
    report("erase", mprom_flash_erase(flash, middle - 4096, 4096 + 65536 + 32768));
    report("program", mprom_flash_program(flash, middle - 300, bytes, sizeof bytes));
    memset(bytes, 0, sizeof bytes);
    report("read", mprom_flash_read(flash, middle - 300, bytes, sizeof bytes));
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < sizeof bytes; i++) {
        wrong += bytes[i] != (uint8_t)(i * 7 + (i >> 8));
    }
    show("wrong", wrong);
    show("blank", (uint32_t)mprom_flash_is_blank(flash, middle + 1024, 65536 + 32768 - 1024));
    report("sync", mprom_flash_sync(flash));
}
