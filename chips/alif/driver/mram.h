/*
 * MRAM of the Ensemble E3 and E7. Offsets count from 0x80000000, where the CPU reads it.
 *
 * A granule of 16 bytes is written as a whole and replaces what was there; error correction covers it as a whole too.
 * Nothing is erased by the chip: erase fills a block with 00, which Alif's tools take for blank.
 *
 * What a cut leaves of the granule that was being written is not documented: its old bytes, its new ones, a mixture,
 * or a word that error correction gives up. The geometry says so (bad_read_faults), and reads go through probe().
 *
 * The code that writes runs from RAM with interrupts masked: silicon of revision A must not execute from MRAM
 * meanwhile. Between two writes the MPU keeps all of MRAM read-only.
 */
#ifndef MPROM_ALIF_MRAM_H
#define MPROM_ALIF_MRAM_H

#include "mprom/flash.h"

struct mprom_alif_mram {
    struct mprom_flash flash; /* hand &mram->flash to whoever wants a flash */
    uint32_t first_off;       /* what may be written begins here, */
    uint32_t end_off;         /* and ends here */
};

/*
 * Takes a region of the MPU (mpu.h) and makes MRAM read-only. What may be written is size bytes from first_off on,
 * whole blocks of 4 KiB; the rest holds boot loader, firmware and the table of contents, and is -MPROM_EROFS.
 *
 * Returns 0, or -MPROM_EINVAL if the range is not one of whole blocks in MRAM.
 */
int mprom_alif_mram_open(struct mprom_alif_mram *mram, uint32_t first_off, uint32_t size);

#endif
