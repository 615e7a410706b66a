/*
 * What a transfer sends, as one deflate stream that is cut into pieces: each piece is known to be enough for so many
 * bytes more. The stream is made while it is sent.
 */
#ifndef MPROM_CLIENT_TRANSFER_PACK_H
#define MPROM_CLIENT_TRANSFER_PACK_H

#include "client/transfer/transfer_job.h"

#include <zlib.h>

enum {
    MPROM_PACK_ROOM_MAX = 2 * MPROM_TRANSFER_CHUNK_MAX,
};

struct mprom_pack {
    const struct mprom_transfer_job *job; /* NULL: nothing is packed */
    uint32_t off;                         /* the job is in the stream up to here */
    bool is_made;                         /* all of the stream */
    uint32_t ahead_size;                  /* bytes of the stream, */
    uint32_t ahead_pos;                   /* of which pieces were cut up to here; */
    uint32_t pending;                     /* they make so many bytes more than was said so far */
    z_stream deflate;
    z_stream inflate;
    uint8_t ahead[MPROM_PACK_ROOM_MAX];
    uint8_t scratch[MPROM_TRANSFER_CHUNK_MAX];
};

/*
 * Begins to compress what a job sends, for a board with a window of 2^window_bits bytes. The job must live until
 * mprom_pack_end().
 *
 * Returns 1, 0 if that does not make it smaller, or -MPROM_ENOMEM. After 1 mprom_pack_end() must follow.
 */
int mprom_pack_begin(struct mprom_pack *pack, const struct mprom_transfer_job *job, int window_bits);

void mprom_pack_end(struct mprom_pack *pack);

/*
 * Cuts the next piece: at most room (up to MPROM_PACK_ROOM_MAX) bytes when they are escaped, of which a board makes
 * at most max (up to MPROM_TRANSFER_CHUNK_MAX) bytes more.
 *
 * Returns how many it makes, a multiple of unit or max; it may be 0. *size is the piece's at *piece, which is valid
 * until the next call.
 */
uint32_t mprom_pack_next(struct mprom_pack *pack, uint32_t max, uint32_t unit, uint32_t room, const uint8_t **piece,
                         uint32_t *size);

#endif
