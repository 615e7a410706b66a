/*
 * Sends ranges of a segment as a stream of binary frames, which a small program on the board writes as they arrive.
 * docs/transfer.md describes what goes over the link.
 */
#ifndef MPROM_CLIENT_TRANSFER_H
#define MPROM_CLIENT_TRANSFER_H

#include "client/segment.h"

struct transfer {
    uint32_t window; /* bytes that may be on the way; 0 if frames cannot be used with this board and link */
    uint32_t chunk;  /* bytes of the segment in a frame at most */
    int window_bits; /* of the deflate stream that the board can take; 0 for none */
};

/*
 * Tries what board and link can do, for a transfer of size bytes: session_open() must have come before. A console
 * that is not clean for 8 bits, or a board without the modules that it takes, leaves window 0, and that is no error.
 */
int transfer_begin(struct client *client, uint32_t id, uint32_t size, struct transfer *transfer,
                   struct client_error *error);

/* What the board does with what arrives: expressions of Python. */
struct transfer_acts {
    char write[64]; /* with the bytes x for offset o; anything but 0 or None is a refusal */
    char keep[32];  /* with the n bytes that stay at offset o; the same */
};

/* What is sent, and where to. */
struct transfer_job {
    uint32_t id; /* of the segment */
    const uint8_t *bytes;
    const struct delta *delta;
    uint32_t from; /* bytes[from..to) go to the same offsets of the segment, all multiples of the unit of writing */
    uint32_t to;
    uint32_t unit;
    uint32_t total; /* for the progress */
    struct transfer_acts acts;
};

/*
 * Does a job.
 *
 * Errors as segment_write(); also
 *   -MPROM_EBADMSG     the link goes on damaging frames
 *   -MPROM_EOPNOTSUPP  no frame at all came through: nothing was written, the board is at its prompt
 */
int transfer_send(struct client *client, const struct transfer *transfer, const struct transfer_job *job,
                  struct client_error *error);

/* For the parts of the transfer. */

/* What the board says while it receives: bytes that no text has. */
enum transfer_word {
    TRANSFER_WRITTEN = 0x06,
    TRANSFER_FROM = 0x0E, /* a frame's number in digits follows, */
    TRANSFER_FROM_END = 0x0F,
    TRANSFER_DAMAGED = 0x15,
    TRANSFER_ROOM = 0x16,
    TRANSFER_DONE = 0x17,
    TRANSFER_REFUSED = 0x18,
};

enum {
    TRANSFER_STALL_MS = 5000, /* longer than most flash takes for a block */
};

/* Runs a program with its stream, and takes the answer that it ends with. */
int transfer_ask(struct client *client, const char *program, const struct repl_stream *stream, const char *doing,
                 struct answer_line *line, struct client_error *error);

#endif
