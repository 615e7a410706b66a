/* mprom verify: compares what a segment of a board holds with an image or with its seal. */
#include "image.h"
#include "online.h"

static int verify_board(struct online *online, void *ctx)
{
    const struct image *image = ctx;
    char count[CLI_COUNT_ROOM];
    uint32_t id;
    if (online_segment(online, ONLINE_READ, &id) != CLI_OK) {
        return CLI_FAILED;
    }
    if (client_verify(online->client, id, image ? image->bytes : NULL, image ? image->size : 0, &online->error) !=
        0) {
        return online_failed(online);
    }
    progress_end(&online->progress);
    if (online->result) {
        json_array_append_new(online->result,
                              json_pack("{s:o, s:I, s:I}", "port", online_json_port(online), "segment",
                                        (json_int_t)id, "size", (json_int_t)online->board->segments[id].image_size));
    } else {
        fprintf(online->out, "%s: %s: %s bytes, %s\n", online->board->port, online_segment_text(online, id),
                cli_count_text(count, online->board->segments[id].image_size),
                image ? "the same as the image" : "as sealed");
    }
    return CLI_OK;
}

static int verify_run(const struct cli *cli)
{
    struct image image;
    if (cli->operand_count == 0) {
        return online_each(cli, verify_board, NULL);
    }
    int status = image_open(&image, cli->operands[0]);
    if (status == CLI_OK) {
        status = online_each(cli, verify_board, &image);
        image_close(&image);
    }
    return status;
}

static const struct cli_option verify_options[] = {
    ONLINE_OPTION_BAUD,
    {0},
};

const struct cli_command cmd_verify = {
    .name = "verify",
    .summary = "compare what is on a board with an image, or with its seal",
    .operands = "[IMAGE]",
    .about = "Compares the image in a segment (ROM partition) of the board at the port, or of\n"
             "the one board that is connected, with IMAGE, or without IMAGE with the seal that\n"
             "it carries. The segment is that of -n, else the one whose image the board runs,\n"
             "else segment 0. Nothing is written.",
    .example = "mprom verify\nmprom verify app.romfs -n 1",
    .takes = CLI_TAKES_JSON | CLI_TAKES_PORT | CLI_TAKES_MANY,
    .operand_max = 1,
    .options = verify_options,
    .args_size = sizeof(struct online_args),
    .run = verify_run,
};
