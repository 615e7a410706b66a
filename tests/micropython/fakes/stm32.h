/* The parts of the stand-in for MicroPython's stm32 port, on a PC. */
#ifndef MPROM_TESTS_FAKES_STM32_H
#define MPROM_TESTS_FAKES_STM32_H

#include <stdbool.h>
#include <stdint.h>

#include "mprom/flash.h"

/* A chip, as FAKE_KIND names it: its partition and what is special about its flash. */
struct stm32_chip {
    const char *name;
    uint32_t start; /* address of the partition */
    struct mprom_flash_geometry geometry;
    uint32_t window; /* address of a serial flash's first byte; 0: internal */
    bool has_l1;     /* a Cortex-M7's caches */
    bool has_words;  /* flash words of 32 bytes, error correction, two banks with registers of their own: H7 */
};

extern const struct stm32_chip *stm32_chip;

/* Whether an address and size bytes from there lie in the partition. */
bool stm32_in_partition(uint32_t address, uint32_t size);

/* What must hold when the port's flash functions are called, else the program ends. */
void stm32_check_masked(void);

/* Errors of the flash controller that nobody has cleared, in the bank of the address. */
bool stm32_has_errors(uint32_t address);
void stm32_clear_errors_of_all(void);

#endif
