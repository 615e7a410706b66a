/*
 * The internal flash of the STM32H743, H747 (and H742, H745, H753 to H757) and H723 (and H725, H73x).
 *
 * The part, its size and whether it has one or two banks are read from the chip, so one driver serves all. A chip
 * whose option bytes swap the banks is refused. Offsets are those of addresses: a part of 1 MB with two banks has a
 * hole of 512 KiB between them, which reads as bad and can be neither programmed nor erased.
 *
 * A flash word (32 bytes) is programmed once after an erase, at 64 bits of parallelism, for which the chip needs 1.8
 * V. A word that power failure has torn is a bus fault when the CPU reads it: read() and probe() of this flash tell
 * it by -MPROM_EBADMSG instead. The L1 caches may be on or off.
 *
 * Erase and program run from RAM with interrupts masked for one sector's erase, or for one word, whichever bank the
 * program is in.
 */
#ifndef MPROM_FLASH_H7_H
#define MPROM_FLASH_H7_H

#include "mprom/flash.h"

struct mprom_flash_h7 {
    struct mprom_flash flash; /* hand &h7->flash to whoever wants a flash */
    struct mprom_flash_geometry geometry;
    struct mprom_flash_region region;
    uint32_t bank_size;    /* bytes that a bank has */
    uint32_t polls_per_ms; /* at least so many reads of a status register take a millisecond */
};

/*
 * Finds out what flash the chip has. clock_hz is the CPU's clock, for time-outs.
 *
 * Returns 0, or -MPROM_EOPNOTSUPP if the chip is none of those above, has its banks swapped, or says that it has a
 * size that they do not come in.
 */
int mprom_flash_h7_open(struct mprom_flash_h7 *h7, uint32_t clock_hz);

#endif
