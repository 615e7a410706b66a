/*
 * Runs every function that takes an image over one that may hold anything, and compares what they say with each
 * other.
 */
#ifndef MPROM_TESTS_EXERCISE_H
#define MPROM_TESTS_EXERCISE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Opens, lists, walks, looks up, reads contents, info and seal, and checks. Reads every byte that it is given a
 * pointer to, so that a sanitizer sees one that is outside. Aborts with a message if
 *   - a walk that ends well finds other entries than the check counts,
 *   - an entry of a directory without equal names is not found where the walk met it,
 *   - an image without fault is one that the reader cannot walk.
 * Work is bounded by the size of the image.
 */
void exercise_image(const uint8_t *image, size_t size);

#endif
