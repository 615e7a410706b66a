/*
 * The driver of MRAM and the update layers, compiled for a Cortex-M55, on one that others have modelled: QEMU's mps3-an547.
 * RAM stands for MRAM; MPU, faults and 64-bit stores are the CPU's. Prints what it found and did; the Python test compares
 * that with what it must be, and gives the images.
 */
#include <string.h>

#include "arch/cortex_m/startup.h"
#include "chips/alif/driver/mram.h"
#include "images.h"
#include "mprom/rom.h"

#ifndef MISTAKE
#define MISTAKE 0
#endif

enum {
    SEGMENT = 0x47E000,
    SIZE = 0x100000,
    PIECE = 1000,
};

static const uint8_t *const memory = (const uint8_t *)0x80000000;

static struct mprom_alif_mram mram;
static struct mprom_rom rom;
static struct mprom_rom_segment segments[1];
static struct mprom_rom_state states[1];

void mprom_startup_power_up(void)
{
}

/* Semihosting: SYS_WRITE0, SYS_EXIT. */
static void call(uint32_t number, const void *argument)
{
    register uint32_t operation __asm__("r0") = number;
    register const void *value __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xAB" : "+r"(operation) : "r"(value) : "memory");
}

static void show(const char *name, uint32_t value)
{
    char text[] = " 00000000\n";
    for (int i = 0; i < 8; i++) {
        text[1 + i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
    }
    call(0x04, name);
    call(0x04, text);
}

static void report(const char *what, int result)
{
    show(what, (uint32_t)-result);
}

static void update(const uint8_t *image, uint32_t size)
{
    report("begin", mprom_rom_update_begin(&rom, 0, size));
    int err = 0;
    for (uint32_t off = 0; off < size && err == 0; off += PIECE) {
        err = mprom_rom_update_write(&rom, image + off, size - off < PIECE ? size - off : PIECE);
    }
    report("write", err);
    show("starts with", (uint32_t)memory[SEGMENT] << 16 | (uint32_t)memory[SEGMENT + 1] << 8 | memory[SEGMENT + 2]);
    report("commit", mprom_rom_update_commit(&rom));
    show("differs", (uint32_t)(memcmp(memory + SEGMENT, image, size) != 0));
}

static void verify(void)
{
    struct mprom_rom_image image = {0};
    report("verify", mprom_rom_verify(&rom, 0, MPROM_ROM_VERIFY_FULL, &image));
    show("state", image.state);
    show("size", image.size);
}

int main(void)
{
    report("open", mprom_alif_mram_open(&mram, SEGMENT, SIZE));
    report("check", mprom_flash_check(&mram.flash));
    segments[0] = (struct mprom_rom_segment){.name = "rom0", .flash = &mram.flash, .off = SEGMENT, .size = SIZE};
    report("init", mprom_rom_init(&rom, segments, states, 1, NULL));
    update(old_image, sizeof old_image);
    verify();
    update(new_image, sizeof new_image);
    verify();
    report("outside", mprom_flash_erase(&mram.flash, 0x57E000, 4096));
    report("erase", mprom_rom_erase(&rom, 0));
    show("blank", (uint32_t)mprom_flash_is_blank(&mram.flash, SEGMENT, 4096));
    if (MISTAKE) {
        *(volatile uint32_t *)(0x80000000 + SEGMENT) = 1; /* MRAM is closed: the CPU takes a fault */
    }
    call(0x04, "end\n");
    call(0x18, (const void *)0x20026);
    return 0;
}
