/*
 * A range of flash as a block device that MicroPython's filesystems can use.
 */
#ifndef MPROM_FLASH_DISK_H
#define MPROM_FLASH_DISK_H

#include "py/obj.h"

#include "mprom/flash.h"

/*
 * A new block device over size bytes of flash from off on; its blocks are the erase blocks there, which must all be
 * of one size. flash must outlive it. Raises MemoryError or OSError.
 */
mp_obj_t flash_disk_new(const struct mprom_flash *flash, uint32_t off, uint32_t size);

/*
 * Mounts the disk's littlefs at "/" and makes that the current directory. A blank disk gets a new filesystem; one
 * that holds something else is left alone. Does not raise.
 *
 * Returns 0, or a negative errno if nothing was mounted.
 */
int flash_disk_mount(const struct mprom_flash *flash, uint32_t off, uint32_t size);

#endif
