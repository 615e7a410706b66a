/* The parts of the stand-in for MicroPython's alif port, on a PC. */
#ifndef MPROM_TESTS_FAKES_ALIF_H
#define MPROM_TESTS_FAKES_ALIF_H

#include <stdbool.h>
#include <stdint.h>

/* Where an address lies in the partition; ends the program if size bytes from there do not. */
uint32_t alif_off(uint32_t address, uint32_t size);

/* Whether FAULTMASK is set. */
bool alif_faults_are_masked(void);

#endif
