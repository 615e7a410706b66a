/*
 * What a transfer sends, as one deflate stream that is cut into pieces: each piece is known to be enough for so many
 * bytes more.
 */
#ifndef MPROM_CLIENT_TRANSFER_PACK_H
#define MPROM_CLIENT_TRANSFER_PACK_H

#include "client/transfer.h"

#include <zlib.h>

enum {
    PACK_PIECE_MAX = 4096, /* bytes that a piece makes, at most */
};

struct pack {
    uint8_t *bytes; /* the stream */
    uint32_t size;
    uint32_t pos;     /* pieces were cut up to here; */
    uint32_t pending; /* they make so many bytes more than was said so far */
    z_stream inflate;
    uint8_t scratch[PACK_PIECE_MAX];
};

/*
 * Compresses what a job sends, for a board with a window of 2^window_bits bytes.
 *
 * Returns 1, 0 if that does not make it smaller, or -MPROM_ENOMEM. After 1 pack_end() must follow.
 */
int pack_begin(struct pack *pack, const struct transfer_job *job, int window_bits);

void pack_end(struct pack *pack);

/*
 * Cuts the next piece: at most room bytes when they are escaped, of which a board makes at most max bytes more.
 *
 * Returns how many it makes, a multiple of unit or max; it may be 0. *size is the piece's at *piece.
 */
uint32_t pack_next(struct pack *pack, uint32_t max, uint32_t unit, uint32_t room, const uint8_t **piece,
                   uint32_t *size);

#endif
