/*
 * The board's side of a transfer: an image arrives over the console as numbered frames that carry a patch, and the
 * patch makes it in a segment (docs/transfer.md, "The built-in receiver"). Freestanding; knows segments (rom.h), not
 * MicroPython.
 *
 * All memory is the caller's. Everything that arrives is hostile until its checksum was right, and the patch is
 * hostile even then: nothing is read or written outside of the buffers, the segment and the session.
 *
 * Errors are negative values of enum mprom_error, and rom->error says where and why. Offsets in it are those of the
 * image.
 */
#ifndef MPROM_RECEIVER_H
#define MPROM_RECEIVER_H

#include "mprom/rom.h"
#include "mprom/wire.h"

enum {
    MPROM_RECEIVER_KEPT_SIZE = 512, /* most bytes of a deflate stream that wait for the next frame */
    MPROM_RECEIVER_MADE_SIZE = 512, /* bytes that are inflated at once */
};

#define MPROM_RECEIVER_FOREVER UINT32_MAX /* a timeout that never ends */

/*
 * What the receiver needs of the system. A function may also leave by a jump: mprom_receiver_abort() then tidies up.
 */
struct mprom_receiver_io {
    /*
     * Takes what has arrived, at most size bytes (> 0), to dst; waits for at least one byte, timeout_ms at most.
     * Returns how many, 0 after the timeout, or a negative value, which ends the transfer with that value.
     */
    int (*read)(void *ctx, uint8_t *dst, size_t size, uint32_t timeout_ms);

    /* Sends size bytes. */
    void (*write)(void *ctx, const char *bytes, size_t size);

    /*
     * Makes the next size bytes (> 0) of the deflate stream from the bytes [*src, end), and moves *src behind those
     * that it took. Returns 0, or -MPROM_EBADMSG if they make no stream, or not so much. NULL if nothing is inflated.
     */
    int (*inflate)(void *ctx, const uint8_t **src, const uint8_t *end, uint8_t *dst, size_t size);

    /* Called before a block of the image is written, so that the system gets its turn. NULL: none. */
    void (*poll)(void *ctx);

    /* Called when a frame was used up, before the next one is waited for. NULL: none. */
    void (*next)(void *ctx);

    void *ctx;
};

struct mprom_receiver_setup {
    struct mprom_rom *rom;
    uint32_t id;   /* of the segment; valid */
    uint32_t size; /* bytes of the image */
    enum mprom_wire_mode mode;
    uint32_t piece;   /* > 0: a payload is read in pieces of so many bytes, each of which is confirmed */
    uint32_t room;    /* bytes of a payload as it is sent, at most; at most MPROM_WIRE_PAYLOAD_SIZE_MAX */
    uint32_t chunk;   /* bytes of the patch that a frame makes, at most */
    bool is_packed;   /* the frames from 1 on carry a deflate stream */
    uint8_t *payload; /* MPROM_RECEIVER_KEPT_SIZE + room bytes */
    uint8_t *block;   /* mprom_receiver_block_size() bytes */
    const struct mprom_receiver_io *io;
};

/* The patch, which may be cut anywhere between two calls. For src/receiver only, as is struct mprom_receiver. */
struct mprom_receiver_patch {
    uint32_t block_size;
    uint32_t pos;   /* bytes of the image that are made, */
    uint32_t fill;  /* the last of them, in the block, are not yet written */
    uint32_t shift; /* source of a copy less its destination, modulo 2^32 */
    uint32_t count; /* bytes of the image that the operation has still to make */
    struct mprom_wire_number number;
    uint8_t state;
    bool is_open;        /* the session was opened, */
    uint32_t generation; /* and the segment had this one then */
};

struct mprom_receiver {
    struct mprom_receiver_setup setup;
    struct mprom_receiver_patch patch;
    uint32_t number;      /* of the frame to come */
    uint32_t patch_off;   /* of the first byte that it makes */
    uint32_t kept_size;   /* bytes at the start of the payload's buffer that the last frame left */
    const uint8_t *bytes; /* of the patch that is to be applied next */
    size_t bytes_size;
    const uint8_t *packed; /* of the deflate stream that is to be inflated next, if there is one */
    const uint8_t *packed_end;
    uint32_t packed_makes; /* bytes of the patch that the frame still makes of it */
    bool is_cut;           /* io->read() has ended the transfer */
    char header[MPROM_WIRE_HEADER_SIZE];
    uint8_t made[MPROM_RECEIVER_MADE_SIZE];
};

/* Bytes of a block of the image, for a valid segment. */
uint32_t mprom_receiver_block_size(const struct mprom_rom *rom, uint32_t id);

/* setup is copied; what it points to must live as long as the receiver. Touches neither console nor flash. */
void mprom_receiver_init(struct mprom_receiver *receiver, const struct mprom_receiver_setup *setup);

/*
 * Receives an image. Blocks until it is there, for as long as nothing comes. The session is opened when the first
 * block of the image is complete: until then the segment holds what it held. Power may fail at any instant, as for
 * the session (rom.h).
 *
 * Returns 0 when the image is live and the client was told so, or, with no session open and, once it was opened, the
 * segment empty:
 *   -MPROM_EBADMSG  the patch breaks its format, or uses bytes that it may not use
 *   what mprom_rom_prepare(), mprom_rom_update_begin() and the other functions of the session return, or
 *   mprom_rom_read() what io->read() returned
 * In all cases but the last what was on the way has been read, and the client was told.
 */
int mprom_receiver_run(struct mprom_receiver *receiver);

/* Closes the session if it is the receiver's; after that a receiver can only be initialised anew. */
void mprom_receiver_abort(struct mprom_receiver *receiver);

#endif
