/*
 * What both ends of a transfer must agree on: the words of the board, frames, and the numbers and operations of a
 * patch (docs/transfer.md). The digest has a header of its own, digest.h.
 *
 * Freestanding, pure; no function blocks or keeps a pointer.
 */
#ifndef MPROM_WIRE_H
#define MPROM_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the board says while it receives: bytes that no text has. */
enum mprom_wire_word {
    MPROM_WIRE_WRITTEN = 0x06,  /* the frame is written */
    MPROM_WIRE_FROM = 0x0E,     /* a frame's number in decimal digits follows, */
    MPROM_WIRE_FROM_END = 0x0F, /* and ends here: go on with this frame */
    MPROM_WIRE_RATE = 0x14,     /* from the next byte on the line has the rate that was asked for */
    MPROM_WIRE_DAMAGED = 0x15,  /* the frame was damaged; what is on the way is thrown away until the line is quiet */
    MPROM_WIRE_ROOM = 0x16,     /* a piece of the payload was read */
    MPROM_WIRE_DONE = 0x17,     /* all is written: the transfer has ended */
    MPROM_WIRE_REFUSED = 0x18,  /* the transfer has ended without an image */
    MPROM_WIRE_MARK = 0x1D,     /* the frame was damaged; what is on the way is thrown away up to a mark */
};

enum {
    MPROM_WIRE_HEADER_SIZE = 24,          /* of a frame: digits */
    MPROM_WIRE_PAYLOAD_SIZE_MAX = 0xFFFF, /* of a payload as it is sent: four hexadecimal digits */
    MPROM_WIRE_ESCAPE = 0x1B,
    MPROM_WIRE_MARK_SIZE = 3,           /* so many escapes in a row are a mark; no frame has two */
    MPROM_WIRE_BLOCK_SIZE_MAX = 4096,   /* the built-in receiver makes an image in blocks of at most this size */
    MPROM_WIRE_NUMBER_SIZE_MAX = 5,     /* of a number in a patch */
    MPROM_WIRE_OPERATION_SIZE_MAX = 10, /* of an operation without the bytes of a literal: two numbers */
};

/* What the header of a frame says. */
struct mprom_wire_header {
    uint32_t wire_size; /* bytes of the payload as it is sent, at most MPROM_WIRE_PAYLOAD_SIZE_MAX */
    uint32_t made_size; /* bytes that the frame makes, at most 0xFFFF, */
    uint32_t made_off;  /* from this offset on */
    uint32_t crc;
};

/* Whether a byte would mean something to a board's prompt, so that it is sent as an escape and another byte. */
bool mprom_wire_escapes(uint8_t byte);

/* Puts a payload in escapes to dst, which has room for 2 * size bytes. Returns how many it has then. */
size_t mprom_wire_escape(uint8_t *dst, const uint8_t *bytes, size_t size);

/* Takes the escapes out of a payload, in place. Returns how many bytes it has then. */
size_t mprom_wire_unescape(uint8_t *bytes, size_t size);

/*
 * Writes the MPROM_WIRE_HEADER_SIZE digits of frame `number`, whose payload without escapes is given. header->crc is
 * not looked at: the checksum is that of these digits and of the payload, started from the number.
 */
void mprom_wire_header_write(const struct mprom_wire_header *header, uint32_t number, const uint8_t *payload,
                             size_t size, char *digits);

/* Reads MPROM_WIRE_HEADER_SIZE digits. Returns false if something else is between them; *header is undefined then. */
bool mprom_wire_header_read(struct mprom_wire_header *header, const char *digits);

/* Whether digits and payload without escapes are those of frame `number`. *header was read from the digits. */
bool mprom_wire_is_sound(const struct mprom_wire_header *header, uint32_t number, const char *digits,
                         const uint8_t *payload, size_t size);

/* How a patch may make an image. The number is what romfs.receive() is called with. */
enum mprom_wire_mode {
    MPROM_WIRE_WHOLE = 0, /* literal bytes only; blocks are erased with the largest erase that fits */
    MPROM_WIRE_DELTA = 1, /* also parts of what the segment holds; one block is erased at a time */
};

/* What makes the bytes of an operation. */
enum mprom_wire_kind {
    MPROM_WIRE_LITERAL = 0, /* they follow in the patch */
    MPROM_WIRE_COPY = 1,    /* they are the segment's, elsewhere: a number follows, the change of the shift */
    MPROM_WIRE_KEEP = 2,    /* they stay as the segment holds them */
    MPROM_WIRE_KIND_BITS = 2,
};

/* The number that an operation starts with. count is below 2^30. */
static inline uint32_t mprom_wire_operation(enum mprom_wire_kind kind, uint32_t count)
{
    return count << MPROM_WIRE_KIND_BITS | (uint32_t)kind;
}

/* The kind that such a number says: hostile, so it may be none of the enumeration. */
static inline uint32_t mprom_wire_kind_of(uint32_t operation)
{
    return operation & ((1u << MPROM_WIRE_KIND_BITS) - 1);
}

static inline uint32_t mprom_wire_count_of(uint32_t operation)
{
    return operation >> MPROM_WIRE_KIND_BITS;
}

/* A change of the shift, modulo 2^32, as a number: its sign is the lowest bit, so small changes are small numbers. */
static inline uint32_t mprom_wire_from_change(uint32_t change)
{
    return change << 1 ^ (0u - (change >> 31));
}

static inline uint32_t mprom_wire_to_change(uint32_t number)
{
    return number >> 1 ^ (0u - (number & 1));
}

/* A number whose bytes arrive one by one. All zero before the first byte. */
struct mprom_wire_number {
    uint32_t value;
    uint8_t bits; /* that are known */
};

/*
 * Takes the next byte of a number. Returns 1 if it is whole: *value has it then, and the next byte begins another one.
 * Returns 0 if more bytes belong to it, or -1 if it does not fit 32 bits; then nothing more may be taken.
 */
int mprom_wire_number_take(struct mprom_wire_number *number, uint8_t byte, uint32_t *value);

/* Puts a number to dst, which has room for MPROM_WIRE_NUMBER_SIZE_MAX bytes. Returns how many it takes. */
size_t mprom_wire_number_put(uint8_t *dst, uint32_t value);

#endif
