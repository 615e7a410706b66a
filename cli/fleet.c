/* Many boards at once. */
#include "fleet.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    FLEET_THREADS_MAX = 64,
    FLEET_STEP_US = 100000, /* between two drawings */
    FLEET_TEXT_SIZE = 512,
};

enum fleet_state {
    FLEET_WAITS,
    FLEET_WORKS,
    FLEET_DONE,
    FLEET_FAILED,
    FLEET_SKIPPED, /* with --all-boards: nothing there that speaks MicroPython */
};

struct fleet_board {
    struct fleet *fleet;
    const char *port;
    enum fleet_state state;
    char text[FLEET_TEXT_SIZE]; /* what it does, or what became of it */
    double seconds;
};

struct fleet {
    const struct cli *cli;
    online_work *work;
    void *ctx;
    bool all;
    bool draws; /* lines on a terminal, drawn over and over */
    pthread_mutex_t lock;
    struct fleet_board *boards;
    size_t count;
    size_t next;  /* the first that no thread has taken */
    size_t drawn; /* lines on the terminal */
    int64_t drawn_us;
};

static int64_t fleet_now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void fleet_draw(struct fleet *fleet, bool now)
{
    int64_t now_us = fleet_now_us();
    if (!fleet->draws || (!now && now_us < fleet->drawn_us + FLEET_STEP_US)) {
        return;
    }
    fleet->drawn_us = now_us;
    if (fleet->drawn > 0) {
        fprintf(stderr, "\x1b[%zuA", fleet->drawn);
    }
    for (size_t i = 0; i < fleet->count; i++) {
        const struct fleet_board *board = &fleet->boards[i];
        fputs("\r\x1b[K", stderr);
        cli_put_text(stderr, board->port, strlen(board->port));
        fputs("  ", stderr);
        /* A line that wraps would spoil the count of lines to go up. */
        cli_put_text(stderr, board->text, strnlen(board->text, 48));
        fputc('\n', stderr);
    }
    fleet->drawn = fleet->count;
    fflush(stderr);
}

static void fleet_erase(struct fleet *fleet)
{
    if (fleet->drawn > 0) {
        fprintf(stderr, "\x1b[%zuA\x1b[J", fleet->drawn);
        fflush(stderr);
    }
}

void fleet_progress(struct fleet_board *board, const char *what, uint64_t done, uint64_t total)
{
    char count[CLI_COUNT_ROOM];
    pthread_mutex_lock(&board->fleet->lock);
    snprintf(board->text, sizeof board->text, "%s %3u%%  %s bytes", what,
             total ? (unsigned)(done * 100 / total) : 100u, cli_count_text(count, done));
    fleet_draw(board->fleet, false);
    pthread_mutex_unlock(&board->fleet->lock);
}

static void fleet_end(struct fleet_board *board, enum fleet_state state, const char *text)
{
    pthread_mutex_lock(&board->fleet->lock);
    board->state = state;
    snprintf(board->text, sizeof board->text, "%s", text);
    fleet_draw(board->fleet, true);
    pthread_mutex_unlock(&board->fleet->lock);
}

void fleet_failed(struct fleet_board *board, const char *text)
{
    fleet_end(board, FLEET_FAILED, text);
}

void fleet_done(struct fleet_board *board, const char *text)
{
    fleet_end(board, FLEET_DONE, text);
}

/* One line a board: what its work appended, or why there is nothing. */
static void fleet_print_json(const struct fleet_board *board, json_t *result)
{
    json_t *line = json_array_size(result) > 0 ? json_incref(json_array_get(result, 0)) : json_object();
    if (board->state != FLEET_DONE) {
        json_object_set_new(line, "port", json_text(board->port, strlen(board->port)));
        json_object_set_new(line, board->state == FLEET_SKIPPED ? "skipped" : "error",
                            json_text(board->text, strlen(board->text)));
    }
    json_object_set_new(line, "seconds", json_real((double)(int64_t)(board->seconds * 1000) / 1000));
    json_print_line(line);
}

static void fleet_tell(const struct fleet_board *board)
{
    if (board->state == FLEET_SKIPPED) {
        cli_note(board->fleet->cli, "skipped %s", board->text);
    } else if (board->state == FLEET_FAILED) {
        cli_error("%s", board->text);
    }
}

static void fleet_serve(struct fleet *fleet, struct fleet_board *board)
{
    int64_t start_us = fleet_now_us();
    json_t *result = fleet->cli->json ? json_array() : NULL;
    struct online online = {.cli = fleet->cli, .result = result, .fleet = board};
    int status = online_run(&online, board->port, fleet->work, fleet->ctx);
    pthread_mutex_lock(&fleet->lock);
    board->seconds = (double)(fleet_now_us() - start_us) / 1e6;
    if (status != CLI_OK) {
        board->state = fleet->all && !online.opened ? FLEET_SKIPPED : FLEET_FAILED;
    }
    if (!fleet->draws) {
        fleet_tell(board);
    }
    if (result) {
        fleet_print_json(board, result);
        json_decref(result);
    }
    pthread_mutex_unlock(&fleet->lock);
}

