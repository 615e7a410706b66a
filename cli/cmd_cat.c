/* mprom cat: contents of files in an image. */
#include "cli/cli.h"
#include "cli/image.h"
#include "cli/output.h"

static int cat_run(const struct cli *cli)
{
    struct image image;
    struct output out;
    int status = image_open(&image, cli->operands[0]);
    if (status) {
        return status;
    }
    status = output_open(&out, "-");
    for (size_t i = 1; i < cli->operand_count && status == CLI_OK; i++) {
        struct mprom_romfs_entry entry;
        status = image_find(&image, cli->operands[i], &entry);
        if (status == CLI_OK && entry.is_dir) {
            cli_error("%s: '%s' is a directory", image.label, cli->operands[i]);
            status = CLI_FAILED;
        }
        if (status == CLI_OK) {
            status = output_write(&out, entry.data, entry.size);
        }
    }
    /* What was found before an error is printed all the same, as by cat(1). */
    int end = output_commit(&out);
    image_close(&image);
    return status ? status : end;
}

const struct cli_command cmd_cat = {
    .name = "cat",
    .summary = "print files of an image",
    .operands = "IMAGE PATH...",
    .about = "Writes the contents of each file PATH in IMAGE to standard output, unchanged.",
    .example = "mprom cat app.romfs data/table.csv\n"
               "mprom cat app.romfs main.mpy | xxd | head",
    .operand_min = 2,
    .operand_max = CLI_OPERANDS_MANY,
    .run = cat_run,
};
