/*
 * Images for the stranger's sweep, put together from docs/format.md: one file of random bytes, with a seal or
 * without.
 */
#ifndef MPROM_TESTS_STRANGER_IMAGE_H
#define MPROM_TESTS_STRANGER_IMAGE_H

#include "powerloss/stranger_flash.h"

enum {
    STRANGER_IMAGE_MIN = 40,
};

struct stranger_image {
    uint8_t bytes[STRANGER_FLASH_SIZE];
    uint32_t size;
    bool is_sealed;
};

/* Makes an image of `size` bytes, at least STRANGER_IMAGE_MIN; of one less where no image has that size. */
void stranger_image_make(struct stranger_image *image, struct stranger_random *random, uint32_t size, bool is_sealed);

/* The same image with some bytes of its file changed: most blocks hold what they held before. */
void stranger_image_edit(struct stranger_image *image, struct stranger_random *random);

#endif
