#include "client/transfer/transfer_frame.h"

#include <string.h>

void mprom_frame_pattern(uint8_t *dst, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)(i * 7 + i / 256 + 0x80);
        dst[i] = mprom_wire_escapes(byte & 0x7F) ? 0x80 : byte;
    }
}

uint32_t mprom_frame_fit(const uint8_t *bytes, uint32_t size, uint32_t unit, uint32_t room)
{
    uint32_t fits = 0;
    uint32_t used = 0;
    for (uint32_t i = 0; i < size; i++) {
        used += 1u + mprom_wire_escapes(bytes[i]);
        if (used > room) {
            break;
        }
        if ((i + 1) % unit == 0) {
            fits = i + 1;
        }
    }
    return fits;
}

static struct mprom_frame *ring_frame(struct mprom_frame_ring *ring, uint32_t number)
{
    return &ring->frames[number % MPROM_FRAME_RING_SIZE];
}

void mprom_frame_ring_init(struct mprom_frame_ring *ring, uint32_t piece)
{
    memset(ring, 0, sizeof *ring);
    ring->piece = piece;
}

bool mprom_frame_ring_has_room(const struct mprom_frame_ring *ring)
{
    return ring->next - ring->first < MPROM_FRAME_RING_SIZE;
}

void mprom_frame_ring_add(struct mprom_frame_ring *ring, uint32_t off, uint32_t end, const uint8_t *payload,
                          uint32_t size)
{
    struct mprom_frame *frame = ring_frame(ring, ring->next);
    const struct mprom_wire_header header = {
        .wire_size = (uint32_t)mprom_wire_escape(frame->wire + MPROM_WIRE_HEADER_SIZE, payload, size),
        .made_size = end - off,
        .made_off = off,
    };
    mprom_wire_header_write(&header, ring->next, payload, size, (char *)frame->wire);
    frame->off = off;
    frame->end = end;
    frame->wire_size = MPROM_WIRE_HEADER_SIZE + header.wire_size;
    frame->confirmed = 0;
    ring->next++;
}

uint32_t mprom_frame_ring_take(struct mprom_frame_ring *ring, uint32_t max, const uint8_t **bytes)
{
    if (ring->sent == ring->next) {
        return 0;
    }
    const struct mprom_frame *frame = ring_frame(ring, ring->sent);
    uint32_t left = frame->wire_size - ring->pos;
    uint32_t size = left < max ? left : max;
    *bytes = frame->wire + ring->pos;
    ring->bytes += size;
    ring->pos += size;
    if (ring->pos == frame->wire_size) {
        ring->sent++;
        ring->pos = 0;
    }
    return size;
}

/* Bytes of the oldest frame that were sent. */
static uint32_t first_sent(const struct mprom_frame_ring *ring)
{
    const struct mprom_frame *frame = &ring->frames[ring->first % MPROM_FRAME_RING_SIZE];
    return ring->sent > ring->first ? frame->wire_size : ring->pos;
}

/* Of these the board is known to have read so many. The header counts as read with the first piece. */
static uint32_t first_read(const struct mprom_frame_ring *ring)
{
    const struct mprom_frame *frame = &ring->frames[ring->first % MPROM_FRAME_RING_SIZE];
    return frame->confirmed > 0 ? MPROM_WIRE_HEADER_SIZE + frame->confirmed : 0;
}

bool mprom_frame_ring_confirm(struct mprom_frame_ring *ring)
{
    struct mprom_frame *frame = ring_frame(ring, ring->first);
    uint32_t before = first_read(ring);
    uint32_t left = ring->first < ring->next ? frame->wire_size - MPROM_WIRE_HEADER_SIZE - frame->confirmed : 0;
    uint32_t piece = left < ring->piece ? left : ring->piece;
    if (piece == 0 || MPROM_WIRE_HEADER_SIZE + frame->confirmed + piece > first_sent(ring)) {
        return false;
    }
    frame->confirmed += piece;
    ring->bytes -= first_read(ring) - before;
    return true;
}

const struct mprom_frame *mprom_frame_ring_written(struct mprom_frame_ring *ring)
{
    if (ring->first == ring->sent) {
        return NULL;
    }
    const struct mprom_frame *frame = ring_frame(ring, ring->first);
    ring->bytes -= frame->wire_size - first_read(ring);
    ring->first++;
    return frame;
}

bool mprom_frame_ring_rewind(struct mprom_frame_ring *ring, uint32_t number)
{
    if (number < ring->first || number > ring->next) {
        return false;
    }
    for (uint32_t i = ring->first; i < ring->next; i++) {
        ring_frame(ring, i)->confirmed = 0;
    }
    ring->first = ring->sent = number;
    ring->pos = ring->bytes = 0;
    return true;
}