static void *fleet_thread(void *ctx)
{
    struct fleet *fleet = ctx;
    for (;;) {
        pthread_mutex_lock(&fleet->lock);
        struct fleet_board *board = fleet->next < fleet->count ? &fleet->boards[fleet->next++] : NULL;
        if (board) {
            board->state = FLEET_WORKS;
        }
        pthread_mutex_unlock(&fleet->lock);
        if (!board) {
            return NULL;
        }
        fleet_serve(fleet, board);
    }
}

/* A system that starts no more threads serves the boards with those that it has, or with this one. */
static void fleet_serve_all(struct fleet *fleet)
{
    pthread_t threads[FLEET_THREADS_MAX];
    size_t count = 0;
    while (count < FLEET_THREADS_MAX && count < fleet->count &&
           pthread_create(&threads[count], NULL, fleet_thread, fleet) == 0) {
        count++;
    }
    if (count == 0) {
        fleet_thread(fleet);
    }
    while (count > 0) {
        pthread_join(threads[--count], NULL);
    }
}

static const char *fleet_word(enum fleet_state state)
{
    return state == FLEET_DONE ? "done" : state == FLEET_SKIPPED ? "skipped" : "FAILED";
}

/* The errors stand above it, or are lines of their own in a log: the table says only which boards they are of. */
static void fleet_print_table(const struct fleet *fleet)
{
    size_t counts[FLEET_SKIPPED + 1] = {0};
    for (size_t i = 0; i < fleet->count; i++) {
        const struct fleet_board *board = &fleet->boards[i];
        counts[board->state]++;
        printf("%-8s %7.1f s  ", fleet_word(board->state), board->seconds);
        const char *text = board->state == FLEET_DONE ? board->text : board->port;
        cli_put_text(stdout, text, strlen(text));
        fputc('\n', stdout);
    }
    printf("%zu done, %zu failed", counts[FLEET_DONE], counts[FLEET_FAILED]);
    printf(counts[FLEET_SKIPPED] ? ", %zu skipped\n" : "\n", counts[FLEET_SKIPPED]);
}

static int fleet_finish(struct fleet *fleet)
{
    int status = CLI_OK;
    size_t done = 0;
    fleet_erase(fleet);
    for (size_t i = 0; i < fleet->count; i++) {
        if (fleet->draws) {
            fleet_tell(&fleet->boards[i]);
        }
        done += fleet->boards[i].state == FLEET_DONE;
        status = fleet->boards[i].state == FLEET_FAILED ? CLI_FAILED : status;
    }
    if (!fleet->cli->json) {
        fleet_print_table(fleet);
    }
    if (done == 0 && status == CLI_OK) {
        cli_error("no board answers");
        status = CLI_FAILED;
    }
    return status;
}

static void fleet_add(struct fleet *fleet, const char *port)
{
    struct fleet_board *board = &fleet->boards[fleet->count++];
    *board = (struct fleet_board){.fleet = fleet, .port = port, .text = "waiting"};
}

/* The names must live as long as the fleet. */
static int fleet_serve_ports(struct fleet *fleet, const char *const *names, const struct client_port *ports,
                             size_t count)
{
    fleet->boards = calloc(count + 1, sizeof *fleet->boards);
    if (!fleet->boards) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    for (size_t i = 0; i < count; i++) {
        fleet_add(fleet, names ? names[i] : ports[i].path);
    }
    json_object_seed(0); /* jansson wants this done before there are threads */
    fleet_serve_all(fleet);
    int status = fleet_finish(fleet);
    free(fleet->boards);
    return status;
}

bool fleet_is_wanted(const struct cli *cli, bool all)
{
    return all || cli->ports.count > 1;
}

int fleet_run(const struct cli *cli, bool all, online_work *work, void *ctx)
{
    struct fleet fleet = {.cli = cli, .work = work, .ctx = ctx, .all = all, .lock = PTHREAD_MUTEX_INITIALIZER};
    fleet.draws = !cli->quiet && isatty(STDERR_FILENO);
    if (!all) {
        return fleet_serve_ports(&fleet, cli->ports.items, NULL, cli->ports.count);
    }
    struct client_error error;
    struct client_port *ports;
    size_t count;
    if (client_ports(&ports, &count, &error) != 0) {
        cli_error("%s", error.text);
        return CLI_FAILED;
    }
    int status = fleet_serve_ports(&fleet, NULL, ports, count);
    free(ports);
    return status;
}
