/*
 * Stand-in for the flash functions of MicroPython's stm32 port, on a PC, with their quirks and those of ST's HAL below.
 * flash.h has what the environment says, besides:
 *
 *   FAKE_KIND   f4, f7, h7: internal flash of an F405, F767, H743; qspi, xspi: a serial flash of 4 KiB blocks
 *   FAKE_NONE   set: the board has no partition
 *   FAKE_START  address of the partition, if the board's configuration has it wrong
 */
#include "tests/micropython/fakes/stm32.h"

#include <stdlib.h>
#include <string.h>

#include "extmod/vfs.h"
#include "py/objarray.h"
#include "py/runtime.h"

#include "drivers/memory/spiflash.h"
#include "storage.h"
#include "tests/micropython/fakes/flash.h"
#include <flash.h> /* the port's; there is another one beside this file */

#define KIB(count) ((count)*1024u)

/* RM0090 table 5, RM0410 table 3, RM0433 table 16: sectors of the whole flash, from 0x08000000. */
static const struct mprom_flash_region f4_sectors[] = {{KIB(16), 4}, {KIB(64), 1}, {KIB(128), 7}};
static const struct mprom_flash_region f7_sectors[] = {{KIB(32), 4}, {KIB(128), 1}, {KIB(256), 7}};
static const struct mprom_flash_region h7_sectors[] = {{KIB(128), 16}};

/* The last of the small sectors and the one of 64 KiB; the same of 32 and 128; four of bank 2. */
static const struct mprom_flash_region f4_partition[] = {{KIB(16), 1}, {KIB(64), 1}};
static const struct mprom_flash_region f7_partition[] = {{KIB(32), 1}, {KIB(128), 1}};
static const struct mprom_flash_region h7_partition[] = {{KIB(128), 4}};
static const struct mprom_flash_region qspi_partition[] = {{KIB(4), 64}};

#define REGIONS(list) .regions = (list), .region_count = MP_ARRAY_SIZE(list)

static const struct stm32_chip chips[] = {
    {.name = "f4",
     .start = 0x0800C000,
     .geometry = {.size = KIB(80), REGIONS(f4_partition), .program_size = 4, .page_size = 256, .erased_value = 0xFF}},
    {.name = "f7",
     .start = 0x08018000,
     .geometry = {.size = KIB(160), REGIONS(f7_partition), .program_size = 4, .page_size = 256, .erased_value = 0xFF},
     .has_l1 = true},
    {.name = "h7",
     .start = 0x08180000,
     .geometry = {.size = KIB(512),
                  REGIONS(h7_partition),
                  .program_size = 32,
                  .page_size = 256,
                  .program_count = 1,
                  .erased_value = 0xFF,
                  .bad_read_faults = true},
     .has_l1 = true,
     .has_words = true},
    {.name = "qspi",
     .start = 0x90100000,
     .geometry =
         {.size = KIB(256), REGIONS(qspi_partition), .program_size = 1, .page_size = 256, .erased_value = 0xFF},
     .window = 0x90000000},
    /* At double rate, with error correction over 16 bytes. */
    {.name = "xspi",
     .start = 0x70800000,
     .geometry = {.size = KIB(256),
                  REGIONS(qspi_partition),
                  .program_size = 16,
                  .page_size = 256,
                  .program_count = 1,
                  .erased_value = 0xFF},
     .window = 0x70000000},
};

const struct stm32_chip *stm32_chip;
spi_bdev_t spi_bdev;

mp_obj_t fake_rom_ioctl(size_t n_args, const mp_obj_t *args);

static void open_chip(void)
{
    const char *name = getenv("FAKE_KIND");
    for (size_t i = 0; i < MP_ARRAY_SIZE(chips); i++) {
        if (name && strcmp(name, chips[i].name) == 0) {
            stm32_chip = &chips[i];
        }
    }
    if (stm32_chip == NULL) {
        fake_violation("FAKE_KIND is wrong");
    }
    fake_flash_open(&stm32_chip->geometry, stm32_chip->geometry.program_size == 1);
    fake_flash_map(stm32_chip->start);
}

bool stm32_in_partition(uint32_t address, uint32_t size)
{
    uint32_t off = address - stm32_chip->start;
    return off < stm32_chip->geometry.size && size <= stm32_chip->geometry.size - off;
}

/* The port's own rom_ioctl(). */
mp_obj_t fake_rom_ioctl(size_t n_args, const mp_obj_t *args)
{
    if (stm32_chip == NULL) {
        open_chip();
    }
    if (getenv("FAKE_NONE") || n_args != 2 || mp_obj_get_int(args[0]) != MP_VFS_ROM_IOCTL_GET_SEGMENT ||
        args[1] != MP_OBJ_NEW_SMALL_INT(0)) {
        return MP_OBJ_NEW_SMALL_INT(-MPROM_EINVAL);
    }
    const char *start = getenv("FAKE_START");
    uintptr_t address = start ? strtoul(start, NULL, 0) : stm32_chip->start;
    return mp_obj_new_memoryview('B', stm32_chip->geometry.size,
                                 (void *)address); // NOLINT: as the port's linker script
}

