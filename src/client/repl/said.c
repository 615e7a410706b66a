#include "client/repl/said.h"

#include <string.h>

enum {
    SAID_START = 0x02,
    SAID_END = 0x03,
    SAID_CHECK_SIZE = 6,
    SAID_PLACE_SIZE = 3,
    SAID_BODY_SIZE = 2 * SAID_PLACE_SIZE + MPROM_SAID_PIECE_SIZE,
    SAID_SIZE = SAID_CHECK_SIZE + SAID_BODY_SIZE,
    SAID_FACTOR =
        101, /* above the difference of any two characters, so that no two neighbours make up for each other */
    SAID_FOREIGN_MAX = 400, /* bytes of another task in one piece */
};

/* Digits of a number. Returns -1 if they are none. */
static int32_t said_number(const char *text, size_t size)
{
    int32_t number = 0;
    for (size_t i = 0; i < size; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
        if (digit == NULL) {
            return -1;
        }
        number = number * 16 + (int32_t)(digit - digits);
    }
    return number;
}

static bool said_is_whole(const struct mprom_said *said, const char *piece)
{
    uint32_t check = said->seed;
    for (size_t i = SAID_CHECK_SIZE; i < SAID_SIZE; i++) {
        check = (check * SAID_FACTOR + (unsigned char)piece[i]) & MPROM_SAID_CHECK_MASK;
    }
    return said_number(piece, SAID_CHECK_SIZE) == (int32_t)check;
}

/* Keeps a whole piece. Returns whether it was missing. */
static bool said_keep(struct mprom_said *said, const char *piece)
{
    int32_t place = said_number(piece + SAID_CHECK_SIZE, SAID_PLACE_SIZE);
    int32_t count = said_number(piece + SAID_CHECK_SIZE + SAID_PLACE_SIZE, SAID_PLACE_SIZE);
    if (place < 0 || count <= place || count > MPROM_SAID_PIECES_MAX ||
        (said->count > 0 && (uint32_t)count != said->count) || said->has[place]) {
        return false;
    }
    said->count = (uint32_t)count;
    said->has[place] = true;
    memcpy(said->text + (size_t)place * MPROM_SAID_PIECE_SIZE, piece + SAID_SIZE - MPROM_SAID_PIECE_SIZE,
           MPROM_SAID_PIECE_SIZE);
    return true;
}

/* What stands between two marks: a piece, perhaps with foreign text somewhere in it. */
static bool said_piece(struct mprom_said *said, const char *bytes, size_t size)
{
    char piece[SAID_SIZE];
    if (size < SAID_SIZE || size > SAID_SIZE + SAID_FOREIGN_MAX) {
        return false;
    }
    for (size_t before = 0; before <= SAID_SIZE; before++) {
        memcpy(piece, bytes, before);
        memcpy(piece + before, bytes + size - (SAID_SIZE - before), SAID_SIZE - before);
        if (said_is_whole(said, piece)) {
            return said_keep(said, piece);
        }
    }
    return false;
}

uint32_t mprom_said_take(struct mprom_said *said, const char *output, size_t size)
{
    uint32_t taken = 0;
    const char *end = output + size;
    const char *start = memchr(output, SAID_START, size);
    while (start != NULL) {
        const char *bytes = start + 1;
        const char *next = memchr(bytes, SAID_START, (size_t)(end - bytes));
        const char *stop = memchr(bytes, SAID_END, (size_t)((next ? next : end) - bytes));
        if (stop != NULL && said_piece(said, bytes, (size_t)(stop - bytes))) {
            taken++;
        }
        start = next;
    }
    return taken;
}

bool mprom_said_missing(const struct mprom_said *said, uint32_t most, uint32_t *first, uint32_t *end)
{
    uint32_t count = said->count > 0 ? said->count : MPROM_SAID_PIECES_MAX;
    *first = 0;
    while (*first < count && said->has[*first]) {
        (*first)++;
    }
    *end = *first;
    while (*end < count && *end - *first < most && !said->has[*end]) {
        (*end)++;
    }
    return *first < count;
}

size_t mprom_said_text(const struct mprom_said *said, char *dst, size_t room)
{
    size_t size = (size_t)said->count * MPROM_SAID_PIECE_SIZE;
    size = size < room ? size : room;
    for (size_t i = 0; i < size; i++) {
        dst[i] = said->text[i] == MPROM_SAID_LINE_END ? '\n' : said->text[i];
    }
    return size;
}
