/*
 * The driver of the NVMC on a controller that others have modelled: QEMU's microbit. Prints what it found and did; the
 * Python test compares that with what it must be.
 */
#include <string.h>

#include "arch/cortex_m/startup.h"
#include "chips/nrf/driver/nvmc.h"

#ifndef MISTAKE
#define MISTAKE 0
#endif

/* UART0: chips/nrf/facts.md. */
static volatile uint32_t *const uart = (volatile uint32_t *)0x40002000;
static volatile uint32_t *const config = (volatile uint32_t *)0x4001E504;

enum {
    UART_STARTTX = 0x008 / 4,
    UART_TXDRDY = 0x11C / 4,
    UART_ENABLE = 0x500 / 4,
    UART_PSELTXD = 0x50C / 4,
    UART_TXD = 0x51C / 4,

    SEGMENT = 0x2D000,
    PAGE = 1024,
};

static struct mprom_nvmc nvmc;
static uint8_t bytes[2 * PAGE];

void mprom_startup_power_up(void)
{
}

static void put_text(const char *text)
{
    for (; *text != '\0'; text++) {
        uart[UART_TXDRDY] = 0;
        uart[UART_TXD] = (uint8_t)*text;
        while (uart[UART_TXDRDY] == 0) {
        }
    }
}

static void show(const char *name, uint32_t value)
{
    char text[] = " 00000000\n";
    for (int i = 0; i < 8; i++) {
        text[1 + i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
    }
    put_text(name);
    put_text(text);
}

static void report(const char *what, int result)
{
    show(what, (uint32_t)-result);
}

static uint32_t word_at(uint32_t off)
{
    uint32_t word = 0;
    report("read", mprom_flash_read(&nvmc.flash, off, &word, sizeof word));
    return word;
}

/* Semihosting SYS_EXIT, "application exit". */
static void leave(void)
{
    register uint32_t operation __asm__("r0") = 0x18;
    register uint32_t reason __asm__("r1") = 0x20026;
    __asm__ volatile("bkpt 0xAB" : : "r"(operation), "r"(reason) : "memory");
}

static void erase_and_program(void)
{
    const struct mprom_flash *flash = &nvmc.flash;
    show("before", word_at(SEGMENT));
    report("erase", mprom_flash_erase(flash, SEGMENT, 3 * PAGE));
    show("blank", (uint32_t)mprom_flash_is_blank(flash, SEGMENT, 3 * PAGE));
    show("left of it", word_at(SEGMENT - 4));
    show("right of it", word_at(SEGMENT + 3 * PAGE));
    for (uint32_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + (i >> 8));
    }
    report("program", mprom_flash_program(flash, SEGMENT + PAGE / 2, bytes + 1, 2000));
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < 2000; i++) {
        wrong += ((const uint8_t *)(SEGMENT + PAGE / 2))[i] != bytes[1 + i];
    }
    show("wrong", wrong);
    show("behind it", word_at(SEGMENT + PAGE / 2 + 2000));
    show("mode", *config);
}

static void refuse(void)
{
    const struct mprom_flash *flash = &nvmc.flash;
    report("program at 2", flash->ops->program(flash, SEGMENT + 2, bytes, 4));
    report("program of 6", flash->ops->program(flash, SEGMENT, bytes, 6));
    report("erase at 512", flash->ops->erase(flash, SEGMENT + PAGE / 2, PAGE));
    show("as it was", word_at(SEGMENT));
    report("erase of 0", flash->ops->erase(flash, 0, PAGE));
    report("first", flash->ops->program(flash, SEGMENT, "\xF0\xF0\xF0\xF0", 4));
    report("again", flash->ops->program(flash, SEGMENT, "\x3C\x3C\x3C\x3C", 4));
    show("both", word_at(SEGMENT));
    show("mode", *config);
}

int main(void)
{
    uart[UART_ENABLE] = 4;
    uart[UART_PSELTXD] = 24;
    uart[UART_STARTTX] = 1;
    report("open", mprom_nvmc_open(&nvmc, &mprom_nvmc_nrf51, 0, 16000000));
    report("check", mprom_flash_check(&nvmc.flash));
    show("size", nvmc.geometry.size);
    show("page", nvmc.region.erase_size);
    show("protected", nvmc.protected_size);
    erase_and_program();
    refuse();
    if (MISTAKE) {
        *(volatile uint32_t *)SEGMENT = 0;
    }
    leave();
    return 0;
}
