#include "client/repl/repl.h"

#include "client/link/clock.h"
#include "client/link/failure.h"
#include "client/repl/exception.h"
#include "client/repl/repl_stream.h"

#include <poll.h>
#include <string.h>

enum {
    TYPE_CHUNK_SIZE = 256, /* bytes that a board's input buffer takes while it is busy with those before */
    TYPE_PAUSE_MS = 10,
};

/* Without raw paste there is no flow control: small pieces, and a pause for the board to store them. */
static int exec_type(struct mprom_repl *repl, const char *program, size_t size, uint64_t deadline_us)
{
    while (size > 0) {
        size_t part = size < TYPE_CHUNK_SIZE ? size : TYPE_CHUNK_SIZE;
        int err = mprom_link_write(repl->link, program, part, deadline_us);
        if (err) {
            return err;
        }
        program += part;
        size -= part;
        poll(NULL, 0, TYPE_PAUSE_MS);
    }
    return mprom_link_write(repl->link, "\004", 1, deadline_us);
}

/* Sends a program. Returns the state in which its reply begins, or a negative error. */
static int exec_send(struct mprom_repl *repl, const char *program, size_t size, uint64_t deadline_us)
{
    int loaded = mprom_repl_load(repl, program, size, deadline_us);
    if (loaded != -MPROM_EOPNOTSUPP) {
        return loaded;
    }
    if (repl->paste != MPROM_REPL_PASTE_ABSENT) {
        int pasted = mprom_repl_paste(repl, program, size, deadline_us);
        if (pasted != 0) {
            repl->paste = pasted > 0 ? MPROM_REPL_PASTE_OFFERED : repl->paste;
            return pasted > 0 ? MPROM_REPL_REPLY_OUTPUT : pasted;
        }
        repl->paste = MPROM_REPL_PASTE_ABSENT;
    }
    int err = exec_type(repl, program, size, deadline_us);
    return err ? err : MPROM_REPL_REPLY_O;
}

/* What a board says at its prompt when it has restarted, and else only a program of the user's would. */
static const char restart_word[] = "MicroPython v";

/* Looks at a byte of an answer: 0, or -MPROM_EBADMSG if the board has restarted. */
static int exec_watch(struct mprom_repl *repl, int byte)
{
    if (byte == restart_word[repl->restart_matched]) {
        repl->restart_matched++;
    } else {
        repl->restart_matched = byte == restart_word[0];
    }
    return restart_word[repl->restart_matched] == '\0' ? -MPROM_EBADMSG : 0;
}

static void exec_begin(struct mprom_repl *repl, struct mprom_repl_reply *reply, int state)
{
    repl->restart_matched = 0;
    mprom_repl_reply_init(reply, (enum mprom_repl_reply_state)state, repl->output, MPROM_REPL_OUTPUT_SIZE,
                          repl->error, MPROM_REPL_ERROR_SIZE);
}

/* Waits for the end of a reply. */
static int exec_follow(struct mprom_repl *repl, struct mprom_repl_reply *reply, uint64_t deadline_us)
{
    int result = reply->state == MPROM_REPL_REPLY_DONE;
    while (result == 0) {
        int byte = mprom_link_get(repl->link, deadline_us);
        repl->heard += byte >= 0;
        result = byte < 0 ? byte : exec_watch(repl, byte);
        result = result < 0 ? result : mprom_repl_reply_feed(reply, (uint8_t)byte);
    }
    repl->output_size = reply->output_size;
    repl->output[reply->output_size] = '\0';
    repl->error_size = reply->error_size;
    repl->error[reply->error_size] = '\0';
    return result < 0 ? result : 0;
}

/* Sends what the stream has. Returns 1 if that was something, 0, or an error. */
static int stream_send(struct mprom_repl *repl, const struct mprom_repl_stream *stream)
{
    const uint8_t *bytes;
    size_t size;
    int sent = 0;
    for (stream->next(stream->ctx, &bytes, &size); size > 0; stream->next(stream->ctx, &bytes, &size)) {
        int err = mprom_link_write(repl->link, bytes, size, mprom_clock_in_ms(stream->stall_ms));
        if (err) {
            return err;
        }
        sent = 1;
    }
    return sent;
}

