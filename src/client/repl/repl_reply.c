#include "client/repl/repl_reply.h"

#include <string.h>

void mprom_repl_reply_init(struct mprom_repl_reply *reply, enum mprom_repl_reply_state state, char *output,
                           size_t output_room, char *error, size_t error_room)
{
    *reply = (struct mprom_repl_reply){
        .state = state,
        .output = output,
        .output_room = output_room,
        .error = error,
        .error_room = error_room,
    };
}

/* Keeps the last error_room bytes, moving by halves so that a long text costs a move per half and not per byte. */
static void reply_keep_error(struct mprom_repl_reply *reply, uint8_t byte)
{
    if (reply->error_size == reply->error_room) {
        size_t keep = reply->error_room / 2;
        memmove(reply->error, reply->error + reply->error_room - keep, keep);
        reply->error_size = keep;
    }
    if (reply->error_size < reply->error_room) {
        reply->error[reply->error_size++] = (char)byte;
    }
}

static int reply_noise(struct mprom_repl_reply *reply)
{
    reply->noise_count++;
    return reply->noise_count > MPROM_REPL_REPLY_NOISE_MAX ? -MPROM_EBADMSG : 0;
}

int mprom_repl_reply_feed(struct mprom_repl_reply *reply, uint8_t byte)
{
    switch (reply->state) {
    case MPROM_REPL_REPLY_O:
    case MPROM_REPL_REPLY_K:
        if (reply->state == MPROM_REPL_REPLY_K && byte == 'K') {
            reply->state = MPROM_REPL_REPLY_OUTPUT;
            return 0;
        }
        /* Another task may print a line between the two. */
        reply->state = byte == 'O' || reply->state == MPROM_REPL_REPLY_K ? MPROM_REPL_REPLY_K : MPROM_REPL_REPLY_O;
        return reply_noise(reply);
    case MPROM_REPL_REPLY_OUTPUT:
        if (byte == MPROM_REPL_EOT) {
            reply->state = MPROM_REPL_REPLY_ERROR;
            return 0;
        }
        if (reply->output_size == reply->output_room) {
            return -MPROM_EFBIG;
        }
        reply->output[reply->output_size++] = (char)byte;
        return 0;
    case MPROM_REPL_REPLY_ERROR:
        if (byte == MPROM_REPL_EOT) {
            reply->state = MPROM_REPL_REPLY_PROMPT;
            return 0;
        }
        reply_keep_error(reply, byte);
        return reply_noise(reply);
    case MPROM_REPL_REPLY_PROMPT:
        if (byte == '>') {
            reply->state = MPROM_REPL_REPLY_DONE;
            return 1;
        }
        return reply_noise(reply);
    case MPROM_REPL_REPLY_DONE:
        break;
    }
    return 1;
}
