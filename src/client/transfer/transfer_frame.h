/*
 * Frames of a transfer (docs/transfer.md says what they look like), and those of them that the board has not written
 * yet. Pure: no link.
 */
#ifndef MPROM_CLIENT_TRANSFER_FRAME_H
#define MPROM_CLIENT_TRANSFER_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mprom/wire.h"

enum {
    MPROM_FRAME_PAYLOAD_MAX = 8192, /* escaped */
    MPROM_FRAME_RING_SIZE = 32,
};

/*
 * Bytes that show one that is lost or changed; over a console of 7 bits they mean nothing to the prompt either.
 */
void mprom_frame_pattern(uint8_t *dst, uint32_t size);

/* How many of size bytes, counted in whole units, have at most room bytes when they are escaped. */
uint32_t mprom_frame_fit(const uint8_t *bytes, uint32_t size, uint32_t unit, uint32_t room);

struct mprom_frame {
    uint32_t off; /* of the segment: what the board writes when it has the frame */
    uint32_t end;
    uint32_t wire_size;
    uint32_t confirmed; /* of the payload */
    uint8_t wire[MPROM_WIRE_HEADER_SIZE + MPROM_FRAME_PAYLOAD_MAX];
};

/* Frames in order, numbered from 0: [first, next) are here, those below first are written. */
struct mprom_frame_ring {
    uint32_t piece; /* the board confirms a payload in pieces of so many bytes, the last one with what is left */
    uint32_t first;
    uint32_t next;
    uint32_t sent;  /* frames below are sent, */
    uint32_t pos;   /* of this one so many bytes */
    uint32_t bytes; /* sent, and not known to be read by the board */
    struct mprom_frame frames[MPROM_FRAME_RING_SIZE];
};

void mprom_frame_ring_init(struct mprom_frame_ring *ring, uint32_t piece);

/* Whether there is room for another frame. */
bool mprom_frame_ring_has_room(const struct mprom_frame_ring *ring);

/*
 * Adds a frame, of payload bytes of which the board makes the segment's bytes [off, end). They fit
 * MPROM_FRAME_PAYLOAD_MAX.
 */
void mprom_frame_ring_add(struct mprom_frame_ring *ring, uint32_t off, uint32_t end, const uint8_t *payload,
                          uint32_t size);

/* The next bytes to be sent, at most max; they count as sent then. Returns how many, 0 if there are none. */
uint32_t mprom_frame_ring_take(struct mprom_frame_ring *ring, uint32_t max, const uint8_t **bytes);

/* The board has read a piece. Returns false if there is none that it can have read. */
bool mprom_frame_ring_confirm(struct mprom_frame_ring *ring);

/* The board has written a frame. Returns it, or NULL if there is none that it can have written. */
const struct mprom_frame *mprom_frame_ring_written(struct mprom_frame_ring *ring);

/* The board waits for frame `number`, and has thrown away what else was sent. Returns false if it is not here. */
bool mprom_frame_ring_rewind(struct mprom_frame_ring *ring, uint32_t number);

#endif
