/*
 * Stand-in for the flash functions of MicroPython's alif port, on a PC, with their quirks and those of the chip. flash.h
 * has what the environment says, besides:
 *
 *   FAKE_KIND   mram: the HE core, whose partition lies in MRAM; ospi: the HP core, whose lies in an octal flash
 *   FAKE_NONE   set: the board has no partition
 *   FAKE_START  address of the partition, if the board's configuration has it wrong
 */
#include <stdlib.h>
#include <string.h>

#include "extmod/vfs.h"
#include "py/objarray.h"
#include "py/runtime.h"

#include "irq.h"
#include "mpu.h"
#include "mram.h"
#include "ospi_flash.h"
#include "tests/micropython/fakes/alif.h"
#include "tests/micropython/fakes/flash.h"

#define KIB(count) ((count)*1024u)

enum {
    WINDOW = 0xC0000000, /* of OSPI1 */
    GPIO_PRIORITY = 50 << 1
};

struct alif_core {
    const char *name;
    uint32_t start; /* address of the partition */
    struct mprom_flash_geometry geometry;
};

static const struct mprom_flash_region blocks = {.erase_size = KIB(4), .count = 32};

static const struct alif_core cores[] = {
    {.name = "mram",
     .start = 0x8047E000,
     .geometry = {.size = KIB(128),
                  .regions = &blocks,
                  .region_count = 1,
                  .program_size = 16,
                  .page_size = 16,
                  .erased_value = 0x00,
                  .overwrites = true,
                  .bad_read_faults = true}},
    /* With ISSI's error correction on, which allows one program of 16 bytes. */
    {.name = "ospi",
     .start = 0xC1000000,
     .geometry = {.size = KIB(128),
                  .regions = &blocks,
                  .region_count = 1,
                  .program_size = 16,
                  .page_size = 256,
                  .program_count = 1,
                  .erased_value = 0xFF}},
};

static const struct alif_core *core;
static bool is_writable; /* MRAM, by the MPU */
static uint32_t primask;
static uint32_t basepri;

mp_obj_t fake_rom_ioctl(size_t n_args, const mp_obj_t *args);

static void open_core(void)
{
    const char *name = getenv("FAKE_KIND");
    for (size_t i = 0; i < MP_ARRAY_SIZE(cores); i++) {
        if (name && strcmp(name, cores[i].name) == 0) {
            core = &cores[i];
        }
    }
    if (core == NULL) {
        fake_violation("FAKE_KIND is wrong");
    }
    fake_flash_open(&core->geometry, false);
    fake_flash_map(core->start);
}

mp_obj_t fake_rom_ioctl(size_t n_args, const mp_obj_t *args)
{
    if (core == NULL) {
        open_core();
    }
    if (getenv("FAKE_NONE") || n_args != 2 || mp_obj_get_int(args[0]) != MP_VFS_ROM_IOCTL_GET_SEGMENT ||
        args[1] != MP_OBJ_NEW_SMALL_INT(0)) {
        return MP_OBJ_NEW_SMALL_INT(-MPROM_EINVAL);
    }
    const char *start = getenv("FAKE_START");
    uintptr_t address = start ? strtoul(start, NULL, 0) : core->start;
    return mp_obj_new_memoryview('B', core->geometry.size, (void *)address); // NOLINT: as the port's linker script
}

uint32_t alif_off(uint32_t address, uint32_t size)
{
    uint32_t off = address - core->start;
    if (off >= core->geometry.size || size > core->geometry.size - off) {
        fake_violation("an access outside of the partition");
    }
    return off;
}

uint32_t disable_irq(void)
{
    uint32_t before = primask;
    if (is_writable) {
        fake_violation("MRAM was left writable");
    }
    if (before || alif_faults_are_masked()) {
        fake_violation("interrupts were left masked");
    }
    primask = 1;
    return before;
}

void enable_irq(uint32_t state)
{
    primask = state;
}

uint32_t raise_irq_pri(uint32_t priority)
{
    if (primask || basepri) {
        fake_violation("interrupts were left masked");
    }
    basepri = priority;
    return 0;
}

void restore_irq_pri(uint32_t before)
{
    basepri = before;
}

/* It does so with interrupts masked, and leaves these as they were. */
void mpu_config_mram(bool read_only)
{
    is_writable = !read_only;
}

/* Two stores of 64 bits. An interrupt between them and the end of the write hangs MRAM. */
void mram_write_128bit(uint8_t *dst, const uint8_t *src)
{
    uint32_t off = alif_off((uint32_t)(uintptr_t)dst, 16);
    if (strcmp(core->name, "mram") != 0 || off % 16 != 0) {
        fake_violation("MRAM is written in granules of 16 bytes");
    }
    if (!is_writable) {
        fake_violation("memory fault: MRAM is read-only");
    }
    if (!primask) {
        fake_violation("an interrupt is taken while MRAM is written");
    }
    fake_flash_program(off, src, 16, false); /* no status tells of a failure */
    fake_flash_show(off, 16);
}

uintptr_t ospi_flash_get_xip_base(void)
{
    return WINDOW;
}

static void check_ospi(uint32_t address)
{
    if (strcmp(core->name, "ospi") != 0 || address % 2 != 0) {
        fake_violation("the octal flash takes even addresses");
    }
    if (!primask && (basepri == 0 || basepri > GPIO_PRIORITY)) {
        fake_violation("a pin's handler reads the window while it is closed");
    }
}

int ospi_flash_erase_sector(uint32_t address)
{
    uint32_t off = alif_off(WINDOW + address, KIB(4));
    check_ospi(address);
    int err = fake_flash_erase(off, KIB(4), false);
    fake_flash_show(off, KIB(4));
    return err;
}

int ospi_flash_write(uint32_t address, uint32_t size, const uint8_t *src)
{
    uint32_t off = alif_off(WINDOW + address, size);
    int err = 0;
    check_ospi(address);
    if (size % 4 != 0) {
        fake_violation("ospi_flash_write() has no end if the size is no multiple of 4");
    }
    if ((uintptr_t)src - WINDOW < 0x20000000) {
        fake_violation("the window is read while it is closed");
    }
    for (uint32_t done = 0, n; done < size && !err; done += n) {
        n = MIN(256 - (off + done) % 256, size - done);
        err = fake_flash_program(off + done, src + done, n, false);
    }
    fake_flash_show(off, size);
    return err;
}