/* The table that the port is built with; the serial flash's chip is an F722, whose table is that of an F405 up to 512K. */
static const struct mprom_flash_region *sectors(size_t *count)
{
    *count = stm32_chip->has_words ? 1 : 3;
    return stm32_chip->has_words ? h7_sectors : stm32_chip->has_l1 ? f7_sectors : f4_sectors;
}

int32_t flash_get_sector_info(uint32_t address, uint32_t *start, uint32_t *size)
{
    size_t count;
    const struct mprom_flash_region *region = sectors(&count);
    uint32_t at = 0x08000000;
    int32_t number = 0;
    for (size_t i = 0; i < count; i++) {
        for (uint32_t n = 0; n < region[i].count; n++, number++, at += region[i].erase_size) {
            if (address - at < region[i].erase_size) {
                *start = at;
                *size = region[i].erase_size;
                return number;
            }
        }
    }
    return -1;
}

bool flash_is_valid_addr(uint32_t address)
{
    uint32_t start;
    uint32_t size;
    return flash_get_sector_info(address, &start, &size) >= 0;
}

/* A Cortex-M4 has no cache but the flash's own, which ST's HAL looks after. */
static int written(int err, uint32_t address, uint32_t size)
{
    if (!stm32_chip->has_l1) {
        fake_flash_show(address - stm32_chip->start, size);
    }
    return err;
}

/* Erases the sector that the address lies in, whatever it is. Clears old errors. */
int flash_erase(uint32_t address)
{
    uint32_t start = 0;
    uint32_t size = 0;
    stm32_check_masked();
    if (stm32_chip->window != 0 || flash_get_sector_info(address, &start, &size) < 0 || start != address ||
        !stm32_in_partition(start, size)) {
        fake_violation("flash_erase() outside of the partition, or not at the start of a sector");
    }
    stm32_clear_errors_of_all();
    return written(fake_flash_erase(start - stm32_chip->start, size, false), start, size);
}

/* ST's HAL does nothing while there are old errors. */
int flash_write(uint32_t address, const uint32_t *src, uint32_t word_count)
{
    uint32_t unit = stm32_chip->geometry.program_size;
    uint32_t size = 4 * word_count;
    stm32_check_masked();
    if (stm32_chip->window != 0 || !stm32_in_partition(address, size)) {
        fake_violation("flash_write() outside of the partition");
    }
    if ((uintptr_t)src % sizeof *src != 0 || size % unit != 0) {
        fake_violation("flash_write() fills up the last flash word with ones, and takes aligned words only");
    }
    if (stm32_has_errors(address) || address % unit != 0) {
        return -MPROM_EIO;
    }
    return written(fake_flash_program(address - stm32_chip->start, src, size, false), address, size);
}

/* The window is closed to the CPU while commands are sent, by the MPU. */
static void check_serial(const mp_spiflash_t *flash, uint32_t address, const uint8_t *src, uint32_t size)
{
    uint32_t window = stm32_chip->window;
    stm32_check_masked();
    if (flash != &spi_bdev.spiflash || stm32_chip->window == 0 || !stm32_in_partition(window + address, size)) {
        fake_violation("the serial flash is written outside of the partition");
    }
    if (src != NULL && (uintptr_t)src - window < 0x10000000) {
        fake_violation("memory fault: the window is closed while the serial flash is written");
    }
}

struct _xspi_flash_t {
    int number;
};
const struct _xspi_flash_t xspi_flash2 = {2};
uint32_t xspi_get_xip_base(const struct _xspi_flash_t *self);
bool xspi_is_valid_addr(const struct _xspi_flash_t *self, uint32_t address);

uint32_t xspi_get_xip_base(const struct _xspi_flash_t *self)
{
    return self->number == 2 ? 0x70000000 : 0x90000000;
}

bool xspi_is_valid_addr(const struct _xspi_flash_t *self, uint32_t address)
{
    return address - xspi_get_xip_base(self) < 0x10000000;
}

int mp_spiflash_erase_block(mp_spiflash_t *flash, uint32_t address)
{
    uint32_t off = stm32_chip->window + address - stm32_chip->start;
    check_serial(flash, address, NULL, KIB(4));
    int err = fake_flash_erase(off, KIB(4), false);
    fake_flash_show(off, KIB(4));
    return err;
}

int mp_spiflash_write(mp_spiflash_t *flash, uint32_t address, size_t size, const uint8_t *src)
{
    uint32_t off = stm32_chip->window + address - stm32_chip->start;
    int err = 0;
    check_serial(flash, address, src, (uint32_t)size);
    for (uint32_t done = 0, n; done < size && !err; done += n) {
        n = MIN(256 - (off + done) % 256, (uint32_t)size - done);
        err = fake_flash_program(off + done, src + done, n, false);
    }
    fake_flash_show(off, (uint32_t)size);
    return err;
}
