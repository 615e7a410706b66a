#ifndef MPROM_TESTS_FLASH_AST1030_H
#define MPROM_TESTS_FLASH_AST1030_H

#include <stdint.h>

void put_text(const char *text);
void put_hex(uint32_t value, int digits);

/* The program; start-up calls it once. */
void run(void);

#endif