/* Takes one byte, until stall_us. Returns 1 when the stream has ended, 0, MPROM_REPL_STREAM_TEXT, or an error. */
static int stream_take(struct mprom_repl *repl, struct mprom_repl_reply *reply,
                       const struct mprom_repl_stream *stream, uint64_t stall_us)
{
    int byte = mprom_link_get(repl->link, stall_us);
    if (byte == -MPROM_ETIMEDOUT) {
        return stream->stall(stream->ctx);
    }
    int result = byte < 0 ? byte : exec_watch(repl, byte);
    result = result < 0 ? result : mprom_repl_reply_feed(reply, (uint8_t)byte);
    if (result == 0 && reply->output_size > 0) {
        reply->output_size = 0;
        return stream->take(stream->ctx, reply->output[0]);
    }
    /* The program ended by an exception. */
    return result < 0 ? result : reply->state > MPROM_REPL_REPLY_OUTPUT;
}

/*
 * Until the stream ends: 1, or an error. What a timer on the board prints now and then puts off no stall, or a
 * transfer that waits for lost bytes would wait for ever.
 */
static int stream_follow(struct mprom_repl *repl, struct mprom_repl_reply *reply,
                         const struct mprom_repl_stream *stream)
{
    uint64_t stall_us = 0;
    int result = 0;
    while (result == 0 || result == MPROM_REPL_STREAM_TEXT) {
        int sent = stream_send(repl, stream);
        if (sent != 0 || result == 0) {
            stall_us = mprom_clock_in_ms(stream->stall_ms);
        }
        result = sent < 0 ? sent : stream_take(repl, reply, stream, stall_us);
    }
    return result;
}

static int exec_exception(struct mprom_repl *repl, const char *doing, struct mprom_client_error *error)
{
    const char *text;
    char line[MPROM_FAILURE_QUOTE_SIZE];
    size_t size = mprom_exception_line(repl->error, repl->error_size, &text);
    mprom_failure_printable(line, sizeof(line), text, size, false);
    if (strncmp(line, "KeyboardInterrupt", 17) == 0) {
        mprom_failure_set(
            error, -MPROM_EPERM,
            "%s: somebody else's Ctrl-C ended the board's program while %s; close whatever else uses the port "
            "and try again",
            repl->link->name, doing);
    } else {
        mprom_failure_set(error, -MPROM_EPERM, "%s: %s failed on the board: %s", repl->link->name, doing, line);
    }
    mprom_failure_detail(error, repl->error, repl->error_size);
    return -MPROM_EPERM;
}

static int exec_failure(struct mprom_repl *repl, int code, const char *doing, struct mprom_client_error *error)
{
    if (code == -MPROM_EFBIG) {
        return mprom_failure_set(error, code, "%s: the board printed more than %u bytes while %s", repl->link->name,
                                 MPROM_REPL_OUTPUT_SIZE, doing);
    }
    if (code == -MPROM_EBADMSG) {
        return mprom_failure_set(error, code,
                                 "%s: the board's answer makes no sense while %s; reset it and try again",
                                 repl->link->name, doing);
    }
    return mprom_link_failure(repl->link, code, doing, error);
}

static int exec_end(struct mprom_repl *repl, int result, const char *doing, struct mprom_client_error *error)
{
    if (result) {
        repl->active = false;
        return exec_failure(repl, result, doing, error);
    }
    repl->was_disturbed = repl->error_size > 0 && !mprom_exception_is(repl->error, repl->error_size);
    return repl->error_size > 0 && !repl->was_disturbed ? exec_exception(repl, doing, error) : 0;
}

int mprom_repl_exec(struct mprom_repl *repl, const char *program, size_t size, uint32_t timeout_ms, const char *doing,
                    struct mprom_client_error *error)
{
    struct mprom_repl_reply reply;
    uint64_t deadline = mprom_clock_in_ms(timeout_ms);
    repl->error_size = 0;
    int result = exec_send(repl, program, size, deadline);
    if (result >= 0) {
        exec_begin(repl, &reply, result);
        result = exec_follow(repl, &reply, deadline);
    }
    return exec_end(repl, result, doing, error);
}

int mprom_repl_exec_stream(struct mprom_repl *repl, const char *program, size_t size,
                           const struct mprom_repl_stream *stream, const char *doing,
                           struct mprom_client_error *error)
{
    struct mprom_repl_reply reply;
    repl->error_size = 0;
    int result = exec_send(repl, program, size, mprom_clock_in_ms(stream->stall_ms));
    if (result >= 0) {
        exec_begin(repl, &reply, result);
        result = stream_follow(repl, &reply, stream);
        if (result > 0) {
            result = exec_follow(repl, &reply, mprom_clock_in_ms(stream->end_ms));
        }
    }
    return exec_end(repl, result, doing, error);
}
