/* The stream of frames: what may be sent now, and what the board's words mean. */
#include "client/link/clock.h"
#include "client/link/failure.h"
#include "client/repl/repl_stream.h"
#include "client/transfer/transfer.h"
#include "client/transfer/transfer_frame.h"
#include "client/transfer/transfer_pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STALLS_MAX = 4,
    STALLS_ALL_MAX = 8,    /* in one transfer: somebody else reads what the board says */
    DAMAGED_MAX = 20,      /* frames in a row */
    DAMAGED_START_MAX = 3, /* if none at all came through */
    IDLE_MAX = 1000, /* words in a row that do not get the transfer on; a whole payload has 171 pieces at most */
    FILLER_SIZE = 256,
    GREETING_SIZE = 128,
    RAISE_MIN_SIZE = 2048, /* below, the transfer is over before a change of the rate would pay */
    RAISE_STALL_MS = 1500, /* for the first frame to come through at the raised rate: the board waits 1,000 */
    RATE_BACK_MS = 500,
};

struct sender {
    struct mprom_client *client;
    struct mprom_client_error *error;
    const struct mprom_transfer_job *job;
    int window_bits; /* 0: what is sent is not compressed */
    char doing[64];
    uint32_t window;
    uint32_t room; /* of a frame's payload */
    uint32_t chunk;
    uint32_t made_off; /* frames are made up to here, */
    uint32_t done_off; /* written by the board up to here */
    bool is_waiting;   /* for the board to say from where to go on */
    bool is_filling;   /* because it may be short of bytes */
    bool is_reading;   /* the number of a frame */
    bool is_raising;   /* the board was asked to change the rate, and has not said that it does */
    bool is_raised;    /* the line has that rate */
    uint32_t baud;     /* 0: it stays as it is */
    uint32_t number;
    uint32_t filler; /* zeros that end the read of a frame which has lost bytes, */
    bool is_marking; /* and behind them the mark that ends what is on the way */
    bool has_marked; /* a board that was only slow may find that at its prompt */
    unsigned stalls; /* in a row */
    unsigned stalls_all;
    unsigned damaged;     /* frames in a row */
    unsigned idle;        /* words in a row that did not get the transfer on */
    uint32_t noise;       /* bytes in a row that are no words */
    uint32_t patience_ms; /* the longest that a frame may take, */
    uint64_t waited_us;   /* and how long the one that is due has taken */
    uint64_t heard_us;    /* when the last word came */
    struct mprom_repl_stream stream;
    struct mprom_pack pack;
    struct mprom_frame_ring ring;
};

/* What goes on, for errors: it changes as the transfer gets on. */
static void sender_describe(struct sender *sender)
{
    const struct mprom_frame_ring *ring = &sender->ring;
    if (ring->first < ring->next) {
        sender->done_off = ring->frames[ring->first % MPROM_FRAME_RING_SIZE].off;
    }
    const struct mprom_transfer_job *job = sender->job;
    if (job->is_patch) {
        snprintf(sender->doing, sizeof sender->doing, "writing segment %u (%u of %u bytes sent)", job->id,
                 sender->done_off, job->total);
    } else {
        snprintf(sender->doing, sizeof sender->doing, "writing segment %u, offset %u", job->id, sender->done_off);
    }
}

/* The first frame writes nothing: it shows whether a console is clean for 8 bits, and stands alone until that is
 * known. */
static void sender_greet(struct sender *sender)
{
    uint8_t pattern[GREETING_SIZE];
    mprom_frame_pattern(pattern, sizeof pattern);
    mprom_frame_ring_add(&sender->ring, sender->job->from, sender->job->from, pattern, sizeof pattern);
}

/* A frame lies in one block of a device, as a chunk does. If all that is left stays, an empty one says so. */
static void sender_make(struct sender *sender)
{
    const struct mprom_transfer_job *job = sender->job;
    const uint8_t *payload = NULL;
    uint32_t off = sender->made_off;
    uint32_t size = 0;
    uint32_t end = sender->window_bits ? mprom_delta_next(job->delta, &off, job->to)
                                       : mprom_transfer_job_next(job, &off, &payload);
    uint32_t part = sender->chunk - off % sender->chunk;
    part = part < end - off ? part : end - off;
    if (sender->window_bits == 0) {
        size = part = mprom_frame_fit(payload, part, job->unit, sender->room);
    } else if (part > 0) {
        part = mprom_pack_next(&sender->pack, part, job->unit, sender->room, &payload, &size);
    }
    mprom_frame_ring_add(&sender->ring, off, off + part, payload, size);
    sender->made_off = off + part;
}

