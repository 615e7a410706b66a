/* mprom erase: clears a segment of a board. */
#include "cli/online_each.h"
#include "cli/starter.h"

struct erase_args {
    struct online_args online; /* first, see online.h */
    bool force;
    bool remove_starter;
};

static int erase_board(struct online *online, void *ctx)
{
    const struct erase_args *args = online->cli->args;
    (void)ctx;
    uint32_t id;
    if (online_segment(online, ONLINE_WRITE, &id) != CLI_OK) {
        return CLI_FAILED;
    }
    online_note_segment(online, id);
    online_note_loss(online, id, "erases", "if the trial fails, the board has no other to go back to");
    if (mprom_client_erase(online->client, id, args->force, &online->error) != 0) {
        return online_failed(online);
    }
    online_note(online, INTERRUPT_NEW);
    progress_end(&online->progress);
    if (online->result) {
        json_array_append_new(online->result,
                              json_pack("{s:o, s:I}", "port", online_json_port(online), "segment", (json_int_t)id));
    } else {
        fprintf(online->out, "%s: %s: erased\n", online->board->port, online_segment_text(online, id));
    }
    return args->remove_starter ? starter_remove(online) : CLI_OK;
}

static int erase_run(const struct cli *cli)
{
    if (!cli->partition) {
        return cli_usage_error(cli, "say with -n which segment to erase");
    }
    return online_each(cli, erase_board, NULL);
}

static const struct cli_option erase_options[] = {
    {"force", 0, CLI_SWITCH, offsetof(struct erase_args, force), NULL,
     "also the image that the board goes back to after a rollback"},
    {"remove-starter", 0, CLI_SWITCH, offsetof(struct erase_args, remove_starter), NULL,
     "also remove the main.py that `deploy --install-starter` wrote"},
    ONLINE_OPTIONS,
    ONLINE_OPTION_RESTART,
    {0},
};

const struct cli_command cmd_erase = {
    .name = "erase",
    .summary = "clear a segment of a board",
    .operands = "",
    .about = "Erases the segment (ROM partition) that -n names, on the board at the port or on\n"
             "the one board that is connected.",
    .example = "mprom erase -n 1",
    .takes = CLI_TAKES_JSON | CLI_TAKES_PORT | CLI_TAKES_MANY,
    .options = erase_options,
    .args_size = sizeof(struct erase_args),
    .run = erase_run,
};
