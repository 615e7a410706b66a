/* Several boards at once. */
#include "cli/many.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "cli/bar.h"
#include "cli/many_board.h"
#include "cli/many_ports.h"
#include "cli/many_show.h"
#include "cli/rows.h"

enum {
    MANY_REFRESH_MS = 100,
};

bool many_is_meant(const struct cli *cli)
{
    return (cli->command->takes & CLI_TAKES_MANY) && (cli->all_boards || cli->ports.count > 1);
}

static void many_start(struct many *many)
{
    for (size_t i = 0; i < many->count; i++) {
        struct many_board *board = &many->boards[i];
        if (board->state != MANY_RUNNING) {
            twins_settle(many->twins, i, NULL);
            many_board_end(board, board->state);
            continue;
        }
        pthread_mutex_lock(&many->lock);
        many->running++;
        pthread_mutex_unlock(&many->lock);
        int err = pthread_create(&board->thread, NULL, many_board_main, board);
        board->started = err == 0;
        if (err) {
            pthread_mutex_lock(&many->lock);
            many->running--;
            pthread_mutex_unlock(&many->lock);
            online_fail(&board->online, "%s: cannot start a thread: %s", board->port, cli_strerror(err));
            twins_settle(many->twins, i, NULL);
            many_board_end(board, MANY_FAILED);
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
    many_measure_ports(many);
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
        .start_us = many_now_us(),
        .terminal = !cli->quiet && bar_has_terminal(),
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .ended = PTHREAD_COND_INITIALIZER,
    };
    int status = many_gather_ports(&many);
    if (status == CLI_OK) {
        status = many_serve(&many);
    }
    twins_free(many.twins);
    free(many.found);
    free(many.boards);
    return status;
}
