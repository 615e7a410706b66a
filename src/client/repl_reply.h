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
    REPL_EOT = 0x04,             /* ends an output */
    REPL_REPLY_NOISE_MAX = 65536 /* bytes that are skipped in search of what must come */
};

enum repl_reply_state {
    REPL_REPLY_O,      /* the O of OK is awaited, */
    REPL_REPLY_K,      /* its K */
    REPL_REPLY_OUTPUT, /* standard output */
    REPL_REPLY_ERROR,  /* error output */
    REPL_REPLY_PROMPT, /* the prompt */
    REPL_REPLY_DONE,
};

/* Outputs are not NUL-terminated. */
struct repl_reply {
    enum repl_reply_state state;
    char *output;
    size_t output_room;
    size_t output_size;
    char *error;
    size_t error_room; /* of longer error output the end is kept: it names the exception */
    size_t error_size;
    size_t noise_count;
};

/* Starts; state is REPL_REPLY_O, or REPL_REPLY_OUTPUT after a raw paste. The buffers must outlive the reply. */
void repl_reply_init(struct repl_reply *reply, enum repl_reply_state state, char *output, size_t output_room,
                     char *error, size_t error_room);

/*
 * Takes the next byte.
 *
 * Returns 1 when the reply is complete (later bytes are not its own), 0 if it goes on, or
 *   -MPROM_EFBIG    the output is larger than its buffer
 *   -MPROM_EBADMSG  what must come did not, within REPL_REPLY_NOISE_MAX bytes
 */
int repl_reply_feed(struct repl_reply *reply, uint8_t byte);

#endif
