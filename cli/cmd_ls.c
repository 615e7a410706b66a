/* mprom ls: names and sizes of what is in an image. */
#include <string.h>

#include "cli/cli.h"
#include "cli/image.h"
#include "cli/list.h"

struct ls_args {
    bool details;
    bool recursive;
};

static const struct cli_option ls_options[] = {
    {"long", 'l', CLI_SWITCH, offsetof(struct ls_args, details), NULL,
     "size of each file and offset of its contents in the image"},
    {"recursive", 'R', CLI_SWITCH, offsetof(struct ls_args, recursive), NULL, "what is in directories, too"},
    {0},
};

static void ls_print(const struct image *image, const struct ls_args *args, const char *path, size_t path_size,
                     const struct mprom_romfs_entry *entry)
{
    if (args->details && entry->is_dir) {
        printf("%10s %10s  ", "-", "-");
    } else if (args->details) {
        printf("%10u %10td  ", entry->size, entry->data - image->bytes);
    }
    cli_put_text(stdout, path, path_size);
    fputs(entry->is_dir ? "/\n" : "\n", stdout);
}

static int ls_dir(const struct cli *cli, const struct image *image, const struct mprom_romfs_entry *dir,
                  const char *path)
{
    const struct ls_args *args = cli->args;
    struct image_walk walk;
    int status = image_walk_open(&walk, image, dir, path, !args->recursive);
    if (status == CLI_OK && cli->json) {
        status = list_json_walk(&walk);
    } else if (status == CLI_OK) {
        struct mprom_romfs_entry entry;
        int result;
        while ((result = image_walk_next(&walk, &entry)) > 0) {
            const char *text = args->recursive ? walk.path : entry.name;
            ls_print(image, args, text, args->recursive ? walk.path_size : entry.name_size, &entry);
        }
        status = result < 0 ? CLI_FAILED : CLI_OK;
    }
    image_walk_close(&walk);
    return status;
}

static int ls_file(const struct cli *cli, const struct image *image, const struct mprom_romfs_entry *file,
                   const char *path)
{
    if (cli->json) {
        return json_print(json_pack("[o]", list_json_entry(image, path, strlen(path), file)));
    }
    ls_print(image, cli->args, path, strlen(path), file);
    return CLI_OK;
}

static int ls_run(const struct cli *cli)
{
    const char *path;
    struct image image;
    struct mprom_romfs_entry entry;
    int status = image_open_at(&image, cli, &path, &entry);
    if (status == CLI_OK) {
        status = entry.is_dir ? ls_dir(cli, &image, &entry, path) : ls_file(cli, &image, &entry, path);
        image_close(&image);
    }
    return status;
}

const struct cli_command cmd_ls = {
    .name = "ls",
    .summary = "list a directory of an image",
    .operands = "IMAGE [PATH]",
    .about = "Lists the directory PATH of IMAGE, or its root; a directory in it is shown with a\n"
             "slash. IMAGE may be - for standard input.",
    .example = "mprom ls app.romfs\n"
               "mprom ls -lR app.romfs lib",
    .takes = CLI_TAKES_JSON,
    .operand_min = 1,
    .operand_max = 2,
    .options = ls_options,
    .args_size = sizeof(struct ls_args),
    .run = ls_run,
};
