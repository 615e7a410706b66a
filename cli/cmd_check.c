/* mprom check: every fault of an image. */
#include <string.h>

#include "cli/check_modules.h"
#include "cli/cli.h"
#include "cli/image_check.h"
#include "cli/json.h"

/* What is found goes to one of these: of JSON, or of the terminal. */
struct check_lists {
    json_t *faults;
    json_t *notes;
    json_t *warnings;
};

struct check_print {
    const struct cli *cli;
    const struct image *image;
};

static void print_fault(void *ctx, enum mprom_romfs_fault fault, uint32_t off, const char *path, uint32_t path_size)
{
    const struct check_print *print = ctx;
    bool is_note = mprom_romfs_fault_is_note(fault);
    if (is_note && print->cli->quiet) {
        return;
    }
    printf("%s: offset %u", print->image->label, off);
    if (path_size > 0) {
        fputs(", ", stdout);
        cli_put_text(stdout, path, path_size);
    }
    printf(": %s%s\n", is_note ? "note: " : "", mprom_romfs_fault_text(fault));
}

/* A list that ran out of memory drops its faults; the verdict does not depend on it. */
static void append_fault(void *ctx, enum mprom_romfs_fault fault, uint32_t off, const char *path, uint32_t path_size)
{
    const struct check_lists *lists = ctx;
    json_t *list = mprom_romfs_fault_is_note(fault) ? lists->notes : lists->faults;
    json_array_append_new(list, json_pack("{s:I, s:o, s:s}", "offset", (json_int_t)off, "path",
                                          json_text(path, path_size), "text", mprom_romfs_fault_text(fault)));
}

static void print_verdict(const struct cli *cli, const struct image *image, const struct image_verdict *verdict)
{
    const struct mprom_romfs_check *check = &verdict->check;
    if (verdict->more) {
        printf("%s: more faults follow; the rest is not shown\n", image->label);
    }
    if (verdict->ok && !cli->quiet) {
        char size[CLI_COUNT_ROOM];
        printf("%s: ok, %u file%s, %s bytes, %s\n", image->label, check->file_count,
               check->file_count == 1 ? "" : "s", cli_count_text(size, check->image_size),
               check->has_seal ? "seal matches" : "no seal: only the structure could be checked");
    }
}

static json_t *verdict_json(const struct image *image, const struct image_verdict *verdict,
                            const struct check_lists *lists)
{
    const struct mprom_romfs_check *check = &verdict->check;
    return json_pack("{s:o, s:b, s:I, s:I, s:I, s:b, s:b, s:o, s:o, s:o}", "image",
                     json_text(image->label, strlen(image->label)), "ok", verdict->ok, "size",
                     (json_int_t)check->image_size, "files", (json_int_t)check->file_count, "dirs",
                     (json_int_t)check->dir_count, "sealed", check->has_seal, "index", check->has_index, "faults",
                     lists->faults, "notes", lists->notes, "warnings", lists->warnings);
}

/* Checks one image. results is the JSON array to add to, or NULL to print. */
static int check_image(const struct cli *cli, const char *path, json_t *results)
{
    struct image image;
    int status = image_load(&image, path);
    if (status) {
        return status;
    }
    struct image_verdict verdict;
    if (results) {
        struct check_lists lists = {json_array(), json_array(), json_array()};
        status = image_check(&image, append_fault, &lists, &verdict);
        if (status == CLI_OK && verdict.ok) {
            status = check_modules(&image, lists.warnings);
        }
        if (status == CLI_OK) {
            json_array_append_new(results, verdict_json(&image, &verdict, &lists));
        } else {
            json_decref(lists.faults);
            json_decref(lists.notes);
            json_decref(lists.warnings);
        }
    } else {
        struct check_print print = {cli, &image};
        status = image_check(&image, print_fault, &print, &verdict);
        if (status == CLI_OK) {
            print_verdict(cli, &image, &verdict);
        }
        if (status == CLI_OK && verdict.ok) {
            status = check_modules(&image, NULL);
        }
    }
    image_close(&image);
    return status == CLI_OK && !verdict.ok ? CLI_FAILED : status;
}

static int check_run(const struct cli *cli)
{
    json_t *results = cli->json ? json_array() : NULL;
    int status = CLI_OK;
    for (size_t i = 0; i < cli->operand_count; i++) {
        if (check_image(cli, cli->operands[i], results)) {
            status = CLI_FAILED;
        }
    }
    if (cli->json && json_print(results)) {
        status = CLI_FAILED;
    }
    return status;
}

const struct cli_command cmd_check = {
    .name = "check",
    .summary = "find every fault of an image",
    .operands = "IMAGE...",
    .about = "Checks the structure of each IMAGE (records, names, pointers, index, nothing but\n"
             "00 or FF behind it) and its seal. Prints a line for each fault:\n"
             "  FILE: offset N, PATH: what is wrong\n"
             "and one with 'note:' for what is unusual and works on every board.\n"
             "Modules that no board can import are warned of: they are no faults of the image.\n"
             "Exit status 1 if any image has a fault or could not be read.",
    .example = "mprom check app.romfs",
    .takes = CLI_TAKES_JSON,
    .operand_min = 1,
    .operand_max = CLI_OPERANDS_MANY,
    .run = check_run,
};
