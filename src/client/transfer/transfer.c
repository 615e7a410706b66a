/* What a transfer needs to know beforehand, and the program on the board. */
#include "client/transfer/transfer.h"

#include "client/repl/repl_stream.h"
#include "client/transfer/programs.h"
#include "client/transfer/transfer_frame.h"
#include "mprom/romfs.h"

#include <stdio.h>

enum {
    WINDOW_SURE = 192,          /* the smallest input buffers of MicroPython's ports hold 255 bytes */
    WINDOW_TRIED = 2048,        /* what the trial sends at once */
    FRAMES_MIN_SIZE = 2 * 1024, /* below, the program on the board is larger than what it saves */
    TRIAL_MIN_SIZE = 16 * 1024, /* below, the transfer is over before a trial would pay */
    TRIAL_SIZE = 64,
    TRIAL_PARTS = 2,
    TRIAL_UART_US = 1000, /* that they take at 640,000 baud */
    WINDOW_BITS_MIN = 9,
    WINDOW_BITS_MAX = 12,
    PACKED_CHUNK = 2048, /* smaller than plain ones: the board needs memory for the window as well */
    PACKED_ROOM = 1280,
    WINDOW_BUILTIN = 8192,
    INFLATE_MEMORY = 10 * 1024, /* of the board for a transfer that it inflates, beside the window */
};

int mprom_transfer_ask(struct mprom_client *client, const char *program, const struct mprom_repl_stream *stream,
                       const char *doing, struct mprom_answer_line *line, struct mprom_client_error *error)
{
    struct mprom_answer answer;
    int err = mprom_session_run_stream(client, doing, stream, &answer, error, "%s", program);
    if (!err && !(mprom_answer_next(&answer, line) && mprom_answer_is(line, "did"))) {
        err = mprom_session_nonsense(client, doing, error);
    }
    return err;
}

/*
 * The trial: how fast TRIAL_SIZE bytes arrive, and if that is no UART's pace what is there of WINDOW_TRIED bytes that
 * are sent while the board does not read.
 */
struct trial {
    uint8_t bytes[WINDOW_TRIED];
    size_t size; /* of what is to be sent next */
    int asked;   /* for so many parts */
};

static void trial_next(void *ctx, const uint8_t **bytes, size_t *size)
{
    struct trial *trial = ctx;
    *bytes = trial->bytes;
    *size = trial->size;
    trial->size = 0;
}

static int trial_take(void *ctx, char byte)
{
    struct trial *trial = ctx;
    if (byte == MPROM_WIRE_ROOM && trial->asked < TRIAL_PARTS) {
        trial->size = trial->asked == 0 ? TRIAL_SIZE : sizeof trial->bytes;
        trial->asked++;
        return 0;
    }
    return byte == MPROM_WIRE_DONE ? 1 : MPROM_REPL_STREAM_TEXT;
}

static int trial_stall(void *ctx)
{
    (void)ctx;
    return -MPROM_ETIMEDOUT;
}

static int transfer_try(struct mprom_client *client, struct mprom_transfer *transfer,
                        struct mprom_client_error *error)
{
    static const char doing[] = "trying the link";
    struct trial trial = {.size = 0};
    const struct mprom_repl_stream stream = {
        &trial, trial_next, trial_take, trial_stall, MPROM_TRANSFER_STALL_MS, MPROM_TRANSFER_END_MS};
    char program[64];
    struct mprom_answer_line line;
    int64_t count;
    int64_t crc;
    mprom_frame_pattern(trial.bytes, sizeof trial.bytes);
    snprintf(program, sizeof program, MPROM_PROGRAM_TRY_LINK, TRIAL_SIZE, WINDOW_TRIED, TRIAL_UART_US);
    int err = mprom_transfer_ask(client, program, &stream, doing, &line, error);
    if (err) {
        return err;
    }
    if (!mprom_answer_number(&line, 0, WINDOW_TRIED, &count) || !mprom_answer_number(&line, 0, UINT32_MAX, &crc) ||
        !mprom_answer_end(&line)) {
        return mprom_session_nonsense(client, doing, error);
    }
    bool is_clean = mprom_romfs_crc32(0, trial.bytes, (size_t)count) == crc;
    if (is_clean && count == WINDOW_TRIED) {
        transfer->window = WINDOW_TRIED;
    } else if (!is_clean) {
        transfer->window = 0;
    }
    /* If this PC or the link was late, the bytes of the second part are at the prompt now. */
    return trial.asked > 1 && count < WINDOW_TRIED ? mprom_repl_enter(&client->repl, MPROM_REPL_ENTER_MS, error) : 0;
}

/* The window that a board has memory for: a quarter of it at most goes into a transfer. */
static int transfer_window_bits(uint32_t free_memory)
{
    int bits = WINDOW_BITS_MAX;
    while (bits >= WINDOW_BITS_MIN && free_memory < 4 * (INFLATE_MEMORY + (1u << bits))) {
        bits--;
    }
    return bits >= WINDOW_BITS_MIN ? bits : 0;
}

int mprom_transfer_begin(struct mprom_client *client, uint32_t id, uint32_t size, struct mprom_transfer *transfer,
                         struct mprom_client_error *error)
{
    static const char doing[] = "preparing the transfer";
    struct mprom_answer_line line;
    int64_t can = 0, can_inflate = 0;
    *transfer = (struct mprom_transfer){
        .chunk = mprom_segment_chunk_size(client, id),
        .packed_chunk = PACKED_CHUNK,
        .packed_room = PACKED_ROOM,
    };
    if (size < FRAMES_MIN_SIZE) {
        return 0;
    }
    int err = mprom_session_ask(client, doing, MPROM_REPL_EXEC_MS, "can", &line, error, "%s", MPROM_PROGRAM_RECEIVER);
    if (!err && !(mprom_answer_number(&line, 0, 1, &can) && mprom_answer_number(&line, 0, 1, &can_inflate) &&
                  mprom_answer_end(&line))) {
        err = mprom_session_nonsense(client, doing, error);
    }
    if (err || can == 0) {
        return err == -MPROM_EPERM ? 0 : err; /* such as MemoryError: text takes less */
    }
    transfer->window = WINDOW_SURE;
    transfer->window_bits = can_inflate ? transfer_window_bits(client->board.free_memory) : 0;
    return size < TRIAL_MIN_SIZE ? 0 : transfer_try(client, transfer, error);
}

void mprom_transfer_begin_builtin(const struct mprom_client *client, uint32_t id, struct mprom_transfer *transfer)
{
    uint32_t room = client->board.console_room;
    uint32_t chunk = mprom_segment_chunk_size(client, id);
    uint32_t window = room ? (uint32_t)((uint64_t)room * 3 / 4) : WINDOW_SURE;
    *transfer = (struct mprom_transfer){
        .window = window < WINDOW_BUILTIN ? window : WINDOW_BUILTIN,
        .chunk = chunk,
        .window_bits = transfer_window_bits(client->board.free_memory),
        .packed_chunk = chunk,
        .packed_room = chunk / 2 + chunk / 16,
    };
}
