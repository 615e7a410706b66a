/* Stand-in for the header of Alif's MRAM functions. */
#ifndef MPROM_TESTS_FAKES_ALIF_MRAM_H
#define MPROM_TESTS_FAKES_ALIF_MRAM_H

#include <stdint.h>

void mram_write_128bit(uint8_t *dst, const uint8_t *src);

#endif
