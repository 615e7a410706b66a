/*
 * One segment of a board: reading, comparing, erasing, writing. The steps of which deploy, dump, verify and erase are
 * made. Offsets and sizes are bytes within the segment and have been checked against its size by the caller;
 * mprom_session_open() must have come before.
 *
 * Errors as mprom_session_run(); every result that the board gives is checked.
 */
#ifndef MPROM_CLIENT_SEGMENT_H
#define MPROM_CLIENT_SEGMENT_H

#include "client/board/delta.h"
#include "client/repl/session.h"

/*
 * Most bytes that one program carries to the board or back, a power of two: 4096, less if the board has little memory
 * or smaller blocks. A range that does not cross a multiple of it lies in one block of a device.
 */
uint32_t mprom_segment_chunk_size(const struct mprom_client *client, uint32_t id);

/* Reads size bytes. Each piece is compared with a checksum, or read twice if the board has none. */
int mprom_segment_read(struct mprom_client *client, uint32_t id, uint32_t off, void *dst, uint32_t size,
                       struct mprom_client_error *error);

/* The CRC-32 of a range, computed by the board; only if client->board.has_crc32. */
int mprom_segment_crc(struct mprom_client *client, uint32_t id, uint32_t off, uint32_t size, uint32_t *crc,
                      struct mprom_client_error *error);

/* The digest of a range, computed by the board; only if it computes one (digest.h). */
int mprom_segment_digest(struct mprom_client *client, uint32_t id, uint32_t off, uint32_t size, uint32_t *digest,
                         struct mprom_client_error *error);

/*
 * Finds the blocks of `bytes` and of `base` that the segment holds already; delta has the sizes and the blocks. Only
 * if the board computes digests.
 */
int mprom_segment_compare_blocks(struct mprom_client *client, uint32_t id, const uint8_t *bytes, const uint8_t *base,
                                 struct mprom_delta *delta, struct mprom_client_error *error);

/*
 * Compares a range with bytes.
 *
 * Returns 0 if it holds them, 1 if not, with the offset of the first difference in *where, or an error.
 */
int mprom_segment_compare(struct mprom_client *client, uint32_t id, uint32_t off, const void *bytes, uint32_t size,
                          uint32_t *where, struct mprom_client_error *error);

/* Pieces below have this size at least: no flash that MicroPython knows programs in larger units. */
enum {
    MPROM_SEGMENT_DEVICE_UNIT = 256, /* block devices do not say; a page of RP2's flash is the largest known */
    MPROM_SEGMENT_UNIT_MAX = 65536,
};

/*
 * Erases from the start for size bytes at least, block 0 first. *unit becomes the size that writes must be multiples
 * of.
 */
int mprom_segment_prepare(struct mprom_client *client, uint32_t id, uint32_t size, uint32_t *unit,
                          struct mprom_client_error *error);

/*
 * Erases what does not stay, block 0 first; it may not stay. For segments that can be erased in ranges: block_size is
 * that of the delta.
 */
int mprom_segment_prepare_delta(struct mprom_client *client, uint32_t id, const struct mprom_delta *delta,
                                uint32_t *unit, struct mprom_client_error *error);

/*
 * Writes a range that was prepared; off and size are multiples of the unit, size at most mprom_segment_chunk_size().
 */
int mprom_segment_write(struct mprom_client *client, uint32_t id, uint32_t off, const void *bytes, uint32_t size,
                        struct mprom_client_error *error);

/* The board's own answer to a step was `result`, which is no success. Returns -MPROM_EPERM. */
int mprom_segment_refused(const struct mprom_client *client, uint32_t id, uint32_t off, const char *what,
                          int64_t result, struct mprom_client_error *error);

/* Has mprom's firmware erase all of it. */
int mprom_segment_erase(struct mprom_client *client, uint32_t id, struct mprom_client_error *error);

/* Tells the board that all is written; it has so long for what it does then. */
int mprom_segment_complete(struct mprom_client *client, uint32_t id, uint32_t timeout_ms,
                           struct mprom_client_error *error);

#endif