static void sender_next(void *ctx, const uint8_t **bytes, size_t *size)
{
    static const uint8_t zeros[FILLER_SIZE];
    static const uint8_t mark[MPROM_WIRE_MARK_SIZE] = {MPROM_WIRE_ESCAPE, MPROM_WIRE_ESCAPE, MPROM_WIRE_ESCAPE};
    struct sender *sender = ctx;
    struct mprom_frame_ring *ring = &sender->ring;
    *size = 0;
    if (sender->filler > 0) {
        *bytes = zeros;
        *size = sender->filler < sizeof zeros ? sender->filler : sizeof zeros;
        sender->filler -= (uint32_t)*size;
    } else if (sender->is_marking) {
        sender->is_marking = false;
        sender->has_marked = true;
        *bytes = mark;
        *size = sizeof mark;
    } else if (!sender->is_waiting && ring->bytes < sender->window) {
        if (ring->sent == ring->next && ring->first > 0 && sender->made_off < sender->job->to &&
            mprom_frame_ring_has_room(ring)) {
            sender_make(sender);
            sender_describe(sender);
        }
        *size = mprom_frame_ring_take(ring, sender->window - ring->bytes, bytes);
    }
}

/* A port that cannot do the rate sends noise: then nothing comes through, and both go back to the old rate. */
static int sender_raise(struct sender *sender)
{
    if (!sender->is_raising) {
        return MPROM_REPL_STREAM_TEXT;
    }
    sender->is_raising = sender->is_waiting = false;
    sender->is_raised = mprom_link_set_baud(&sender->client->link, sender->baud) == 0;
    return 0;
}

static void sender_slow_down(struct sender *sender)
{
    if (sender->is_raised) {
        mprom_link_set_baud(&sender->client->link, 0);
    }
    sender->is_raising = sender->is_raised = false;
    sender->stream.stall_ms = sender->job->stall_ms;
}

/* After its last word the board is at its old rate, and waits for a byte at that before it prints anything. */
static int sender_end(struct sender *sender)
{
    bool was_raised = sender->is_raised;
    sender_slow_down(sender);
    int err = was_raised ? mprom_link_write(&sender->client->link, "\n", 1, mprom_clock_in_ms(RATE_BACK_MS)) : 0;
    return err < 0 ? err : 1;
}

static int sender_damaged(struct sender *sender)
{
    sender->damaged++;
    sender->is_waiting = true;
    sender->is_filling = false;
    sender->filler = 0;
    if (sender->ring.first == 0 && sender->damaged >= DAMAGED_START_MAX) {
        return -MPROM_EOPNOTSUPP;
    }
    return sender->damaged < DAMAGED_MAX ? 0 : -MPROM_EBADMSG;
}

/* A piece was read. What the board is made to read while it is short of bytes gets nothing on. */
static int sender_room(struct sender *sender)
{
    if (sender->is_filling) {
        sender->filler = sender->ring.piece; /* not more at a time, lest the board's buffer runs over */
        return 0;
    }
    if (sender->is_waiting || !mprom_frame_ring_confirm(&sender->ring)) {
        return MPROM_REPL_STREAM_TEXT;
    }
    sender->idle = 0;
    return 0;
}

static bool sender_has_sent_all(const struct sender *sender)
{
    return sender->ring.first == sender->ring.next && sender->made_off == sender->job->to;
}

/* Stalled and damaged as often as may be: a frame that takes longer does not get through. */
static uint32_t sender_patience_ms(const struct sender *sender)
{
    const struct mprom_transfer_job *job = sender->job;
    uint32_t baud = sender->client->options.baud;
    uint32_t line_ms = (uint32_t)((uint64_t)(sender->room + MPROM_WIRE_HEADER_SIZE) * 10 * 1000 / baud);
    return 2 * STALLS_ALL_MAX * job->stall_ms + DAMAGED_MAX * line_ms;
}

static void sender_await_frame(struct sender *sender)
{
    sender->waited_us = 0;
    /* Behind the last one the board may take its time. */
    sender->patience_ms = sender_patience_ms(sender) + (sender_has_sent_all(sender) ? sender->job->end_ms : 0);
}

/* Whether the frame that is due has taken too long. A pause counts as a stall: this process may have been stopped. */
static bool sender_is_out_of_patience(struct sender *sender)
{
    uint64_t now_us = mprom_clock_now_us();
    uint64_t most_us = (uint64_t)sender->stream.stall_ms * 1000;
    uint64_t pause_us = now_us - sender->heard_us;
    sender->heard_us = now_us;
    sender->waited_us += pause_us < most_us ? pause_us : most_us;
    return sender->waited_us > (uint64_t)sender->patience_ms * 1000;
}

