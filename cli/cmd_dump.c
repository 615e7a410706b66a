/* mprom dump: reads a segment of a board into a file. */
#include <stdlib.h>

#include "cli/online_each.h"
#include "cli/output.h"

struct dump_args {
    struct online_args online; /* first, see online.h */
    const char *output;
    bool raw;
    bool force;
};

static int dump_write(const char *path, const uint8_t *bytes, size_t size)
{
    struct output output;
    int status = output_open(&output, path);
    if (status == CLI_OK) {
        status = output_write(&output, bytes, size);
    }
    if (status != CLI_OK) {
        output_abort(&output);
        return status;
    }
    return output_commit(&output);
}

static int dump_board(struct online *online, void *ctx)
{
    const struct dump_args *args = ctx;
    uint8_t *bytes;
    size_t size;
    uint32_t id;
    char count[CLI_COUNT_ROOM];
    if (online_segment(online, ONLINE_READ, &id) != CLI_OK) {
        return CLI_FAILED;
    }
    if (mprom_client_dump(online->client, id, args->raw, &bytes, &size, &online->error) != 0) {
        return online_failed(online);
    }
    progress_end(&online->progress);
    int status = dump_write(args->output, bytes, size);
    free(bytes);
    if (status == CLI_OK) {
        cli_note(online->cli, "%s: %s: read %s bytes", online->board->port, online_segment_text(online, id),
                 cli_count_text(count, size));
    }
    return status;
}

static int dump_run(const struct cli *cli)
{
    struct dump_args args = *(const struct dump_args *)cli->args;
    if (cli->ports.count > 1) {
        return cli_usage_error(cli, "one port at a time can be dumped to one file");
    }
    if (!args.output) {
        args.output = "-";
    }
    if (!args.force && output_check_image(args.output)) {
        return CLI_FAILED;
    }
    return output_is_terminal(args.output) ? CLI_FAILED : online_each(cli, dump_board, &args);
}

static const struct cli_option dump_options[] = {
    {"output", 'o', CLI_TEXT, offsetof(struct dump_args, output), "FILE", "write to FILE, not to standard output"},
    {"force", 0, CLI_SWITCH, offsetof(struct dump_args, force), NULL, "replace a file that is no image"},
    {"raw", 0, CLI_SWITCH, offsetof(struct dump_args, raw), NULL, "the whole segment, not only the image in it"},
    ONLINE_OPTIONS,
    ONLINE_OPTION_RESTART,
    {0},
};

const struct cli_command cmd_dump = {
    .name = "dump",
    .summary = "read the image in a segment of a board back",
    .operands = "",
    .about = "Reads the image in a segment (ROM partition) of the board at the port, or of the\n"
             "one board that is connected. Every piece is compared with a checksum that the\n"
             "board computes. The segment is that of -n, else the one whose image the board\n"
             "runs, else segment 0.",
    .example = "mprom dump -o backup.romfs\nmprom dump -n 1 --raw -o segment1.bin",
    .takes = CLI_TAKES_PORT,
    .options = dump_options,
    .args_size = sizeof(struct dump_args),
    .run = dump_run,
};
