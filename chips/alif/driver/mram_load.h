/*
 * Reads of MRAM that may be torn: what a cut leaves of a granule may be a word that error correction gives up, and a
 * plain load of it is a bus fault. Also linked into MicroPython's own port.
 */
#ifndef MPROM_ALIF_MRAM_LOAD_H
#define MPROM_ALIF_MRAM_LOAD_H

#include <stdint.h>

/*
 * Loads size bytes, off from the start of MRAM, to dst; only tries to if dst is NULL. off + size lies in MRAM.
 * Interrupts and faults are masked for 64 bytes at a time.
 *
 * Returns 0, or -MPROM_EBADMSG if the CPU met a bus fault; dst then holds rubbish.
 */
int mprom_alif_mram_load(uint32_t off, void *dst, uint32_t size);

#endif
