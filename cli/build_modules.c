/* Looks at the modules of a build. */
#include "cli/build_modules.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/build_sources.h"
#include "cli/build_warnings.h"
#include "cli/modules.h"
#include "cli/mpy_header.h"

enum {
    SMALL_INT_BITS = 31 /* of every 32-bit board */
};

static bool has_suffix(const char *path, const char *suffix)
{
    size_t size = strlen(path);
    size_t suffix_size = strlen(suffix);
    return size > suffix_size && strcmp(path + size - suffix_size, suffix) == 0;
}

/* Without the slashes at its end. */
static int dir_size(const struct build_job *job)
{
    int size = (int)strlen(job->dir);
    while (size > 0 && job->dir[size - 1] == '/') {
        size--;
    }
    return size;
}

static void refuse_pair(void *ctx, const char *hidden, const char *by, bool by_is_dir)
{
    struct build_job *job = ctx;
    (void)by_is_dir;
    job->report.pair_count++;
    cli_error("%.*s/%s and the .mpy file beside it would both be %s in the image", dir_size(job), job->dir, by,
              hidden);
}

int build_check_pairs(struct build_job *job)
{
    struct modules modules = {0};
    size_t count;
    const struct mprom_romfs_tree_entry *entries = mprom_romfs_tree_entries(job->tree, &count);
    for (size_t i = 0; i < count; i++) {
        const struct mprom_romfs_tree_entry *entry = &entries[i];
        if (build_compiles(job, entry) || (!entry->is_dir && has_suffix(entry->path, ".mpy"))) {
            modules_add(&modules, entry->path, strlen(entry->path), false);
        }
    }
    modules_find(&modules, refuse_pair, job);
    modules_free(&modules);
    if (job->report.pair_count > 0) {
        cli_error(
            "remove one of each pair, leave it out with --exclude, or keep the source with --keep-source; nothing "
            "was written");
    }
    return job->report.pair_count > 0 ? CLI_FAILED : CLI_OK;
}

/*
 * Remembers what the .mpy files need of a board. Native code binds to an architecture, bytecode to none, so the
 * header of one with native code speaks for all.
 */
static void note_header(struct build_job *job, const char *path, const uint8_t header[4])
{
    struct build_report *report = &job->report;
    unsigned arch = mpy_header_arch(header);
    unsigned known = mpy_header_arch(report->mpy);
    if (report->mpy[0] != 0 && arch == 0) {
        return;
    }
    if (known != 0 && mpy_arch_runs(known, arch)) {
        return;
    }
    if (known != 0 && !mpy_arch_runs(arch, known)) {
        char of_known[MPY_HEADER_ROOM];
        char of_this[MPY_HEADER_ROOM];
        build_warn(job, path, "is %s, others are %s (%s): no board can run both", mpy_header_text(of_this, header),
                   mpy_header_text(of_known, report->mpy), report->mpy_path);
        return;
    }
    memcpy(report->mpy, header, sizeof report->mpy);
    report->mpy_path = arch != 0 ? path : NULL;
}

static void note_compiled(struct build_job *job)
{
    const struct build_sources *sources = job->sources;
    for (size_t i = 0; sources && i < sources->count; i++) {
        const struct mprom_compile_job *result = &sources->jobs[i];
        if (result->mpy_size >= sizeof job->report.mpy && result->mpy[0] == 'M') {
            note_header(job, sources->items[i].host_path, result->mpy);
        }
    }
    memcpy(job->report.compiled, job->report.mpy, sizeof job->report.compiled);
}

/* The first bytes of a file that the tree may not have read. Returns how many there are. */
static size_t read_header(const struct mprom_romfs_tree_entry *entry, uint8_t header[4])
{
    size_t size = entry->size < 4 ? (size_t)entry->size : 4;
    if (entry->data) {
        memcpy(header, entry->data, size);
        return size;
    }
    int fd = open(entry->host_path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd >= 0 ? pread(fd, header, size, 0) : 0;
    if (fd >= 0) {
        close(fd);
    }
    return got > 0 ? (size_t)got : 0;
}

static void check_mpy_file(struct build_job *job, const struct mprom_romfs_tree_entry *entry)
{
    const struct build_args *args = job->args;
    unsigned bits = args->small_int_bits.given ? args->small_int_bits.value : job->is_for_file ? SMALL_INT_BITS : 0;
    struct mpy_target target = {args->march, bits};
    uint8_t header[4] = {0};
    char room[MPY_FAULT_ROOM];
    const char *fault = mpy_fault(room, header, read_header(entry, header), &target);
    if (fault) {
        build_warn(job, entry->host_path, "%s", fault);
    } else {
        note_header(job, entry->host_path, header);
    }
}

static void warn_hidden(void *ctx, const char *hidden, const char *by, bool by_is_dir)
{
    struct build_job *job = ctx;
    char *path = NULL;
    /* x.py beside x.mpy works, if from the source. */
    if (by_is_dir && asprintf(&path, "%.*s/%s", dir_size(job), job->dir, hidden) >= 0) {
        build_warn(job, path, "cannot be imported: the directory %s has its name; rename one of them", by);
        free(path);
    }
}

void build_check_modules(struct build_job *job)
{
    struct modules modules = {0};
    size_t count;
    const struct mprom_romfs_tree_entry *entries = mprom_romfs_tree_entries(job->tree, &count);
    note_compiled(job);
    for (size_t i = 0; i < count; i++) {
        modules_add(&modules, entries[i].path, strlen(entries[i].path), entries[i].is_dir);
        if (!entries[i].is_dir && has_suffix(entries[i].path, ".mpy")) {
            check_mpy_file(job, &entries[i]);
        }
    }
    modules_find(&modules, warn_hidden, job);
    modules_free(&modules);
}
