/*
 * Sends ranges of a segment, or a patch, as a stream of binary frames, which a program on the board takes as they
 * arrive.
 * docs/transfer.md describes what goes over the link.
 */
#ifndef MPROM_CLIENT_TRANSFER_H
#define MPROM_CLIENT_TRANSFER_H

#include "client/board/segment.h"
#include "client/transfer/transfer_job.h"

enum {
    MPROM_TRANSFER_STALL_MS = 5000, /* longer than most flash takes for a block */
    MPROM_TRANSFER_END_MS = 25000,
};

/* What board and link can do. */
struct mprom_transfer {
    uint32_t window;       /* bytes that may be on the way; 0 if frames cannot be used with this board and link */
    uint32_t chunk;        /* bytes that a frame makes at most, */
    int window_bits;       /* of the deflate stream that the board can take; 0 for none */
    uint32_t packed_chunk; /* then this is the most that a frame makes, */
    uint32_t packed_room;  /* of a payload of this size at most */
    uint32_t baud;         /* that the line is raised to meanwhile; 0: it stays as it is */
};

/*
 * Tries what board and link can do by programs, for a transfer of size bytes: mprom_session_open() must have come
 * before. A console that is not clean for 8 bits, or a board without the modules that it takes, leaves window 0, and
 * that is no error.
 */
int mprom_transfer_begin(struct mprom_client *client, uint32_t id, uint32_t size, struct mprom_transfer *transfer,
                         struct mprom_client_error *error);

/* The same for firmware with a receiver built in, which says what it can do. */
void mprom_transfer_begin_builtin(const struct mprom_client *client, uint32_t id, struct mprom_transfer *transfer);

/*
 * Does a job. *result becomes the number that the program printed, *done_off the offset up to which frames are known
 * to be written, also after an error.
 *
 * Errors as mprom_session_run(); also
 *   -MPROM_EBADMSG     the link goes on damaging frames
 *   -MPROM_EOPNOTSUPP  no frame at all came through: nothing was written, the board is at its prompt
 */
int mprom_transfer_send(struct mprom_client *client, const struct mprom_transfer *transfer,
                        const struct mprom_transfer_job *job, int64_t *result, uint32_t *done_off,
                        struct mprom_client_error *error);

/* For the parts of the transfer. */

/* Runs a program with its stream, and takes the answer that it ends with. */
int mprom_transfer_ask(struct mprom_client *client, const char *program, const struct mprom_repl_stream *stream,
                       const char *doing, struct mprom_answer_line *line, struct mprom_client_error *error);

#endif
