/* mprom diff: what one image has and the other has not. */
#include <string.h>

#include "cli/build_image.h"
#include "cli/cli.h"
#include "cli/image.h"
#include "cli/json.h"
#include "cli/listing.h"

struct diff_args {
    struct build_args build;
};

/* The exit statuses are those of diff(1), so that "different" and "cannot tell" are not the same. */
enum {
    DIFF_SAME = 0,
    DIFF_DIFFERENT = 1,
    DIFF_TROUBLE = 2
};

struct diff {
    const struct cli *cli;
    json_t *added; /* NULL when the result is text */
    json_t *removed;
    json_t *changed;
    size_t added_count;
    size_t removed_count;
    size_t changed_count;
    size_t same_count;
};

static json_t *item_json(const struct listing_item *item)
{
    json_t *path = json_text(item->path, item->path_size);
    if (item->entry.is_dir) {
        return json_pack("{s:o, s:s}", "path", path, "type", "dir");
    }
    return json_pack("{s:o, s:s, s:I}", "path", path, "type", "file", "size", (json_int_t)item->entry.size);
}

/* An item that only one side has. list is the JSON array for it, or NULL. */
static void report_one(const char *word, const struct listing_item *item, json_t *list)
{
    if (list) {
        json_array_append_new(list, item_json(item));
        return;
    }
    printf("%-8s", word);
    cli_put_text(stdout, item->path, item->path_size);
    if (item->entry.is_dir) {
        fputs("/\n", stdout);
    } else {
        printf("  %u\n", item->entry.size);
    }
}

static void report_change(const struct diff *diff, const struct listing_item *a, const struct listing_item *b)
{
    if (diff->changed) {
        json_array_append_new(diff->changed,
                              json_pack("{s:o, s:I, s:I}", "path", json_text(a->path, a->path_size), "old_size",
                                        (json_int_t)a->entry.size, "new_size", (json_int_t)b->entry.size));
        return;
    }
    fputs("changed ", stdout);
    cli_put_text(stdout, a->path, a->path_size);
    printf("  %u -> %u\n", a->entry.size, b->entry.size);
}

static bool contents_equal(const struct mprom_romfs_entry *a, const struct mprom_romfs_entry *b)
{
    return a->is_dir || (a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0));
}

/* Both listings in step, as one merges two sorted lists. */
static void diff_listings(struct diff *diff, const struct listing *a, const struct listing *b)
{
    for (size_t i = 0, j = 0; i < a->count || j < b->count;) {
        int order = i == a->count ? 1 : j == b->count ? -1 : listing_compare(&a->items[i], &b->items[j]);
        if (order < 0) {
            diff->removed_count++;
            report_one("removed", &a->items[i++], diff->removed);
        } else if (order > 0) {
            diff->added_count++;
            report_one("added", &b->items[j++], diff->added);
        } else {
            bool same = contents_equal(&a->items[i].entry, &b->items[j].entry);
            if (same) {
                diff->same_count++;
            } else {
                diff->changed_count++;
                report_change(diff, &a->items[i], &b->items[j]);
            }
            i++;
            j++;
        }
    }
}

static void print_summary(const struct diff *diff, bool different, bool identical)
{
    if (diff->cli->quiet) {
        return;
    }
    if (different) {
        printf("%zu added, %zu removed, %zu changed, %zu the same\n", diff->added_count, diff->removed_count,
               diff->changed_count, diff->same_count);
    } else {
        puts(identical ? "no difference" : "no difference in files; the images are laid out or labelled differently");
    }
}

static int diff_images(struct diff *diff, const struct image *a, const struct image *b)
{
    struct listing list_a;
    struct listing list_b = {0};
    int status = DIFF_TROUBLE;
    if (listing_make(&list_a, a) == CLI_OK && listing_make(&list_b, b) == CLI_OK) {
        diff_listings(diff, &list_a, &list_b);
        bool different = diff->added_count + diff->removed_count + diff->changed_count > 0;
        bool identical = a->fs.size == b->fs.size && memcmp(a->bytes, b->bytes, a->fs.size) == 0;
        status = different ? DIFF_DIFFERENT : DIFF_SAME;
        if (!diff->cli->json) {
            print_summary(diff, different, identical);
        } else if (json_print(json_pack("{s:O, s:O, s:O, s:I, s:b}", "added", diff->added, "removed", diff->removed,
                                        "changed", diff->changed, "same", (json_int_t)diff->same_count, "identical",
                                        identical))) {
            status = DIFF_TROUBLE;
        }
    }
    listing_release(&list_a);
    listing_release(&list_b);
    return status;
}

static int diff_run(const struct cli *cli)
{
    struct diff diff = {.cli = cli};
    struct image a;
    struct image b;
    const struct diff_args *args = cli->args;
    if (build_or_open(&a, cli, &args->build, cli->operands[0])) {
        return DIFF_TROUBLE;
    }
    if (build_or_open(&b, cli, &args->build, cli->operands[1])) {
        image_close(&a);
        return DIFF_TROUBLE;
    }
    if (cli->json) {
        diff.added = json_array();
        diff.removed = json_array();
        diff.changed = json_array();
    }
    int status = diff_images(&diff, &a, &b);
    json_decref(diff.added);
    json_decref(diff.removed);
    json_decref(diff.changed);
    image_close(&a);
    image_close(&b);
    return status;
}

const struct cli_command cmd_diff = {
    .name = "diff",
    .summary = "show what differs between two images or directories",
    .operands = "A B",
    .about = "Prints what B has and A has not (added), what only A has (removed), and files whose\n"
             "contents differ (changed), with their sizes in bytes. A and B are images or\n"
             "directories; of a directory, the image that 'mprom build' would make with the same\n"
             "options is compared.\n\n"
             "Exit status, as of diff(1): 0 the same files, 1 a difference, 2 trouble.",
    .example = "mprom diff old.romfs new.romfs\n"
               "mprom diff app.romfs app",
    .takes = CLI_TAKES_JSON,
    .operand_min = 2,
    .operand_max = 2,
    .more_options = build_options,
    .more_off = offsetof(struct diff_args, build),
    .args_size = sizeof(struct diff_args),
    .run = diff_run,
};