static int sender_written(struct sender *sender)
{
    const struct mprom_frame *frame = mprom_frame_ring_written(&sender->ring);
    if (frame == NULL) {
        return MPROM_REPL_STREAM_TEXT;
    }
    sender->done_off = frame->end;
    sender->damaged = sender->idle = 0;
    sender_await_frame(sender);
    sender->stream.stall_ms = sender->job->stall_ms;
    sender_describe(sender);
    mprom_session_progress(sender->client, "sending", sender->done_off, sender->job->total);
    return 0;
}

/*
 * The board says where to go on; what it has written it does not take back. If the word before, that a frame was
 * damaged, was lost, this one stands for it.
 */
static int sender_go_on(struct sender *sender)
{
    if (!sender->is_waiting && ++sender->damaged >= DAMAGED_MAX) {
        return -MPROM_EBADMSG;
    }
    if (!mprom_frame_ring_rewind(&sender->ring, sender->number)) {
        return -MPROM_EBADMSG;
    }
    sender->is_waiting = sender->is_filling = false;
    sender->idle = 0;
    return 0;
}

/* Every byte after the word for it, until the number ends. */
static int sender_number(struct sender *sender, char byte)
{
    if (byte >= '0' && byte <= '9') {
        bool fits = sender->number <= (UINT32_MAX - 9) / 10;
        sender->number = sender->number * 10 + (uint32_t)(byte - '0');
        return fits ? 0 : -MPROM_EBADMSG;
    }
    sender->is_reading = false;
    return byte == MPROM_WIRE_FROM_END ? sender_go_on(sender) : MPROM_REPL_STREAM_TEXT;
}

/* Text has none of these, though it may have others of the bytes between them, such as tabs. */
static bool is_word(char byte)
{
    return byte == MPROM_WIRE_ROOM || byte == MPROM_WIRE_WRITTEN || byte == MPROM_WIRE_DAMAGED ||
           byte == MPROM_WIRE_FROM || byte == MPROM_WIRE_REFUSED || byte == MPROM_WIRE_DONE ||
           byte == MPROM_WIRE_RATE || byte == MPROM_WIRE_MARK;
}

/* What a word means. MPROM_REPL_STREAM_TEXT if it means nothing now: a doubled one, or somebody else's. */
static int sender_word(struct sender *sender, char byte)
{
    switch (byte) {
    case MPROM_WIRE_ROOM:
        return sender_room(sender);
    case MPROM_WIRE_WRITTEN:
        return sender_written(sender);
    case MPROM_WIRE_DAMAGED:
        return sender_damaged(sender);
    case MPROM_WIRE_MARK:
        sender->is_marking = true;
        return sender_damaged(sender);
    case MPROM_WIRE_FROM:
        sender->is_reading = true;
        sender->number = 0;
        return 0;
    case MPROM_WIRE_RATE:
        return sender_raise(sender);
    default: /* MPROM_WIRE_REFUSED, MPROM_WIRE_DONE */
        return sender_end(sender);
    }
}

/*
 * Only what gets the transfer on puts off a stall, or a board that says the same word for ever would never be left;
 * and a word now and then puts it off no longer than a frame may take.
 */
static int sender_take(void *ctx, char byte)
{
    struct sender *sender = ctx;
    if (!sender->is_reading && !is_word(byte)) {
        return sender->noise++ < MPROM_REPL_REPLY_NOISE_MAX ? MPROM_REPL_STREAM_TEXT : -MPROM_EBADMSG;
    }
    if (sender->idle++ >= IDLE_MAX) {
        return -MPROM_EBADMSG;
    }
    if (sender_is_out_of_patience(sender)) {
        return -MPROM_ETIMEDOUT;
    }
    int result = sender->is_reading ? sender_number(sender, byte) : sender_word(sender, byte);
    if (result != MPROM_REPL_STREAM_TEXT) {
        sender->stalls = 0;
        sender->noise = 0;
    }
    return result;
}

/*
 * Bytes were lost on the way, or answers: the board is made to see that a frame is damaged. If it only sends text,
 * its program has ended. If it has written everything, nothing can be lost any more, but it may take its time.
 */
