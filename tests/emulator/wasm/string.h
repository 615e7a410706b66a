/* What freestanding code may need of a C library; there is none for wasm32. memory.c has them. */
#ifndef MPROM_TESTS_WASM_STRING_H
#define MPROM_TESTS_WASM_STRING_H

#include <stddef.h>

void *memcpy(void *dst, const void *src, size_t size);
void *memmove(void *dst, const void *src, size_t size);
void *memset(void *dst, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);

#endif
