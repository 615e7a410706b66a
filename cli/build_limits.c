#include "build_limits.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "build_sources.h"
#include "mprom/rom.h"

enum {
    LIMITS_PATH_MAX = 255, /* bytes of a path that mprom's firmware imports from, with /rom/ before it */
    LIMITS_MPY_VERSION = 6,
    LIMITS_HEAD_SIZE = 4,
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

/* The first bytes of a file, from the disk if the tree has not read it. Returns how many there are. */
static size_t read_head(const struct romfs_tree_entry *entry, uint8_t head[LIMITS_HEAD_SIZE])
{
    size_t size = entry->size < LIMITS_HEAD_SIZE ? (size_t)entry->size : LIMITS_HEAD_SIZE;
    if (entry->data) {
        memcpy(head, entry->data, size);
        return size;
    }
    int fd = size > 0 ? open(entry->host_path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t got = fd >= 0 ? read(fd, head, size) : 0;
    if (fd >= 0) {
        close(fd);
    }
    return got > 0 ? (size_t)got : 0;
}

static void note_mpy(const struct cli *cli, const struct romfs_tree_entry *entry)
{
    uint8_t head[LIMITS_HEAD_SIZE] = {0};
    size_t size = read_head(entry, head);
    if (size == 0) {
        cli_note(cli, "%s is empty: no board can import it", entry->path);
    } else if (head[0] != 'M' || size < LIMITS_HEAD_SIZE) {
        cli_note(cli, "%s is not a compiled file of MicroPython%s: no board can import it", entry->path,
                 head[0] == 'C' ? ", but of CircuitPython" : "");
    } else if (head[1] != LIMITS_MPY_VERSION) {
        cli_note(cli, "%s is of .mpy version %u: MicroPython that has ROMFS loads version %d", entry->path, head[1],
                 LIMITS_MPY_VERSION);
    }
}

static void note_path(const struct build_job *job, const struct romfs_tree_entry *entry)
{
    bool is_source = build_is_source(entry);
    size_t size = strlen(limits_mount) + strlen(entry->path) + (is_source && job->sources ? 1 : 0);
    if ((is_source || path_ends(entry->path, ".mpy")) && size > LIMITS_PATH_MAX) {
        cli_note(job->cli,
                 "%s: its path has %zu bytes with %s before it; mprom's firmware imports from paths of up to %d",
                 entry->path, size, limits_mount, LIMITS_PATH_MAX);
    }
}

static void note_entry(const struct build_job *job, const struct romfs_tree_entry *entry)
{
    if (entry->is_dir) {
        /* What lies deeper still is the same fault. */
        if (path_depth(entry->path) == ROM_LEVELS + 1) {
            cli_note(job->cli, "%s: mprom's firmware takes directories up to %d deep", entry->path, ROM_LEVELS);
        }
        return;
    }
    note_path(job, entry);
    if (path_ends(entry->path, ".mpy")) {
        note_mpy(job->cli, entry);
    }
}

void build_note_limits(const struct build_job *job)
{
    size_t count;
    const struct romfs_tree_entry *entries = romfs_tree_entries(job->tree, &count);
    for (size_t i = 0; i < count; i++) {
        if (!job->left_output || strcmp(entries[i].path, job->left_output) != 0) {
            note_entry(job, &entries[i]);
        }
    }
}
