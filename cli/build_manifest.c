/* A build from a manifest. */
#include "cli/build_manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/manifest.h"

/* The patterns of the command line stand in front: the first that matches counts. */
static int take_aligns(struct build_job *job, json_t *aligns)
{
    size_t count = job->build_options.align_count + json_object_size(aligns);
    struct mprom_romfs_build_align *more = realloc(job->aligns, (count + 1) * sizeof *more);
    const char *pattern;
    json_t *align;
    if (!more) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    job->aligns = more;
    job->build_options.aligns = more;
    json_object_foreach(aligns, pattern, align)
    {
        char *copy = strdup(pattern);
        if (!copy) {
            cli_error("out of memory");
            return CLI_FAILED;
        }
        job->aligns[job->build_options.align_count++] =
            (struct mprom_romfs_build_align){copy, (uint32_t)json_integer_value(align)};
    }
    return CLI_OK;
}

int build_manifest_open(struct build_job *job)
{
    struct mprom_romfs_build_options *options = &job->build_options;
    if (!job->args->manifest) {
        return CLI_OK;
    }
    if (manifest_read(job->args->manifest, &job->manifest)) {
        return CLI_FAILED;
    }
    const json_t *root = job->manifest;
    const json_t *time = json_object_get(root, "build_time");
    options->label = options->label ? options->label : json_string_value(json_object_get(root, "label"));
    options->build_time = options->build_time || !time ? options->build_time : (uint64_t)json_integer_value(time);
    options->no_info = options->no_info || json_is_false(json_object_get(root, "info"));
    options->no_index = options->no_index || json_is_false(json_object_get(root, "index"));
    options->no_seal = options->no_seal || json_is_false(json_object_get(root, "seal"));
    const char *mpy = json_string_value(json_object_get(root, "mpy"));
    for (size_t i = 0; mpy && i < sizeof job->report.mpy; i++) {
        const char digits[] = {mpy[2 * i], mpy[2 * i + 1], '\0'};
        job->report.mpy[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    options->mpy = mpy ? job->report.mpy : NULL;
    return take_aligns(job, json_object_get(root, "align"));
}

/* The real path of a file below the folder; NULL after a message. A link must not lead out. */
static char *find_file(const struct build_job *job, const char *real_dir, const char *from)
{
    char *path = NULL;
    char *real = NULL;
    size_t size = strlen(real_dir);
    if (asprintf(&path, "%s/%s", job->dir, from) >= 0) {
        real = realpath(path, NULL);
    }
    if (!real) {
        cli_error("%s: '%s': %s: %s", job->args->manifest, from, path ? path : job->dir, cli_strerror(errno));
    } else if (strncmp(real, real_dir, size) != 0 || (size > 1 && real[size] != '/' && real[size] != '\0')) {
        cli_error("%s: '%s' leads out of %s", job->args->manifest, from, job->dir);
        free(real);
        real = NULL;
    }
    free(path);
    return real;
}

static int add_dir(struct build_job *job, const char *from)
{
    char *path = strndup(from, strlen(from) - 1);
    int error = path ? mprom_romfs_build_add_dir(job->build, path) : -MPROM_ENOMEM;
    free(path);
    return error;
}

static int add_file(struct build_job *job, const char *real_dir, const json_t *file, struct image *bytes)
{
    const char *from = json_string_value(json_object_get(file, "from"));
    json_int_t time = json_integer_value(json_object_get(file, "time"));
    char *real = find_file(job, real_dir, from);
    int status = real ? image_load(bytes, real) : CLI_FAILED;
    free(real);
    if (status) {
        return status;
    }
    bytes->label = from;
    return mprom_romfs_build_add_file(job->build, from, bytes->bytes, bytes->size, (uint64_t)time);
}

int build_manifest_add(struct build_job *job)
{
    const json_t *files = json_object_get(job->manifest, "files");
    char *real_dir = realpath(job->dir, NULL);
    size_t i;
    json_t *file;
    int result = CLI_OK;
    job->files = calloc(json_array_size(files) + 1, sizeof *job->files);
    if (!real_dir || !job->files) {
        cli_error("%s: %s", job->dir, real_dir ? "out of memory" : cli_strerror(errno));
        free(real_dir);
        return CLI_FAILED;
    }
    json_array_foreach(files, i, file)
    {
        const char *from = json_string_value(json_object_get(file, "from"));
        bool is_dir = from[strlen(from) - 1] == '/';
        result = is_dir ? add_dir(job, from) : add_file(job, real_dir, file, &job->files[job->file_count++]);
        if (result != CLI_OK) {
            break;
        }
    }
    free(real_dir);
    if (result < 0) {
        cli_error("%s: files[%zu]: %s", job->args->manifest, i, mprom_romfs_build_error(job->build));
    }
    return result == CLI_OK ? CLI_OK : CLI_FAILED;
}

void build_manifest_release(struct build_job *job)
{
    for (size_t i = 0; i < job->file_count; i++) {
        image_close(&job->files[i]);
    }
    free(job->files);
    json_decref(job->manifest);
}
