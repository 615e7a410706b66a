/* Compiles the .py files of a build. */
#include "cli/build_sources.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool build_is_source(const struct mprom_romfs_tree_entry *entry)
{
    size_t size = strlen(entry->path);
    return !entry->is_dir && size > 3 && strcmp(entry->path + size - 3, ".py") == 0;
}

bool build_compiles(const struct build_job *job, const struct mprom_romfs_tree_entry *entry)
{
    return !job->args->no_mpy && build_is_source(entry) && !mprom_ignore_means(&job->keep_sources, entry->path);
}

/* Reads the text of a file that was too large for the tree to read. */
static int load_source(struct build_source *source)
{
    const struct mprom_romfs_tree_entry *entry = source->entry;
    size_t size = (size_t)entry->size;
    size_t done = 0;
    source->loaded = malloc(size + 1);
    int fd = source->loaded ? open(entry->host_path, O_RDONLY | O_CLOEXEC) : -1;
    while (fd >= 0 && done < size) {
        ssize_t n = read(fd, source->loaded + done, size - done);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            break;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    if (fd >= 0) {
        close(fd);
    }
    if (done < size) {
        cli_error("%s: cannot be read, or changed while it was read", entry->host_path);
        return CLI_FAILED;
    }
    return CLI_OK;
}

/* "lib/a.py" becomes "lib/a.mpy". Allocated. */
static char *mpy_path(const char *path)
{
    char *result = NULL;
    return asprintf(&result, "%.*s.mpy", (int)(strlen(path) - strlen(".py")), path) < 0 ? NULL : result;
}

static int take_source(struct build_sources *sources, const struct mprom_romfs_tree_entry *entry)
{
    struct build_source *source = &sources->items[sources->count];
    source->entry = entry;
    source->host_path = entry->host_path;
    source->mpy_path = mpy_path(entry->path);
    if (!source->mpy_path) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    struct mprom_compile_job *job = &sources->jobs[sources->count++];
    if (entry->size > 0 && !entry->data) {
        if (load_source(source)) {
            return CLI_FAILED;
        }
    }
    job->name = entry->path;
    job->source = source->loaded ? source->loaded : (const char *)entry->data;
    job->source_size = (size_t)entry->size;
    return CLI_OK;
}

/* Fills sources with all .py files of the tree. */
static int take_sources(struct build_job *job, struct build_sources *sources)
{
    size_t count;
    const struct mprom_romfs_tree_entry *entries = mprom_romfs_tree_entries(job->tree, &count);
    sources->items = calloc(job->report.source_count, sizeof *sources->items);
    sources->jobs = calloc(job->report.source_count, sizeof *sources->jobs);
    if (!sources->items || !sources->jobs) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    int status = CLI_OK;
    for (size_t i = 0; i < count && status == CLI_OK; i++) {
        if (build_compiles(job, &entries[i])) {
            status = take_source(sources, &entries[i]);
        }
    }
    return status;
}

/* Whether every file that failed needs nothing but an architecture. */
static bool wants_march_only(const struct build_sources *sources)
{
    for (size_t i = 0; i < sources->count; i++) {
        if (sources->jobs[i].error && !mprom_compile_wants_march(&sources->jobs[i])) {
            return false;
        }
    }
    return true;
}

/* Each error names the file as the user knows it, not as the image does, so that an editor finds it. */
static int print_errors(const struct build_sources *sources, int error_count)
{
    for (size_t i = 0; i < sources->count; i++) {
        const struct mprom_compile_job *job = &sources->jobs[i];
        size_t name_size = strlen(job->name);
        if (job->error && strncmp(job->error, job->name, name_size) == 0) {
            cli_line("%s%s", sources->items[i].host_path, job->error + name_size);
        } else if (job->error) {
            cli_line("%s: %s", sources->items[i].host_path, job->error);
        }
    }
    cli_error(
        "%d of %zu .py files cannot be compiled; nothing was written; --keep-source PATTERN keeps files as source",
        error_count, sources->count);
    return CLI_FAILED;
}

static int run_compiler(struct build_job *job, struct build_sources *sources)
{
    if (take_sources(job, sources)) {
        return CLI_FAILED;
    }
    if (sources->count == 0) {
        return CLI_OK;
    }
    int result = mprom_compile_run(sources->compile, sources->jobs, sources->count);
    if (result == -MPROM_EINVAL) {
        return cli_usage_error(job->cli, "%s", mprom_compile_error(sources->compile));
    }
    if (result < 0) {
        cli_error("%s", mprom_compile_error(sources->compile));
        return CLI_FAILED;
    }
    job->report.compiled_count = sources->count;
    if (result > 0 && job->may_want_march && wants_march_only(sources)) {
        job->report.wants_march = true;
        return CLI_FAILED;
    }
    return result > 0 ? print_errors(sources, result) : CLI_OK;
}

static struct build_sources *new_sources(const struct build_args *args)
{
    struct build_sources *sources = calloc(1, sizeof *sources);
    if (!sources) {
        return NULL;
    }
    sources->options = (struct mprom_compile_options){
        .march = args->march,
        .march_flags = args->march_flags,
        .small_int_bits = (int)args->small_int_bits.value,
        .optimise = (int)args->optimise.value,
        .workers = args->workers.value,
    };
    sources->compile = mprom_compile_new(&sources->options);
    if (!sources->compile) {
        free(sources);
        return NULL;
    }
    return sources;
}

int build_compile(struct build_job *job)
{
    size_t source_count = job->report.source_count;
    if (job->args->no_mpy || source_count == 0) {
        return CLI_OK;
    }
    job->sources = new_sources(job->args);
    if (!job->sources) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    if (mprom_compile_kind(job->sources->compile) != MPROM_COMPILE_NONE) {
        return run_compiler(job, job->sources);
    }
    /* Not a note: a board that compiles into RAM by itself is what -q must not hide. */
    cli_error("no compiler is built in and no mpy-cross is in PATH: %zu .py file%s go%s in as source text, which the "
              "board compiles into RAM",
              source_count, source_count == 1 ? "" : "s", source_count == 1 ? "es" : "");
    build_release_sources(job);
    return CLI_OK;
}

void build_release_sources(struct build_job *job)
{
    struct build_sources *sources = job->sources;
    if (!sources) {
        return;
    }
    for (size_t i = 0; sources->items && i < sources->count; i++) {
        free(sources->items[i].mpy_path);
        free(sources->items[i].loaded);
    }
    free(sources->items);
    free(sources->jobs);
    mprom_compile_free(sources->compile);
    free(sources);
    job->sources = NULL;
}
