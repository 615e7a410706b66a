/* One of several boards, in its thread. */
#include "cli/many_board.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/rows.h"

enum {
    MANY_ANSWER_MS = 5000, /* for a board at a port that --all found */
    MANY_TWIN_US = 100000, /* for the last bytes of a board's other port to reach it */
};

const char *many_state_name(enum many_state state)
{
    static const char *const names[] = {"running", "ok", "failed", "skipped"};
    return names[state];
}

int64_t many_now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static size_t board_number(const struct many_board *board)
{
    return (size_t)(board - board->many->boards);
}

static void board_progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
    struct many_board *board = ctx;
    if (!board->answered) {
        board->answered = true;
        twins_hear(board->many->twins, board_number(board));
    }
    online_note_progress(&board->online, what, done, total);
    pthread_mutex_lock(&board->many->lock);
    board->phase = what;
    board->done = done;
    board->total = total;
    pthread_mutex_unlock(&board->many->lock);
    if (!board->many->terminal) {
        online_progress(&board->online, what, done, total);
    }
}

/* Shows what work printed so far, all at once, and begins anew. */
static void board_show(struct online *online)
{
    struct many_board *board = online->flush_ctx;
    fflush(online->out);
    rows_hide();
    fwrite(board->text, 1, board->text_size, stdout);
    fflush(stdout);
    rows_show();
    rewind(online->out);
}

static void board_print_json(struct many_board *board)
{
    struct online *online = &board->online;
    json_t *line = json_object();
    double seconds = (double)(board->end_us - board->start_us) / 1e6;
    json_object_set_new(line, "port", json_text(board->port, strlen(board->port)));
    json_object_set_new(line, "board", json_string(board->machine));
    json_object_set_new(line, "result", json_string(many_state_name(board->state)));
    json_object_set_new(line, "seconds", json_real((double)(int64_t)(seconds * 1000) / 1000));
    if (board->state != MANY_OK) {
        json_object_set_new(line, "error", json_text(online->error.text, strlen(online->error.text)));
    }
    json_object_update_missing(line, json_array_get(online->result, 0));
    rows_hide();
    (void)json_print_line(line);
    fflush(stdout);
    rows_show();
}

static void board_waiting(void *ctx, bool hears)
{
    struct many_board *board = ctx;
    board->hears |= hears;
    if (hears) {
        twins_hear(board->many->twins, board_number(board));
    }
}

static void board_opened(void *ctx)
{
    struct many_board *board = ctx;
    twins_note_open(board->many->twins, board_number(board));
}

static void board_prompted(void *ctx, bool was_running)
{
    struct many_board *board = ctx;
    twins_note_prompt(board->many->twins, board_number(board), was_running);
}

/* Whether a board that is there could not be spoken to, as when another of its ports is opened at the same time. */
static bool board_was_disturbed(const struct many_board *board, int err)
{
    return (board->answered || board->hears) &&
           (err == -MPROM_EBADMSG || err == -MPROM_EPERM || err == -MPROM_ETIMEDOUT);
}

/* The same phase once more is another one: else it would seem to take long. */
static void board_forget_phase(struct many_board *board)
{
    progress_end(&board->online.progress);
    board->online.phase = NULL;
}

/* Opens the board. Returns false if that failed, and then it has settled. */
static bool board_open(struct many_board *board)
{
    struct twins *twins = board->many->twins;
    size_t number = board_number(board);
    struct online *online = &board->online;
    int err = mprom_client_open(&online->client, &online->options, &online->error);
    if (board_was_disturbed(board, err)) {
        twins_ask_again(twins, number);
        board_forget_phase(board);
        err = mprom_client_open(&online->client, &online->options, &online->error);
    }
    online->board = err ? NULL : mprom_client_board(online->client);
    twins_settle(twins, number, online->board);
    return !err;
}

