/*
 * Sends ranges of a segment, or a patch, as a stream of binary frames, which a program on the board takes as they
 * arrive.
 * docs/transfer.md describes what goes over the link.
 */
#ifndef MPROM_CLIENT_TRANSFER_H
#define MPROM_CLIENT_TRANSFER_H

#include "client/board/segment.h"

enum {
    MPROM_TRANSFER_CHUNK_MAX = 4096,
    MPROM_TRANSFER_STALL_MS = 5000, /* longer than most flash takes for a block */
    MPROM_TRANSFER_END_MS = 25000,
};

/* Bytes in the order in which they are sent, read from the start as often as that takes. */
struct mprom_transfer_content {
    void *ctx;
    /*
     * Those from off on: MPROM_TRANSFER_CHUNK_MAX of them at least, or all that are left; valid until the next call.
     * off is 0, or not smaller than in the last call.
     */
    const uint8_t *(*bytes)(void *ctx, uint32_t off, uint32_t *size);
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

/* What the program on the board has to know about the frames. */
struct mprom_transfer_frames {
    uint32_t piece; /* it confirms a payload in pieces of so many bytes */
    uint32_t room;  /* bytes of the largest payload */
    uint32_t chunk; /* bytes that a frame makes at most */
    int window_bits;
    uint32_t baud; /* the rate that the board's console shall have meanwhile; 0: it stays as it is */
};

/* What is sent, and where to. */
struct mprom_transfer_job {
    uint32_t id; /* of the segment */
    struct mprom_transfer_content content;
    const struct mprom_delta *delta; /* what is left out of it */
    uint32_t from;                   /* the content from here on, up to `to`, all multiples of the unit of writing */
    uint32_t to;
    uint32_t unit;
    uint32_t total;    /* for the progress */
    bool is_patch;     /* offsets are the patch's, and say nothing of the segment */
    uint32_t stall_ms; /* the longest that the board says nothing while it writes a frame, */
    uint32_t end_ms;   /* and from the last frame to the end of its program */
    /* Writes the program that receives. It prints "did" and a number as an answer does. */
    void (*program)(void *ctx, const struct mprom_transfer_frames *frames, char *dst, size_t room);
    void *ctx;
};

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

/* The next range of a job from *off on, of which content is at hand: moves *off to its start. Returns its end. */
uint32_t mprom_transfer_next(const struct mprom_transfer_job *job, uint32_t *off, const uint8_t **bytes);

/* For the parts of the transfer. */

/* What the board says while it receives: bytes that no text has. */
enum mprom_transfer_word {
    MPROM_TRANSFER_WRITTEN = 0x06,
    MPROM_TRANSFER_FROM = 0x0E, /* a frame's number in digits follows, */
    MPROM_TRANSFER_FROM_END = 0x0F,
    MPROM_TRANSFER_RATE = 0x14, /* from the next byte on the line has the rate that was asked for */
    MPROM_TRANSFER_DAMAGED = 0x15,
    MPROM_TRANSFER_ROOM = 0x16,
    MPROM_TRANSFER_DONE = 0x17,
    MPROM_TRANSFER_REFUSED = 0x18,
    MPROM_TRANSFER_MARK =
        0x1D, /* as MPROM_TRANSFER_DAMAGED, but the board waits for a mark that ends what is on the way */
};

/* Runs a program with its stream, and takes the answer that it ends with. */
int mprom_transfer_ask(struct mprom_client *client, const char *program, const struct mprom_repl_stream *stream,
                       const char *doing, struct mprom_answer_line *line, struct mprom_client_error *error);

#endif
