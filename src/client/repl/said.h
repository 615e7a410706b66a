/*
 * An answer that a board is asked for once more, because another task's lines may lie in the middle of it: in short
 * pieces, each with its place and a checksum, between bytes that no text has.
 *
 *     02 CHECK(6) PLACE(3) COUNT(3) TEXT(24) 03
 *
 * The first three are hexadecimal digits. Foreign text in one place of a piece is found by the checksum and taken
 * out; a piece that is broken otherwise is missing, and asked for again. Pure; the bytes are hostile.
 */
#ifndef MPROM_CLIENT_SAID_H
#define MPROM_CLIENT_SAID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MPROM_SAID_PIECE_SIZE = 24,
    MPROM_SAID_PIECES_MAX = 2730, /* 64 KiB */
    MPROM_SAID_CHECK_MASK = 0x7FFFFF,
    MPROM_SAID_LINE_END = 0x1E, /* stands for a line's end */
};

struct mprom_said {
    uint32_t seed;  /* the checksums begin with it: pieces of another answer are not taken */
    uint32_t count; /* of the pieces, 0 as long as none has come */
    bool has[MPROM_SAID_PIECES_MAX];
    char text[MPROM_SAID_PIECES_MAX * MPROM_SAID_PIECE_SIZE];
};

/* Takes the pieces that are in a board's output. Returns how many were missing before. */
uint32_t mprom_said_take(struct mprom_said *said, const char *output, size_t size);

/* The first range of missing pieces, *end at most first + most. Returns whether there is one. */
bool mprom_said_missing(const struct mprom_said *said, uint32_t most, uint32_t *first, uint32_t *end);

/* All of the text, when nothing is missing, with line ends; padded with spaces. Returns its size, at most room. */
size_t mprom_said_text(const struct mprom_said *said, char *dst, size_t room);

#endif
