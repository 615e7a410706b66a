/*
 * A directory of its own for a test that works on files: the test runs inside it.
 */
#ifndef MPROM_TESTS_ROMFS_BUILD_SCRATCH_H
#define MPROM_TESTS_ROMFS_BUILD_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

/* Set-up and tear-down for cmocka. */
int scratch_enter(void **state);
int scratch_leave(void **state);

void scratch_dir(const char *path);
void scratch_file(const char *path, const char *text);

/* A file of random bytes, and the same bytes to compare with, which the caller frees. */
void scratch_random(const char *path, size_t size, unsigned seed);
uint8_t *scratch_bytes(size_t size, unsigned seed);

/* The next number of a sequence that *seed starts. */
uint32_t scratch_next(uint32_t *seed);

#endif
