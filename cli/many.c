/* Several boards at once. */
#include "cli/many.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/bar.h"
#include "cli/rows.h"
#include "cli/twins.h"
#include "client/link/utf8.h"

enum {
    MANY_ANSWER_MS = 5000, /* for a board at a port that --all found */
    MANY_REFRESH_MS = 100,
    MANY_TWIN_US = 100000, /* for the last bytes of a board's other port to reach it */
    MANY_BAR_WIDTH = 20,
    MANY_PHASE_WIDTH = 12,
};

enum many_state {
    MANY_RUNNING,
    MANY_OK,
    MANY_FAILED,
    MANY_SKIPPED,
};

static const char *const state_names[] = {"running", "ok", "failed", "skipped"};

struct many;

struct many_board {
    struct many *many;
    struct online online; /* the thread's own, like all up to the next comment */
    char port[PATH_MAX];  /* as it was named, then as the client calls it */
    char machine[128];
    bool found;    /* by --all, not named */
    bool answered; /* there is a board */
    bool hears;    /* or at least something that sends text */
    bool worked;   /* its thread ran */
    char *text;    /* what work printed and is not shown yet */
    size_t text_size;
    bool started; /* the main thread's: there is a thread to join */
    pthread_t thread;
    int64_t start_us; /* all start at the same time; those that end at once took no time */
    int64_t end_us;
    /* Under the lock: for the row. */
    enum many_state state;
    const char *phase;
    uint64_t done;
    uint64_t total;
};

struct many {
    const struct cli *cli;
    online_work *work;
    void *ctx;
    struct many_board *boards;
    size_t count;
    struct mprom_client_port *found; /* all ports of the PC, NULL if they cannot be listed */
    size_t found_count;
    struct twins *twins;
    int port_width;
    bool terminal;
    int64_t start_us;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    size_t running;
};

bool many_is_meant(const struct cli *cli)
{
    return (cli->command->takes & CLI_TAKES_MANY) && (cli->all_boards || cli->ports.count > 1);
}

static int64_t now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int text_width(const char *text)
{
    int width = 0;
    for (size_t size = strlen(text); size > 0; width++) {
        size_t n = mprom_utf8_size(text, size);
        text += n ? n : 1;
        size -= n ? n : 1;
    }
    return width;
}

/* ---- The ports ---- */

/* Whether both are one port: links lead to many (/dev/serial/by-id, an emulated board's folder). */
static bool port_is(const char *a, const char *b)
{
    char paths[2][PATH_MAX];
    const char *const names[] = {a, b};
    for (size_t i = 0; i < 2; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, strchr(names[i], '/') ? "%s" : "/dev/%s", names[i]);
        if (!realpath(path, paths[i])) {
            return strcmp(a, b) == 0; /* a server's, or no port at all */
        }
    }
    return strcmp(paths[0], paths[1]) == 0;
}

/* Adds a port unless it is there. The room was allocated before. */
static struct many_board *many_add(struct many *many, const char *port)
{
    for (size_t i = 0; i < many->count; i++) {
        if (port_is(many->boards[i].port, port)) {
            return NULL;
        }
    }
    struct many_board *board = &many->boards[many->count++];
    board->many = many;
    board->online.cli = many->cli;
    board->start_us = many->start_us;
    board->phase = "connecting";
    snprintf(board->port, sizeof board->port, "%s", port);
    int width = text_width(board->port);
    many->port_width = width > many->port_width ? width : many->port_width;
    return board;
}

/* A real UART may have anything at its other end, and Ctrl-C is not what it wants to hear. */
static void many_add_found(struct many *many, const struct mprom_client_port *port)
{
    struct many_board *board = many_add(many, port->path);
    if (!board) {
        return;
    }
    board->found = true;
    if (!port->is_board) {
        board->state = MANY_SKIPPED;
        snprintf(board->online.error.text, sizeof board->online.error.text,
                 "%.127s is not on USB; if a board is there, name it with -p", port->path);
    }
}

