/* From a directory to an image. */
#include "cli/build_image.h"

#include <string.h>
#include <sys/stat.h>

#include "cli/build_left_out.h"
#include "cli/build_manifest.h"
#include "cli/build_modules.h"
#include "cli/build_options.h"
#include "cli/build_sources.h"

static void count_sources(struct build_job *job)
{
    size_t count;
    const struct mprom_romfs_tree_entry *entries = mprom_romfs_tree_entries(job->tree, &count);
    for (size_t i = 0; i < count; i++) {
        job->report.source_count += build_is_source(&entries[i]);
    }
}

static int add_compiled(struct build_job *job, const struct build_source *source,
                        const struct mprom_compile_job *result)
{
    if (mprom_romfs_build_add_file(job->build, source->mpy_path, result->mpy, result->mpy_size,
                                   source->entry->mtime)) {
        cli_error("%s", mprom_romfs_build_error(job->build));
        return CLI_FAILED;
    }
    return CLI_OK;
}

static int add_as_it_is(struct build_job *job, const struct mprom_romfs_tree_entry *entry)
{
    if (mprom_romfs_tree_add(entry, job->build)) {
        cli_error("%s", mprom_romfs_build_error(job->build));
        return CLI_FAILED;
    }
    return CLI_OK;
}

static int add_entries(struct build_job *job)
{
    const struct build_sources *sources = job->sources;
    size_t count;
    const struct mprom_romfs_tree_entry *entries = mprom_romfs_tree_entries(job->tree, &count);
    int status = CLI_OK;
    build_check_modules(job);
    /* The sources stand in the order of the tree, so they are met one after the other. */
    for (size_t i = 0, next = 0; i < count && status == CLI_OK; i++) {
        if (sources && next < sources->count && sources->items[next].entry == &entries[i]) {
            status = add_compiled(job, &sources->items[next], &sources->jobs[next]);
            next++;
        } else {
            status = add_as_it_is(job, &entries[i]);
        }
    }
    if (job->report.mpy[0]) {
        job->build_options.mpy = job->report.mpy;
    }
    return status;
}

static int build_start(struct build_job *job, const struct cli *cli, const struct build_args *args, const char *dir,
                       const char *output, bool may_want_march)
{
    *job = (struct build_job){.cli = cli, .args = args, .dir = dir, .may_want_march = may_want_march};
    int status = build_take_options(job);
    if (status) {
        return status;
    }
    job->is_for_file = output != NULL;
    job->tree_options.output = output && strcmp(output, "-") != 0 ? output : NULL;
    job->tree = mprom_romfs_tree_new(&job->tree_options);
    job->build = mprom_romfs_build_new(&job->build_options);
    if (!job->tree || !job->build) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    if (job->manifest) {
        return build_manifest_add(job);
    }
    if (mprom_romfs_tree_scan(job->tree, dir)) {
        cli_error("%s", mprom_romfs_tree_error(job->tree));
        return CLI_FAILED;
    }
    count_sources(job);
    status = build_check_pairs(job);
    status = status ? status : build_compile(job);
    return status ? status : add_entries(job);
}

int build_prepare(struct build_job *job, const struct cli *cli, const struct build_args *args, const char *dir,
                  const char *output)
{
    return build_start(job, cli, args, dir, output, false);
}

int build_write(struct build_job *job, mprom_romfs_build_sink *sink, void *ctx)
{
    int result = mprom_romfs_build_write(job->build, sink, ctx, &job->report.image);
    if (result && *mprom_romfs_build_error(job->build)) {
        cli_error("%s", mprom_romfs_build_error(job->build));
    }
    return result ? CLI_FAILED : CLI_OK;
}

/* Writes into memory. What is too large however it is laid out is written plain, for those who say what it must fit.
 */
static int write_to_memory(struct build_job *job, uint32_t size_max, uint8_t **bytes, size_t *size)
{
    struct mprom_romfs_build_options *options = &job->build_options;
    const uint8_t *base = options->base;
    options->size_max = size_max;
    int result = mprom_romfs_build_write_memory(job->build, bytes, size, &job->report.image);
    if (result == -MPROM_ENOSPC) {
        options->size_max = 0;
        options->base = NULL;
        result = mprom_romfs_build_write_memory(job->build, bytes, size, &job->report.image);
        options->base = base;
    }
    return result;
}

int build_write_memory(struct build_job *job, const char *label, uint32_t size_max, struct image *image)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    int result = write_to_memory(job, size_max, &bytes, &size);
    if (result) {
        const char *sentence = mprom_romfs_build_error(job->build);
        cli_error("%s", *sentence ? sentence : cli_strerror(result));
        return CLI_FAILED;
    }
    if (job->build_options.base) {
        const struct mprom_romfs_build_summary *summary = &job->report.image;
        cli_detail(job->cli, "laid out like %s: %u of %u files and directories in place",
                   job->args->base ? job->args->base : "the image deployed last", summary->kept_count,
                   summary->file_count + summary->dir_count);
    }
    if (job->report.image.file_count == 0) {
        cli_note(job->cli, "%s: there are no files to put into the image", label);
    }
    return image_take(image, label, bytes, size);
}

int build_prepare_memory(struct build_job *job, const struct cli *cli, const struct build_args *args, const char *dir,
                         bool *wants_march)
{
    int status = build_start(job, cli, args, dir, NULL, wants_march != NULL);
    if (status == CLI_OK) {
        left_out_note(job, dir);
    }
    if (wants_march) {
        *wants_march = job->report.wants_march;
    }
    return status;
}

int build_or_open(struct image *image, const struct cli *cli, const struct build_args *args, const char *path)
{
    struct build_job job;
    if (!build_is_dir(path)) {
        return image_open(image, path);
    }
    int status = build_prepare_memory(&job, cli, args, path, NULL);
    if (status == CLI_OK) {
        status = build_write_memory(&job, path, 0, image);
    }
    build_release(&job);
    return status;
}

bool build_is_dir(const char *path)
{
    struct stat st;
    return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

void build_release(struct build_job *job)
{
    mprom_romfs_build_free(job->build);
    build_release_sources(job);
    mprom_romfs_tree_free(job->tree);
    build_release_options(job);
    build_manifest_release(job);
    mprom_build_arena_free(&job->arena);
    json_decref(job->report.warnings);
    *job = (struct build_job){0};
}
