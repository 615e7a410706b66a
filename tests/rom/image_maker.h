/*
 * Images for tests, put together byte by byte from the format's page and not with the project's builder: one file "f"
 * of pseudo-random bytes, padding to the size that is wanted, and a seal if wanted.
 */
#ifndef MPROM_TESTS_ROM_IMAGE_MAKER_H
#define MPROM_TESTS_ROM_IMAGE_MAKER_H

#include <stdbool.h>
#include <stdint.h>

enum {
    IMAGE_SIZE_MIN = 32
};

/* Fills image with exactly size bytes (even, at least IMAGE_SIZE_MIN) that depend on seed. */
void make_image(uint8_t *image, uint32_t size, uint32_t seed, bool sealed);

enum image_contents {
    IMAGE_RANDOM,
    IMAGE_SPARSE,  /* one kilobyte in 64 is random, the others are FF */
    IMAGE_RECORDS, /* empty padding records: from any even offset on, a reader finds nothing wrong */
};

/* The same with other contents of the file. */
void make_image_of(uint8_t *image, uint32_t size, uint32_t seed, bool sealed, enum image_contents contents);

enum {
    IMAGE_SIZE_SMALL = 50
};

/* An image of IMAGE_SIZE_SMALL bytes as `mprom build` makes them: if sealed, with an info record that says so. */
void make_small_image(uint8_t *image, uint32_t seed, bool sealed);

/* CRC-32, bit by bit, to compare with the library's. */
uint32_t image_crc(const uint8_t *bytes, uint32_t size);

#endif
