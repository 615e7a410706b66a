/* The bytes of a frame (docs/transfer.md). Pure: no console. Private to src/receiver. */
#ifndef MPROM_RECEIVER_FRAME_H
#define MPROM_RECEIVER_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a header says. */
struct mprom_frame {
    uint32_t wire_size; /* bytes of the payload as it is sent */
    uint32_t made_size; /* bytes of the patch that it makes, */
    uint32_t made_off;  /* from this offset on */
    uint32_t crc;
};

/* Reads the MPROM_RECEIVER_HEADER_SIZE digits of a header. Returns false if something else is between them. */
bool mprom_frame_parse(struct mprom_frame *frame, const char *header);

/* Takes the escapes out of a payload, in place. Returns how many bytes it has then. */
size_t mprom_frame_unescape(uint8_t *bytes, size_t size);

/* Whether header and payload without escapes are those of the frame of that number. */
bool mprom_frame_is_sound(const struct mprom_frame *frame, uint32_t number, const char *header,
                          const uint8_t *payload, size_t size);

#endif
