/* mprom reset: starts a board anew. */
#include "cli/deploy_follow.h"
#include "cli/online_each.h"

struct reset_args {
    struct online_args online; /* first, see online.h */
    bool hard;
    struct cli_number follow;
};

static int reset_board(struct online *online, void *ctx)
{
    const struct reset_args *args = ctx;
    enum mprom_client_restart how = args->hard ? MPROM_CLIENT_RESTART_HARD : MPROM_CLIENT_RESTART_SOFT;
    if (mprom_client_restart(online->client, how, &online->error) != 0) {
        return online_failed(online);
    }
    online->is_restarted = true;
    online_note(online, INTERRUPT_RESTARTED);
    progress_end(&online->progress);
    if (online->result) {
        json_array_append_new(online->result, json_pack("{s:o, s:s}", "port", online_json_port(online), "reset",
                                                        args->hard ? "hard" : "soft"));
    } else {
        fprintf(online->out, "%s: %s\n", online->board->port,
                args->hard ? "the board restarts" : "Python restarts and runs boot and main");
        online_flush(online);
    }
    return args->follow.given ? deploy_follow(online, args->follow.value, args->hard) : CLI_OK;
}

static int reset_run(const struct cli *cli)
{
    struct reset_args args = *(const struct reset_args *)cli->args;
    if (args.follow.value > FOLLOW_SECONDS_MAX) {
        return cli_usage_error(cli, "--follow takes at most %d seconds", FOLLOW_SECONDS_MAX);
    }
    return online_each(cli, reset_board, &args);
}

static const struct cli_option reset_options[] = {
    {"follow", 0, CLI_NUMBER, offsetof(struct reset_args, follow), "SECONDS",
     "then show what the board prints, so long at most"},
    {"hard", 0, CLI_SWITCH, offsetof(struct reset_args, hard), NULL, "restart the chip, not only Python"},
    ONLINE_OPTIONS,
    {0},
};

const struct cli_command cmd_reset = {
    .name = "reset",
    .summary = "restart a board, so that its boot and main run",
    .operands = "",
    .about = "Stops what the board at the port, or the one board that is connected, is doing and\n"
             "restarts Python there, as Ctrl-D at its prompt does: boot and main run. With --hard\n"
             "the chip is reset, as by machine.reset(); only that makes a board with slots choose\n"
             "another one. A board that does not answer needs its reset button.",
    .example = "mprom reset\nmprom reset --follow 5\nmprom reset --hard -p /dev/ttyACM0",
    .takes = CLI_TAKES_JSON | CLI_TAKES_PORT | CLI_TAKES_MANY,
    .options = reset_options,
    .args_size = sizeof(struct reset_args),
    .run = reset_run,
};
