/* The L1 caches of a Cortex-M7, for drivers of memory that changes behind them. */
#ifndef MPROM_CORTEX_M7_H
#define MPROM_CORTEX_M7_H

#include <stdint.h>

/* Turns both caches on, empty; they are off, as after a reset. */
void mprom_cortex_m7_cache_start(void);

/* What is read from an address on is new. Nothing in the range has been stored to. */
void mprom_cortex_m7_cache_drop(uint32_t address, uint32_t size);

/* The same for loads only, not for what is executed. */
void mprom_cortex_m7_data_drop(uint32_t address, uint32_t size);

/*
 * As mprom_cortex_m7_cache_drop() for all memory, whatever was stored to; takes as long as writing the whole cache
 * back.
 */
void mprom_cortex_m7_cache_drop_all(void);

#endif
