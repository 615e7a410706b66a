/*
 * The client's side of the built-in receiver, written for the tests from docs/transfer.md: it makes patches and
 * frames, sends them over a link that can be disturbed, and hears the board's words.
 */
#ifndef MPROM_TESTS_RECEIVER_CLIENT_H
#define MPROM_TESTS_RECEIVER_CLIENT_H

#include "mprom/receiver.h"

enum {
    PATCH_MAX = 1024 * 1024,
    FRAMES_MAX = 4096,
    CLIENT_CUT = -1000, /* what the link returns when it is cut */
    PIECE = 64,
    ROOM = 600,
    CHUNK = 300,
    GREETING_SIZE = 256,
};

/* A patch in the making. */
struct maker {
    uint8_t bytes[PATCH_MAX];
    uint32_t size;
    uint32_t pos; /* bytes of the image that it makes so far */
    uint32_t shift;
};

void maker_open(struct maker *maker);
void maker_number(struct maker *maker, uint32_t number);
void maker_bytes(struct maker *maker, const void *bytes, uint32_t size);

/* The operations. literal takes size bytes of the image from where the patch stands. */
void maker_literal(struct maker *maker, const uint8_t *image, uint32_t size);
void maker_copy(struct maker *maker, uint32_t source, uint32_t size);
void maker_keep(struct maker *maker, uint32_t size);

/* What happens to the stream of bytes, once, at byte `at`. */
enum fault {
    FAULT_NONE,
    FAULT_FLIP,
    FAULT_LOSE,
    FAULT_INSERT,
    FAULT_CUT, /* the link is dead from there on */
};

struct mprom_client {
    uint8_t *wire; /* all frames, one behind the other */
    uint32_t frame_off[FRAMES_MAX + 1];
    uint32_t frame_count;
    uint32_t run_max; /* bytes that one call of read() gives, at most */
    enum fault fault;
    uint32_t fault_at;
    uint32_t extra; /* bytes that are on the way when the board says that a frame is damaged */

    uint32_t pos;    /* in wire */
    uint32_t read;   /* bytes that the board was given */
    uint32_t on_way; /* after a damaged frame: bytes until the line is quiet */
    bool is_waiting; /* for the number of the frame to go on with */
    bool is_reading; /* that number */
    uint32_t number;
    uint32_t fillers;
    uint32_t rooms, written, damaged, rewinds, done, refused; /* words */
    char last_word;
    uint32_t random;
    uint32_t polls;
    void (*on_poll)(void *ctx); /* what runs on the board meanwhile */
    void *on_poll_ctx;
    struct mprom_receiver_io io;
};

/* Makes a frame of the patch's bytes [off, off + size) with that payload; returns the bytes of dst that it takes. */
uint32_t client_frame(uint8_t *dst, uint32_t number, uint32_t off, uint32_t size, const uint8_t *payload,
                      uint32_t payload_size);

void mprom_client_open(struct mprom_client *client);
void mprom_client_close(struct mprom_client *client);

/* Adds a frame as it goes over the link. The first one should be the greeting. */
void client_add(struct mprom_client *client, uint32_t off, uint32_t size, const uint8_t *payload,
                uint32_t payload_size);
void client_greet(struct mprom_client *client);

/* The greeting, and the patch in frames of chunk bytes, the first of them of first bytes. */
void client_add_patch(struct mprom_client *client, const struct maker *maker, uint32_t first, uint32_t chunk);

/* Runs the receiver. Returns what it returns. */
int client_run(struct mprom_client *client, struct mprom_rom *rom, uint32_t id, uint32_t size,
               enum mprom_wire_mode mode);

/* The same with an inflater. */
int client_run_packed(struct mprom_client *client, struct mprom_rom *rom, uint32_t size,
                      int (*inflate)(void *, const uint8_t **, const uint8_t *, uint8_t *, size_t));

#endif
