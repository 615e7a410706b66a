/* What a transfer sends, and where to. */
#ifndef MPROM_CLIENT_TRANSFER_JOB_H
#define MPROM_CLIENT_TRANSFER_JOB_H

#include "client/board/delta.h"

enum {
    MPROM_TRANSFER_CHUNK_MAX = 4096,
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

/* The next range of a job from *off on, of which content is at hand: moves *off to its start. Returns its end. */
uint32_t mprom_transfer_job_next(const struct mprom_transfer_job *job, uint32_t *off, const uint8_t **bytes);

#endif