/* What the PC knows of the ports, whoever named them. */
static void many_note_ports(struct many *many)
{
    for (size_t i = 0; i < many->count; i++) {
        for (size_t k = 0; k < many->found_count; k++) {
            if (port_is(many->boards[i].port, many->found[k].path)) {
                twins_note_port(many->twins, i, &many->found[k]);
            }
        }
    }
}

static int many_gather(struct many *many)
{
    const struct cli *cli = many->cli;
    struct mprom_client_error error;
    if (mprom_client_ports(&many->found, &many->found_count, &error) != 0) {
        many->found = NULL;
        many->found_count = 0;
        if (cli->all_boards) {
            cli_error("%s", error.text);
            return CLI_FAILED;
        }
    }
    many->boards = calloc(cli->ports.count + many->found_count + 1, sizeof *many->boards);
    for (size_t i = 0; many->boards && i < cli->ports.count; i++) {
        if (!many_add(many, cli->ports.items[i])) {
            cli_note(cli, "%s is named twice", cli->ports.items[i]);
        }
    }
    for (size_t i = 0; many->boards && cli->all_boards && i < many->found_count; i++) {
        many_add_found(many, &many->found[i]);
    }
    many->twins = twins_new(many->count);
    if (!many->boards || !many->twins) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    many_note_ports(many);
    return CLI_OK;
}

/* ---- A board, in its thread ---- */

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
    json_object_set_new(line, "result", json_string(state_names[board->state]));
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

static void board_end(struct many_board *board, enum many_state state)
{
    struct many *many = board->many;
    struct online *online = &board->online;
    board->end_us = board->worked ? now_us() : board->start_us;
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

static void *board_main(void *arg)
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
    board_end(board, state);
    pthread_mutex_lock(&many->lock);
    many->running--;
    pthread_cond_signal(&many->ended);
    pthread_mutex_unlock(&many->lock);
    return NULL;
}

/* ---- All of them ---- */

/* A column of width, and two spaces. */
static void put_cell(FILE *to, const char *text, int width)
{
    int more = width - text_width(text);
    cli_put_text(to, text, strlen(text));
    fprintf(to, "%*s", more > 0 ? more + 2 : 2, "");
}

static void draw_board(const struct many *many, const struct many_board *board, FILE *to)
{
    put_cell(to, board->port, many->port_width);
    fprintf(to, "%-*s", MANY_PHASE_WIDTH, board->phase);
    if (board->total > 0) {
        char bar[BAR_ROOM];
        /* Two spaces behind the port, one around the bar each, and the number. */
        unsigned width = bar_width(bar_columns(), (size_t)many->port_width + 2 + MANY_PHASE_WIDTH + 2 + 4);
        width = width < MANY_BAR_WIDTH ? width : MANY_BAR_WIDTH;
        fprintf(to, "%s%s %3u%%", width > 0 ? " " : "", bar_text(bar, width, board->done, board->total),
                (unsigned)(board->done * 100 / board->total));
    }
    fputc('\n', to);
}

/* A row for each board that works, and one for the count; on a low terminal as many as there is room for. */
static unsigned many_draw(void *ctx, FILE *to, unsigned room)
{
    struct many *many = ctx;
    unsigned drawn = 0;
    unsigned running = 0;
    pthread_mutex_lock(&many->lock);
    for (size_t i = 0; i < many->count; i++) {
        running += many->boards[i].state == MANY_RUNNING;
        if (many->boards[i].state == MANY_RUNNING && drawn + 1 < room) {
            draw_board(many, &many->boards[i], to);
            drawn++;
        }
    }
    pthread_mutex_unlock(&many->lock);
    fprintf(to, "%zu of %zu done", many->count - running, many->count);
    if (running > drawn) {
        fprintf(to, ", %u more at work", running - drawn);
    }
    fputc('\n', to);
    return drawn + 1;
}

