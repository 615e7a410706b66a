/* mprom tree: everything in an image, drawn as a tree. */
#include <stdlib.h>
#include <string.h>

#include "cli/bar.h"
#include "cli/cli.h"
#include "cli/image.h"
#include "cli/list.h"

enum {
    TREE_LEVELS = IMAGE_LEVELS + 1
}; /* with the one that the drawing starts at */

/* An open directory of the drawing. The entry after the one being drawn decides between ├── and └──. */
struct tree_level {
    struct mprom_romfs_dir it;
    struct mprom_romfs_entry next;
    int has_next; /* 1, 0 at the end, or the reader's error */
};

struct tree {
    const struct image *image;
    const struct tree_lines *lines;
    struct tree_level *levels;
    size_t depth;
    uint64_t size; /* of all files */
    uint32_t file_count;
    uint32_t dir_count;
};

static void level_advance(const struct tree *tree, struct tree_level *level)
{
    level->has_next = mprom_romfs_dir_next(&tree->image->fs, &level->it, &level->next);
}

static void tree_enter(struct tree *tree, const struct mprom_romfs_entry *dir)
{
    struct tree_level *level = &tree->levels[tree->depth++];
    mprom_romfs_dir_open(&level->it, dir);
    level_advance(tree, level);
}

/* What a drawing is made of. */
static const struct tree_lines {
    const char *past, *more, *last;
} lines_utf8 = {"│   ", "├── ", "└── "}, lines_ascii = {"|   ", "|-- ", "`-- "};

static void tree_draw(const struct tree *tree, const struct mprom_romfs_entry *entry)
{
    const struct tree_lines *lines = tree->lines;
    for (size_t i = 0; i + 1 < tree->depth; i++) {
        fputs(tree->levels[i].has_next == 1 ? lines->past : "    ", stdout);
    }
    fputs(tree->levels[tree->depth - 1].has_next == 1 ? lines->more : lines->last, stdout);
    cli_put_text(stdout, entry->name, entry->name_size);
    if (entry->is_dir) {
        fputs("/\n", stdout);
    } else {
        char size[CLI_COUNT_ROOM];
        printf("  %s\n", cli_count_text(size, entry->size));
    }
}

/* Draws the next entry of the deepest open directory. Returns CLI_OK or CLI_FAILED. */
static int tree_step(struct tree *tree)
{
    struct tree_level *level = &tree->levels[tree->depth - 1];
    if (level->has_next < 0) {
        return image_complain(tree->image, "", 0, level->has_next);
    }
    if (level->has_next == 0) {
        tree->depth--;
        return CLI_OK;
    }
    struct mprom_romfs_entry entry = level->next;
    level_advance(tree, level);
    tree_draw(tree, &entry);
    if (!entry.is_dir) {
        tree->file_count++;
        tree->size += entry.size;
        return CLI_OK;
    }
    tree->dir_count++;
    if (tree->depth == TREE_LEVELS) {
        return image_complain(tree->image, entry.name, entry.name_size, -MPROM_ELOOP);
    }
    tree_enter(tree, &entry);
    return CLI_OK;
}

static int tree_text(const struct image *image, const struct mprom_romfs_entry *dir, const char *title)
{
    struct tree tree = {.image = image, .lines = bar_tree_has_lines() ? &lines_utf8 : &lines_ascii};
    tree.levels = malloc(TREE_LEVELS * sizeof *tree.levels);
    if (!tree.levels) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    cli_put_text(stdout, title, strlen(title));
    fputc('\n', stdout);
    tree_enter(&tree, dir);
    int status = CLI_OK;
    while (status == CLI_OK && tree.depth > 0) {
        status = tree_step(&tree);
    }
    if (status == CLI_OK) {
        char size[CLI_COUNT_ROOM];
        printf("%u director%s, %u file%s, %s bytes\n", tree.dir_count, tree.dir_count == 1 ? "y" : "ies",
               tree.file_count, tree.file_count == 1 ? "" : "s", cli_count_text(size, tree.size));
    }
    free(tree.levels);
    return status;
}

static int tree_json(const struct image *image, const struct mprom_romfs_entry *dir, const char *path)
{
    struct image_walk walk;
    int status = image_walk_open(&walk, image, dir, path, false);
    if (status == CLI_OK) {
        status = list_json_walk(&walk);
    }
    image_walk_close(&walk);
    return status;
}

static int tree_run(const struct cli *cli)
{
    const char *path;
    struct image image;
    struct mprom_romfs_entry dir;
    int status = image_open_at(&image, cli, &path, &dir);
    if (status) {
        return status;
    }
    if (!dir.is_dir) {
        cli_error("%s: '%s' is a file; 'mprom ls' shows one", image.label, path);
        status = CLI_FAILED;
    } else {
        status = cli->json ? tree_json(&image, &dir, path) : tree_text(&image, &dir, *path ? path : image.label);
    }
    image_close(&image);
    return status;
}

const struct cli_command cmd_tree = {
    .name = "tree",
    .summary = "show everything in an image as a tree",
    .operands = "IMAGE [PATH]",
    .about = "Draws all that is in IMAGE, or below the directory PATH in it, with the size of\n"
             "each file in bytes. --json prints the flat list of 'mprom ls -R --json'.",
    .example = "mprom tree app.romfs",
    .takes = CLI_TAKES_JSON,
    .operand_min = 1,
    .operand_max = 2,
    .run = tree_run,
};
