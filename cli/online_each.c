#include "cli/online_each.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/many.h"

/* Says on a terminal what the client is waiting for, when it waits longer than usual, and once if text comes. */
static void online_waiting(void *ctx, bool hears)
{
    struct online *online = ctx;
    unsigned told = hears ? 2 : 1;
    if (online->told_waiting >= told || !isatty(STDERR_FILENO)) {
        return;
    }
    online->told_waiting = told;
    progress_end(&online->progress);
    cli_note(online->cli, hears ? "the board prints text, but its prompt has not come yet; still trying Ctrl-C"
                                : "waiting for the board's prompt, trying Ctrl-C");
}

static int online_one(const struct cli *cli, const char *port, json_t *result, online_work *work, void *ctx)
{
    struct online *online = calloc(1, sizeof *online);
    if (!online) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    *online = (struct online){.cli = cli, .result = result, .out = stdout, .port = port};
    interrupt_begin(cli, 1);
    online_note(online, INTERRUPT_CONNECTING);
    online->options = (struct mprom_client_options){
        .port = port, .progress = online_progress, .waiting = online_waiting, .ctx = online};
    (void)online_take_options(cli, &online->options);
    int status = CLI_FAILED;
    if (mprom_client_open(&online->client, &online->options, &online->error) == 0) {
        online->board = mprom_client_board(online->client);
        online->was_interrupted = online->board->was_interrupted;
        online_note(online, INTERRUPT_UNTOUCHED);
        size_t count = json_array_size(result);
        status = work(online, ctx);
        progress_end(&online->progress);
        online->has_result = json_array_size(result) > count;
        status = online_settle(online, status);
    } else {
        online_failed(online);
    }
    progress_end(&online->progress);
    mprom_client_close(online->client);
    interrupt_end();
    free(online);
    return status;
}

int online_each(const struct cli *cli, online_work *work, void *ctx)
{
    struct mprom_client_options options;
    int usage = online_take_options(cli, &options);
    if (usage) {
        return usage;
    }
    /* That nobody reads any more what is said must not end the command in the middle of its work on a board. */
    signal(SIGPIPE, SIG_IGN);
    if (many_is_meant(cli)) {
        return many_run(cli, work, ctx);
    }
    json_t *result = cli->json ? json_array() : NULL;
    size_t count = cli->ports.count ? cli->ports.count : 1;
    int status = CLI_OK;
    for (size_t i = 0; i < count; i++) {
        int one = online_one(cli, cli->ports.count ? cli->ports.items[i] : "auto", result, work, ctx);
        status = one == CLI_OK ? status : one;
    }
    if (cli->json && json_print(result) != CLI_OK) {
        status = CLI_FAILED;
    }
    return status;
}