static void many_start(struct many *many)
{
    for (size_t i = 0; i < many->count; i++) {
        struct many_board *board = &many->boards[i];
        if (board->state != MANY_RUNNING) {
            twins_settle(many->twins, i, NULL);
            board_end(board, board->state);
            continue;
        }
        pthread_mutex_lock(&many->lock);
        many->running++;
        pthread_mutex_unlock(&many->lock);
        int err = pthread_create(&board->thread, NULL, board_main, board);
        board->started = err == 0;
        if (err) {
            pthread_mutex_lock(&many->lock);
            many->running--;
            pthread_mutex_unlock(&many->lock);
            online_fail(&board->online, "%s: cannot start a thread: %s", board->port, cli_strerror(err));
            twins_settle(many->twins, i, NULL);
            board_end(board, MANY_FAILED);
        }
    }
}

/* Until all have ended, the rows are drawn anew now and then. */
static void many_wait(struct many *many)
{
    pthread_mutex_lock(&many->lock);
    while (many->running > 0) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += MANY_REFRESH_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        int err = pthread_cond_timedwait(&many->ended, &many->lock, &until);
        if (err == ETIMEDOUT && many->terminal) {
            pthread_mutex_unlock(&many->lock);
            rows_refresh();
            pthread_mutex_lock(&many->lock);
        }
    }
    pthread_mutex_unlock(&many->lock);
    for (size_t i = 0; i < many->count; i++) {
        if (many->boards[i].started) {
            pthread_join(many->boards[i].thread, NULL);
        }
    }
}

static void many_print_table(const struct many *many)
{
    int port_width = (int)strlen("port");
    int board_width = (int)strlen("board");
    for (size_t i = 0; i < many->count; i++) {
        int port = text_width(many->boards[i].port);
        int board = text_width(many->boards[i].machine);
        port_width = port > port_width ? port : port_width;
        board_width = board > board_width ? board : board_width;
    }
    put_cell(stdout, "port", port_width);
    put_cell(stdout, "board", board_width);
    puts("result   seconds");
    for (size_t i = 0; i < many->count; i++) {
        const struct many_board *board = &many->boards[i];
        put_cell(stdout, board->port, port_width);
        put_cell(stdout, board->machine, board_width);
        printf("%-7s  %7.2f\n", state_names[board->state], (double)(board->end_us - board->start_us) / 1e6);
    }
}

static int many_status(const struct many *many)
{
    size_t ok = 0;
    size_t failed = 0;
    for (size_t i = 0; i < many->count; i++) {
        ok += many->boards[i].state == MANY_OK;
        failed += many->boards[i].state == MANY_FAILED;
    }
    if (ok + failed == 0) {
        cli_error("no board found: connect one, start one with `mprom emulate`, or name its port with -p");
    } else if (failed > 0) {
        cli_error("%zu of %zu boards failed", failed, ok + failed);
    }
    return ok > 0 && failed == 0 ? CLI_OK : CLI_FAILED;
}

static int many_serve(struct many *many)
{
    json_object_seed(0); /* before several threads make objects */
    interrupt_begin(many->cli, many->count);
    many_start(many);
    if (many->terminal) {
        rows_begin(many_draw, many);
    }
    many_wait(many);
    interrupt_end();
    if (many->terminal) {
        rows_end();
    }
    if (!many->cli->json && many->count > 0) {
        many_print_table(many);
    }
    return many_status(many);
}

int many_run(const struct cli *cli, online_work *work, void *ctx)
{
    struct many many = {
        .cli = cli,
        .work = work,
        .ctx = ctx,
        .start_us = now_us(),
        .terminal = !cli->quiet && bar_has_terminal(),
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .ended = PTHREAD_COND_INITIALIZER,
    };
    int status = many_gather(&many);
    if (status == CLI_OK) {
        status = many_serve(&many);
    }
    twins_free(many.twins);
    free(many.found);
    free(many.boards);
    return status;
}
