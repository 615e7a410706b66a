/* mprom verify: compares what a segment of a board holds with an image, a directory or its seal. */
#include <stdlib.h>
#include <string.h>

#include "cli/deploy_images.h"
#include "cli/image.h"
#include "cli/online_each.h"
#include "cli/verify_files.h"

struct verify_args {
    struct online_args online; /* first, see online.h */
    struct build_args build;
};

/* What to compare with: an image, images of a directory, or neither: the seal. */
struct verify {
    const struct image *image;
    struct deploy_images *images;
    const char *name;
};

/* What a segment turned out to be. */
enum verify_found {
    VERIFY_FAILED,
    VERIFY_SEALED,
    VERIFY_SAME,
    VERIFY_SAME_FILES,
};

static void verify_report(struct online *online, const struct verify *verify, uint32_t id, enum verify_found found)
{
    char count[CLI_COUNT_ROOM];
    uint32_t size = online->board->segments[id].image_size;
    if (online->result) {
        json_t *line = json_pack("{s:o, s:I, s:I}", "port", online_json_port(online), "segment", (json_int_t)id,
                                 "size", (json_int_t)size);
        if (found != VERIFY_SEALED) {
            json_object_set_new(line, "identical", json_boolean(found == VERIFY_SAME));
        }
        json_array_append_new(online->result, line);
        return;
    }
    fprintf(online->out, "%s: %s: %s bytes, ", online->board->port, online_segment_text(online, id),
            cli_count_text(count, size));
    if (found == VERIFY_SAME_FILES) {
        fputs("same files as ", online->out);
        cli_put_text(online->out, verify->name, strlen(verify->name));
        fputs(verify->images ? ", other layout\n" : ", other layout (deploy --no-base makes the layout of build)\n",
              online->out);
    } else {
        fputs(found == VERIFY_SAME ? "the same as the image\n" : "as sealed\n", online->out);
    }
}

/* The images differ: says in which files, or that only the layout does. */
static enum verify_found verify_look_at_files(struct online *online, const struct image *wanted, uint32_t id)
{
    char text[VERIFY_TEXT_ROOM];
    struct mprom_client_error differs = online->error;
    struct image there;
    uint8_t *bytes;
    size_t size;
    if (mprom_client_dump(online->client, id, false, &bytes, &size, &online->error) != 0) {
        online_failed(online);
        return VERIFY_FAILED;
    }
    progress_end(&online->progress);
    int same =
        image_take(&there, online->board->port, bytes, size) == CLI_OK ? verify_files(&there, wanted, text) : -1;
    if (there.bytes) {
        image_close(&there);
    }
    if (same > 0) {
        return VERIFY_SAME_FILES;
    }
    if (same == 0) {
        online_fail(online, "%.*s: %s; deploy it again", (int)strcspn(differs.text, ";"), differs.text, text);
    } else {
        online->error = differs;
        online_failed(online);
    }
    return VERIFY_FAILED;
}

static enum verify_found verify_compare(struct online *online, const struct image *wanted, uint32_t id)
{
    int err = mprom_client_verify(online->client, id, wanted ? wanted->bytes : NULL, wanted ? wanted->size : 0,
                                  &online->error);
    if (err == -MPROM_EBADMSG && wanted && online->board->segments[id].has_image) {
        return verify_look_at_files(online, wanted, id);
    }
    if (err) {
        online_failed(online);
        return VERIFY_FAILED;
    }
    return wanted ? VERIFY_SAME : VERIFY_SEALED;
}

static int verify_board(struct online *online, void *ctx)
{
    const struct verify *verify = ctx;
    const struct image *wanted = verify->image;
    uint32_t id;
    if (online_segment(online, ONLINE_READ, &id) != CLI_OK) {
        return CLI_FAILED;
    }
    if (verify->images) {
        wanted = deploy_images_for(verify->images, online);
        if (!wanted) {
            return CLI_FAILED;
        }
    }
    enum verify_found found = verify_compare(online, wanted, id);
    progress_end(&online->progress);
    if (found == VERIFY_FAILED) {
        return CLI_FAILED;
    }
    verify_report(online, verify, id, found);
    return CLI_OK;
}

static int verify_dir(const struct cli *cli, struct verify *verify)
{
    const struct verify_args *args = cli->args;
    int status = deploy_images_open(&verify->images, cli, &args->build, verify->name, false);
    if (status == CLI_OK) {
        status = online_each(cli, verify_board, verify);
    }
    deploy_images_close(verify->images);
    return status;
}

static int verify_run(const struct cli *cli)
{
    struct verify verify = {0};
    struct image image;
    if (cli->operand_count == 0) {
        return online_each(cli, verify_board, &verify);
    }
    verify.name = cli->operands[0];
    if (build_is_dir(verify.name)) {
        return verify_dir(cli, &verify);
    }
    int status = image_open(&image, verify.name);
    if (status == CLI_OK) {
        verify.image = &image;
        status = online_each(cli, verify_board, &verify);
        image_close(&image);
    }
    return status;
}

static const struct cli_option verify_options[] = {
    ONLINE_OPTIONS,
    ONLINE_OPTION_RESTART,
    {0},
};

const struct cli_command cmd_verify = {
    .name = "verify",
    .summary = "compare a board with an image or a directory, or with its seal",
    .operands = "[DIR|IMAGE]",
    .about = "Compares the image in a segment (ROM partition) of the board at the port, or of\n"
             "the one board that is connected, with IMAGE or with an image made of all that is\n"
             "in DIR. If the bytes differ the files are compared: the same files in another\n"
             "layout are right, and the result says so. Without an operand the image is compared\n"
             "with the seal that it carries. The segment is that of -n, else the one whose image\n"
             "the board runs, else segment 0. Nothing is written.",
    .example = "mprom verify\nmprom verify app\nmprom verify app.romfs -n 1",
    .takes = CLI_TAKES_JSON | CLI_TAKES_PORT | CLI_TAKES_MANY,
    .operand_max = 1,
    .options = verify_options,
    .more_options = build_options,
    .more_off = offsetof(struct verify_args, build),
    .args_size = sizeof(struct verify_args),
    .run = verify_run,
};
