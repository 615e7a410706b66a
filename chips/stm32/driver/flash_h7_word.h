/*
 * Loads from the internal flash of the STM32H742 to H757 and H723 to H735, whose flash words power failure can tear: a
 * plain load of such a word is a bus fault. Also for firmware that erases and programs by other means.
 */
#ifndef MPROM_FLASH_H7_WORD_H
#define MPROM_FLASH_H7_WORD_H

#include <stdint.h>

/*
 * Reads size bytes from off, from the start of the flash, or only looks whether they read well if dst is NULL. There
 * must be flash. The L1 caches may be on or off. Runs with interrupts masked for one flash word at a time.
 *
 * Returns 0, or -MPROM_EBADMSG for a torn word; what lies before it has been read then.
 */
int mprom_flash_h7_load(uint32_t off, void *dst, uint32_t size);

#endif
