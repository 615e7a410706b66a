#include "cli/build_limits.h"

#include <string.h>

#include "cli/build_sources.h"
#include "mprom/rom.h"

enum {
    LIMITS_PATH_MAX = 255, /* bytes of a path that mprom's firmware imports from, with /rom/ before it */
};

static const char limits_mount[] = "/rom/";

static unsigned path_depth(const char *path)
{
    unsigned depth = 1;
    for (const char *at = path; (at = strchr(at, '/')) != NULL; at++) {
        depth++;
    }
    return depth;
}

static bool path_ends(const char *path, const char *end)
{
    size_t size = strlen(path);
    size_t end_size = strlen(end);
    return size > end_size && strcmp(path + size - end_size, end) == 0;
}

static void note_path(const struct build_job *job, const struct mprom_romfs_tree_entry *entry)
{
    bool is_source = build_is_source(entry);
    size_t size = strlen(limits_mount) + strlen(entry->path) + (is_source && job->sources ? 1 : 0);
    if ((is_source || path_ends(entry->path, ".mpy")) && size > LIMITS_PATH_MAX) {
        cli_note(job->cli,
                 "%s: its path has %zu bytes with %s before it; mprom's firmware imports from paths of up to %d",
                 entry->path, size, limits_mount, LIMITS_PATH_MAX);
    }
}

static void note_entry(const struct build_job *job, const struct mprom_romfs_tree_entry *entry)
{
    if (entry->is_dir) {
        /* What lies deeper still is the same fault. */
        if (path_depth(entry->path) == MPROM_ROM_LEVELS + 1) {
            cli_note(job->cli, "%s: mprom's firmware takes directories up to %d deep", entry->path, MPROM_ROM_LEVELS);
        }
        return;
    }
    note_path(job, entry);
}

void build_note_limits(const struct build_job *job)
{
    size_t count;
    const struct mprom_romfs_tree_entry *entries = mprom_romfs_tree_entries(job->tree, &count);
    for (size_t i = 0; i < count; i++) {
        note_entry(job, &entries[i]);
    }
}
