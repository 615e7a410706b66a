/*
 * What a board answers to a program in its raw REPL, taken apart byte by byte:
 *
 *     [OK] standard output 04 error output 04 >
 *
 * The bytes are hostile: any sequence is taken, memory use is the buffers given, and a board that never comes to the
 * end runs into a limit. Pure: no link, no time.
 */
#ifndef MPROM_CLIENT_REPL_REPLY_H
#define MPROM_CLIENT_REPL_REPLY_H

#include "mprom/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MPROM_REPL_EOT = 0x04,             /* ends an output */
    MPROM_REPL_REPLY_NOISE_MAX = 65536 /* bytes that are skipped in search of what must come */
};

enum mprom_repl_reply_state {
    MPROM_REPL_REPLY_O,      /* the O of OK is awaited, */
    MPROM_REPL_REPLY_K,      /* its K */
    MPROM_REPL_REPLY_OUTPUT, /* standard output */
    MPROM_REPL_REPLY_ERROR,  /* error output */
    MPROM_REPL_REPLY_PROMPT, /* the prompt */
    MPROM_REPL_REPLY_DONE,
};

/* Outputs are not NUL-terminated. */
struct mprom_repl_reply {
    enum mprom_repl_reply_state state;
    char *output;
    size_t output_room;
    size_t output_size;
    char *error;
    size_t error_room; /* of longer error output the end is kept: it names the exception */
    size_t error_size;
    size_t noise_count;
};

/*
 * Starts; state is MPROM_REPL_REPLY_O, or MPROM_REPL_REPLY_OUTPUT after a raw paste. The buffers must outlive the
 * reply.
 */
void mprom_repl_reply_init(struct mprom_repl_reply *reply, enum mprom_repl_reply_state state, char *output,
                           size_t output_room, char *error, size_t error_room);

/*
 * Takes the next byte.
 *
 * Returns 1 when the reply is complete (later bytes are not its own), 0 if it goes on, or
 *   -MPROM_EFBIG    the output is larger than its buffer
 *   -MPROM_EBADMSG  what must come did not, within MPROM_REPL_REPLY_NOISE_MAX bytes
 */
int mprom_repl_reply_feed(struct mprom_repl_reply *reply, uint8_t byte);

#endif