/* Of several ports of one board one is used. Returns MANY_RUNNING if it is this one, and open. */
static enum many_state board_choose_port(struct many_board *board)
{
    struct many *many = board->many;
    struct online *online = &board->online;
    size_t number = board_number(board);
    size_t first = twins_first(many->twins, number);
    if (first != number) {
        pthread_mutex_lock(&many->lock);
        const char *used = many->boards[first].port;
        if (online->result) {
            json_array_append_new(online->result, json_pack("{s:o}", "same_board_as", json_text(used, strlen(used))));
        }
        snprintf(online->error.text, sizeof online->error.text,
                 "%.127s leads to the same board as %.127s, which is used", board->port, used);
        pthread_mutex_unlock(&many->lock);
        mprom_client_close(online->client);
        online->client = NULL;
        twins_close(many->twins, number);
        return MANY_SKIPPED;
    }
    online->was_interrupted = online->board->was_interrupted;
    if (twins_await(many->twins, number, &online->was_interrupted)) {
        usleep(MANY_TWIN_US);
        board_forget_phase(board);
        return online_reopen(online) == CLI_OK ? MANY_RUNNING : MANY_FAILED;
    }
    return MANY_RUNNING;
}

static enum many_state board_work(struct many_board *board)
{
    struct many *many = board->many;
    struct online *online = &board->online;
    online->options = (struct mprom_client_options){
        .port = board->port,
        .progress = board_progress,
        .waiting = board_waiting,
        .opened = board_opened,
        .prompted = board_prompted,
        .ctx = board,
    };
    (void)online_take_options(many->cli, &online->options);
    if (board->found && online->options.answer_ms == 0) {
        online->options.answer_ms = MANY_ANSWER_MS;
    }
    online->port = board->port;
    online_note(online, INTERRUPT_CONNECTING);
    if (!board_open(board)) {
        if (!board->found || board->answered) {
            online_failed(online);
            return MANY_FAILED;
        }
        return MANY_SKIPPED;
    }
    online_note(online, INTERRUPT_UNTOUCHED);
    snprintf(board->machine, sizeof board->machine, "%s", online->board->machine);
    pthread_mutex_lock(&many->lock);
    snprintf(board->port, sizeof board->port, "%s", online->board->port); /* "auto" has become a name */
    pthread_mutex_unlock(&many->lock);
    enum many_state state = board_choose_port(board);
    if (state != MANY_RUNNING) {
        return state;
    }
    int status = many->work(online, many->ctx);
    progress_end(&online->progress);
    online->has_result = json_array_size(online->result) > 0;
    status = online_settle(online, status);
    mprom_client_close(online->client);
    return status == CLI_OK ? MANY_OK : MANY_FAILED;
}

/* Opens what a board's results go to. */
static bool board_prepare(struct many_board *board)
{
    struct online *online = &board->online;
    online->flush = board_show;
    online->flush_ctx = board;
    online->prefix = board->port;
    online->out = open_memstream(&board->text, &board->text_size);
    online->result = online->cli->json ? json_array() : NULL;
    return online->out && (!online->cli->json || online->result);
}

void many_board_end(struct many_board *board, enum many_state state)
{
    struct many *many = board->many;
    struct online *online = &board->online;
    board->end_us = board->worked ? many_now_us() : board->start_us;
    pthread_mutex_lock(&many->lock);
    board->state = state;
    pthread_mutex_unlock(&many->lock);
    if (online->out) {
        board_show(online);
        fclose(online->out);
        free(board->text);
    }
    if (state == MANY_SKIPPED) {
        cli_note(many->cli, "skipped: %s", online->error.text);
    }
    if (many->cli->json) {
        board_print_json(board);
        json_decref(online->result);
    }
}

void *many_board_main(void *arg)
{
    struct many_board *board = arg;
    struct many *many = board->many;
    enum many_state state = MANY_FAILED;
    board->worked = true;
    if (board_prepare(board)) {
        state = board_work(board);
    } else {
        online_fail(&board->online, "%s: out of memory", board->port);
        twins_settle(many->twins, board_number(board), NULL);
    }
    many_board_end(board, state);
    pthread_mutex_lock(&many->lock);
    many->running--;
    pthread_cond_signal(&many->ended);
    pthread_mutex_unlock(&many->lock);
    return NULL;
}
