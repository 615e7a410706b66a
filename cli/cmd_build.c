/* mprom build: an image from a directory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/build_image.h"
#include "cli/build_left_out.h"
#include "cli/build_limits.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/mpy_header.h"
#include "cli/output.h"

struct cmd_build_args {
    const char *output;
    const char *fit;
    bool force;
    struct build_args build;
};

static const struct cli_option cmd_build_options[] = {
    {"output", 'o', CLI_TEXT, offsetof(struct cmd_build_args, output), "FILE",
     "write the image here; - for standard output; without it, DIR's name + .romfs"},
    {"force", 0, CLI_SWITCH, offsetof(struct cmd_build_args, force), NULL, "replace a file that is no image"},
    {"fit", 0, CLI_TEXT, offsetof(struct cmd_build_args, fit), "SIZE",
     "the image must fit SIZE bytes, such as 128K; with --base it is laid out tighter for it"},
    {0},
};

/* "hello.romfs" for "examples/hello/", in the current directory. Allocated; NULL after a message. */
static char *default_output(const char *dir)
{
    char *real = realpath(dir, NULL);
    char *output = NULL;
    if (!real) {
        cli_error("%s: %s", dir, cli_strerror(errno));
        return NULL;
    }
    const char *name = strrchr(real, '/') + 1;
    if (*name == '\0') {
        cli_error("name the image with --output; the root directory has no name to take");
    } else if (asprintf(&output, "%s.romfs", name) < 0) {
        cli_error("out of memory");
        output = NULL;
    }
    free(real);
    return output;
}

static int write_piece(void *ctx, const void *data, size_t size)
{
    return output_write(ctx, data, size) ? -EIO : 0;
}

static void print_in_place(FILE *stream, const struct build_job *job)
{
    const struct mprom_romfs_build_summary *image = &job->report.image;
    if (image->kept_count > 0) {
        fprintf(stream, "  in place  %u of %u files and directories\n", image->kept_count,
                image->file_count + image->dir_count);
    } else {
        fputs("  in place  nothing: all was laid out anew\n", stream);
    }
}

static void print_summary(FILE *stream, const struct build_job *job, const char *output)
{
    const struct build_report *report = &job->report;
    const struct mprom_romfs_build_summary *image = &report->image;
    char size[CLI_COUNT_ROOM];
    char mpy[MPY_HEADER_ROOM];
    cli_put_text(stream, output, strlen(output));
    fprintf(stream, ": %u file%s, %s bytes\n", image->file_count, image->file_count == 1 ? "" : "s",
            cli_count_text(size, image->image_size));
    if (report->compiled_count > 0) {
        fprintf(stream, "  compiled  %zu .py file%s (%s)\n", report->compiled_count,
                report->compiled_count == 1 ? "" : "s", mpy_header_text(mpy, report->compiled));
    }
    if (image->shared_count > 0) {
        fprintf(stream, "  shared    %u file%s with equal contents, %s bytes saved\n", image->shared_count,
                image->shared_count == 1 ? "" : "s", cli_count_text(size, image->shared_size));
    }
    if (job->args->base) {
        print_in_place(stream, job);
    }
    left_out_print(stream, job);
}

static int print_json(const struct build_job *job, const char *output)
{
    const struct build_report *report = &job->report;
    const struct mprom_romfs_build_summary *image = &report->image;
    json_t *value =
        json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "image", json_text(output, strlen(output)), "size",
                  (json_int_t)image->image_size, "files", (json_int_t)image->file_count, "dirs",
                  (json_int_t)image->dir_count, "sources", (json_int_t)report->source_count, "compiled",
                  (json_int_t)report->compiled_count, "shared", (json_int_t)image->shared_count, "shared_size",
                  (json_int_t)image->shared_size, "left_out", left_out_paths_json(job));
    json_object_set_new(value, "left_out_reasons", left_out_json(job));
    json_object_set_new(value, "warnings", report->warnings ? json_incref(report->warnings) : json_array());
    if (value && job->args->base) {
        json_object_set_new(value, "in_place", json_integer(image->kept_count));
    }
    if (value && !job->args->no_seal) {
        json_object_set_new(value, "crc", json_integer(image->crc));
    }
    if (value && report->mpy[0]) {
        json_object_set_new(value, "mpy", mpy_header_json(report->mpy));
    }
    return json_print(value);
}

/* The summary goes where the image does not. */
static int report_build(const struct build_job *job, const char *output)
{
    bool to_stdout = strcmp(output, "-") == 0;
    if (job->cli->json) {
        return print_json(job, output);
    }
    if (!job->cli->quiet) {
        print_summary(to_stdout ? stderr : stdout, job, to_stdout ? "image" : output);
    }
    return CLI_OK;
}

static int build_to(struct build_job *job, const char *output)
{
    struct output out;
    if (output_is_terminal(output) || output_open(&out, output)) {
        return CLI_FAILED;
    }
    if (build_write(job, write_piece, &out)) {
        output_abort(&out);
        return CLI_FAILED;
    }
    return output_commit(&out) ? CLI_FAILED : report_build(job, output);
}

static int build_run(const struct cli *cli)
{
    const struct cmd_build_args *args = cli->args;
    const char *dir = cli->operands[0];
    if (cli->json && args->output && strcmp(args->output, "-") == 0) {
        return cli_usage_error(cli, "--json and --output - both want standard output");
    }
    uint32_t size_max = 0;
    if (args->fit && (!cli_parse_size(args->fit, &size_max) || size_max == 0)) {
        return cli_usage_error(cli, "--fit takes a number of bytes such as 131072, 128K or 4M, not '%s'", args->fit);
    }
    char *made = args->output ? NULL : default_output(dir);
    const char *output = args->output ? args->output : made;
    if (!output) {
        return CLI_FAILED;
    }
    if (!args->force && output_check_image(output)) {
        free(made);
        return CLI_FAILED;
    }
    struct build_job job;
    int status = build_prepare(&job, cli, &args->build, dir, output);
    if (status == CLI_OK) {
        job.build_options.size_max = size_max;
        build_note_limits(&job);
        status = build_to(&job, output);
    }
    build_release(&job);
    free(made);
    return status;
}

const struct cli_command cmd_build = {
    .name = "build",
    .summary = "make an image from a directory",
    .operands = "DIR",
    .about = "Makes an image of all that is in DIR and writes it to a file. .py files are compiled\n"
             "to .mpy. Equal contents are stored once. The same files and options give the same\n"
             "bytes. Secrets such as .env, images, and the litter of editors, version control and\n"
             "package managers are left out, and what DIR/.mpromignore says (gitignore's rules);\n"
             "the summary says what and why. The build time in the image is SOURCE_DATE_EPOCH, if that is set.",
    .example = "mprom build app\n"
               "mprom build app -o app.romfs --align '*.tflite=16' --exclude '*.md'\n"
               "mprom build app -o - | mprom tree -",
    .takes = CLI_TAKES_JSON,
    .operand_min = 1,
    .operand_max = 1,
    .options = cmd_build_options,
    .more_options = build_options,
    .more_off = offsetof(struct cmd_build_args, build),
    .args_size = sizeof(struct cmd_build_args),
    .run = build_run,
};