static int sender_stall(void *ctx)
{
    struct sender *sender = ctx;
    const struct mprom_transfer_job *job = sender->job;
    if (sender_has_sent_all(sender)) {
        return ++sender->stalls * job->stall_ms < job->end_ms ? 0 : -MPROM_ETIMEDOUT;
    }
    if (sender->is_raising || sender->is_raised) {
        sender_slow_down(sender); /* the board does so by itself */
        sender->noise = 0;
    }
    if (sender->stalls > 0 && sender->noise > 0) {
        return -MPROM_EBADMSG;
    }
    if (sender->stalls++ >= STALLS_MAX || sender->stalls_all++ >= STALLS_ALL_MAX) {
        return -MPROM_ETIMEDOUT;
    }
    sender->is_waiting = true;
    sender->is_filling = sender->is_marking = true;
    sender->filler = sender->ring.piece + MPROM_WIRE_HEADER_SIZE;
    return 0;
}

/* Most bytes of a frame that is written in units: with some room for escapes, or for a unit of nothing else. */
static uint32_t frame_room(uint32_t chunk, uint32_t unit)
{
    return unit <= chunk / 2 ? chunk + chunk / 8 : 2 * chunk;
}

static int sender_run(struct sender *sender, int64_t *result)
{
    const struct mprom_transfer_job *job = sender->job;
    const struct mprom_transfer_frames frames = {sender->ring.piece, sender->room, sender->chunk, sender->window_bits,
                                                 sender->baud};
    struct mprom_client *client = sender->client;
    struct mprom_answer_line line;
    char program[256];
    job->program(job->ctx, &frames, program, sizeof program);
    sender->heard_us = mprom_clock_now_us();
    sender_await_frame(sender);
    int err = mprom_transfer_ask(client, program, &sender->stream, sender->doing, &line, sender->error);
    sender_slow_down(sender);
    if (!err && !(mprom_answer_number(&line, INT32_MIN, UINT32_MAX, result) && mprom_answer_end(&line))) {
        err = mprom_session_nonsense(client, sender->doing, sender->error);
    }
    return err;
}

/* Chooses between a deflate stream and plain bytes. 0, or -MPROM_ENOMEM. */
static int sender_pack(struct sender *sender, const struct mprom_transfer *transfer)
{
    bool can = transfer->window_bits != 0 && sender->job->unit <= transfer->packed_chunk;
    int packed = can ? mprom_pack_begin(&sender->pack, sender->job, transfer->window_bits) : 0;
    if (packed > 0) {
        sender->window_bits = transfer->window_bits;
        sender->chunk = sender->chunk < transfer->packed_chunk ? sender->chunk : transfer->packed_chunk;
        sender->room = transfer->packed_room;
    }
    return packed < 0 ? packed : 0;
}

int mprom_transfer_send(struct mprom_client *client, const struct mprom_transfer *transfer,
                        const struct mprom_transfer_job *job, int64_t *result, uint32_t *done_off,
                        struct mprom_client_error *error)
{
    struct sender *sender = malloc(sizeof *sender);
    *done_off = job->from;
    if (sender == NULL) {
        return mprom_failure_set(error, -MPROM_ENOMEM, "out of memory");
    }
    *sender = (struct sender){
        .client = client,
        .error = error,
        .job = job,
        .window = transfer->window,
        .room = frame_room(transfer->chunk, job->unit),
        .chunk = transfer->chunk,
        .made_off = job->from,
        .done_off = job->from,
        .baud = job->to - job->from < RAISE_MIN_SIZE ? 0 : transfer->baud,
        .stream = {sender, sender_next, sender_take, sender_stall, job->stall_ms, job->end_ms},
    };
    if (sender->baud > 0) {
        sender->is_raising = sender->is_waiting = true;
        sender->stream.stall_ms = RAISE_STALL_MS;
    }
    mprom_frame_ring_init(&sender->ring, transfer->window / 4);
    sender_greet(sender);
    sender_describe(sender);
    int err = sender_pack(sender, transfer);
    err = err ? mprom_failure_set(error, err, "out of memory") : sender_run(sender, result);
    if (err == -MPROM_EPERM && sender->ring.first == 0) {
        err = -MPROM_EOPNOTSUPP; /* such as MemoryError: text takes less */
    }
    bool is_left_over = err == 0 && sender->has_marked;
    *done_off = sender->done_off;
    mprom_pack_end(&sender->pack);
    free(sender);
    if (err == -MPROM_EOPNOTSUPP || is_left_over) {
        int lost = mprom_repl_enter(&client->repl, MPROM_REPL_ENTER_MS, error);
        return lost ? lost : err;
    }
    return err;
}
