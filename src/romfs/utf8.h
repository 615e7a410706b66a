/*
 * UTF-8, one byte at a time: no overlong forms, no surrogates, nothing above U+10FFFF. Private to src/romfs.
 */
#ifndef MPROM_ROMFS_UTF8_H
#define MPROM_ROMFS_UTF8_H

#include <stdbool.h>
#include <stdint.h>

/* Zeroed at the start of a text. */
struct mprom_romfs_utf8 {
    uint8_t left; /* bytes that the character still needs; 0 where a text may end */
    uint8_t low;  /* the range of the next of them */
    uint8_t high;
};

/* Takes the next byte. Returns false if no text goes on like that; the state is void then. */
bool mprom_romfs_utf8_push(struct mprom_romfs_utf8 *utf8, uint8_t byte);

#endif
