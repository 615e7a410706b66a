/*
 * Sends ranges of a segment, or a patch, as a stream of binary frames, which a program on the board takes as they
 * arrive.
 * docs/transfer.md describes what goes over the link.
 */
#ifndef MPROM_CLIENT_TRANSFER_H
#define MPROM_CLIENT_TRANSFER_H

#include "client/segment.h"

enum {
    TRANSFER_CHUNK_MAX = 4096,
    TRANSFER_STALL_MS = 5000, /* longer than most flash takes for a block */
    TRANSFER_END_MS = 25000,
};

/* Bytes in the order in which they are sent, read from the start as often as that takes. */
struct transfer_content {
    void *ctx;
    /*
     * Those from off on: TRANSFER_CHUNK_MAX of them at least, or all that are left; valid until the next call. off is
     * 0, or not smaller than in the last call.
     */
    const uint8_t *(*bytes)(void *ctx, uint32_t off, uint32_t *size);
};

/* What board and link can do. */
struct transfer {
    uint32_t window;       /* bytes that may be on the way; 0 if frames cannot be used with this board and link */
    uint32_t chunk;        /* bytes that a frame makes at most, */
    int window_bits;       /* of the deflate stream that the board can take; 0 for none */
    uint32_t packed_chunk; /* then this is the most that a frame makes, */
    uint32_t packed_room;  /* of a payload of this size at most */
    uint32_t baud;         /* that the line is raised to meanwhile; 0: it stays as it is */
};

/*
 * Tries what board and link can do by programs, for a transfer of size bytes: session_open() must have come before. A
 * console that is not clean for 8 bits, or a board without the modules that it takes, leaves window 0, and that is no
 * error.
 */
int transfer_begin(struct client *client, uint32_t id, uint32_t size, struct transfer *transfer,
                   struct client_error *error);

/* The same for firmware with a receiver built in, which says what it can do. */
void transfer_begin_builtin(const struct client *client, uint32_t id, struct transfer *transfer);

/* What the program on the board has to know about the frames. */
struct transfer_frames {
    uint32_t piece; /* it confirms a payload in pieces of so many bytes */
    uint32_t room;  /* bytes of the largest payload */
    uint32_t chunk; /* bytes that a frame makes at most */
    int window_bits;
    uint32_t baud; /* the rate that the board's console shall have meanwhile; 0: it stays as it is */
};

/* What is sent, and where to. */
struct transfer_job {
    uint32_t id; /* of the segment */
    struct transfer_content content;
    const struct delta *delta; /* what is left out of it */
    uint32_t from;             /* the content from here on, up to `to`, all multiples of the unit of writing */
    uint32_t to;
    uint32_t unit;
    uint32_t total;    /* for the progress */
    bool is_patch;     /* offsets are the patch's, and say nothing of the segment */
    uint32_t stall_ms; /* the longest that the board says nothing while it writes a frame, */
    uint32_t end_ms;   /* and from the last frame to the end of its program */
    /* Writes the program that receives. It prints "did" and a number as an answer does. */
    void (*program)(void *ctx, const struct transfer_frames *frames, char *dst, size_t room);
    void *ctx;
};

/*
 * Does a job. *result becomes the number that the program printed, *done_off the offset up to which frames are known
 * to be written, also after an error.
 *
 * Errors as session_run(); also
 *   -MPROM_EBADMSG     the link goes on damaging frames
 *   -MPROM_EOPNOTSUPP  no frame at all came through: nothing was written, the board is at its prompt
 */
int transfer_send(struct client *client, const struct transfer *transfer, const struct transfer_job *job,
                  int64_t *result, uint32_t *done_off, struct client_error *error);

/* The next range of a job from *off on, of which content is at hand: moves *off to its start. Returns its end. */
uint32_t transfer_next(const struct transfer_job *job, uint32_t *off, const uint8_t **bytes);

/* For the parts of the transfer. */

/* What the board says while it receives: bytes that no text has. */
enum transfer_word {
    TRANSFER_WRITTEN = 0x06,
    TRANSFER_FROM = 0x0E, /* a frame's number in digits follows, */
    TRANSFER_FROM_END = 0x0F,
    TRANSFER_RATE = 0x14, /* from the next byte on the line has the rate that was asked for */
    TRANSFER_DAMAGED = 0x15,
    TRANSFER_ROOM = 0x16,
    TRANSFER_DONE = 0x17,
    TRANSFER_REFUSED = 0x18,
    TRANSFER_MARK = 0x1D, /* as TRANSFER_DAMAGED, but the board waits for a mark that ends what is on the way */
};

/* Runs a program with its stream, and takes the answer that it ends with. */
int transfer_ask(struct client *client, const char *program, const struct repl_stream *stream, const char *doing,
                 struct answer_line *line, struct client_error *error);

#endif
