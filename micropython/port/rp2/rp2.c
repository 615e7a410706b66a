/*
 * Where the partition of the rp2 port begins, as a symbol for check_fits. The port itself does not look whether its
 * program reaches into it.
 */
#include "py/mpconfig.h"

#include "hardware/flash.h"

#ifndef MICROPY_HW_FLASH_STORAGE_BASE
#define MICROPY_HW_FLASH_STORAGE_BASE (PICO_FLASH_SIZE_BYTES - MICROPY_HW_FLASH_STORAGE_BYTES)
#endif

void mprom_rp2_say_start(void);
void mprom_rp2_say_start(void)
{
    __asm__ volatile(".global mprom_partition_start\n.set mprom_partition_start, %c0" ::"i"(
        XIP_BASE + MICROPY_HW_FLASH_STORAGE_BASE - MICROPY_HW_ROMFS_BYTES));
}
