#include "client/board/limits.h"

#include "client/board/image_paths.h"
#include "client/board/mpy.h"
#include "client/board/programs.h"
#include "client/link/failure.h"
#include "mprom/romfs_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATH_ROOM = 1024,
    LEVEL_SIZE_MIN = 3, /* bytes that each directory of an image takes at least: so many levels are enough */
    ALIGN_SURE = 16,    /* each segment is aligned to that: it starts with an erase block */
};

/* The first fault that the board would find. */
struct limits_fault {
    enum mprom_romfs_fault fault;
    uint32_t off;
    char path[MPROM_FAILURE_PATH_SIZE];
};

static int note_fault(void *ctx, enum mprom_romfs_fault fault, uint32_t off, const char *path, uint32_t path_size)
{
    struct limits_fault *found = ctx;
    found->fault = fault;
    found->off = off;
    mprom_failure_printable(found->path, sizeof found->path, path, path_size, false);
    return 1;
}

/* The check that mprom's firmware makes before an image becomes live, with as many levels as it has. */
static int run_check(const struct mprom_client_board *board, const struct mprom_romfs *fs, struct limits_fault *found)
{
    char path[PATH_ROOM];
    struct mprom_romfs_memory memory = {fs->image, fs->size};
    struct mprom_romfs_source source = mprom_romfs_source_memory(&memory);
    uint32_t enough = fs->size / LEVEL_SIZE_MIN + 1;
    struct mprom_romfs_check check = {
        .source = &source,
        .level_count = board->depth_max < enough ? board->depth_max : enough,
        .path = path,
        .path_room = sizeof path,
        .on_fault = note_fault,
        .ctx = found,
    };
    check.levels = malloc(check.level_count * sizeof *check.levels);
    if (check.levels == NULL) {
        return -MPROM_ENOMEM;
    }
    int err = mprom_romfs_check(&check);
    free(check.levels);
    return err;
}

static int check_structure(const struct mprom_client_board *board, const char *port, const struct mprom_romfs *fs,
                           struct mprom_client_error *error)
{
    struct limits_fault found = {.fault = MPROM_ROMFS_FAULT_NONE};
    if (board->needs_even_size && fs->size % 2 != 0) {
        return mprom_failure_set(
            error, -MPROM_EINVAL,
            "%s: the image has %u bytes, and this board's firmware takes only images of an even size; "
            "nothing was sent. Update the firmware, or build the image with mprom build",
            port, fs->size);
    }
    int err = board->is_mprom ? run_check(board, fs, &found) : 0;
    if (err == -MPROM_ENOMEM) {
        return mprom_failure_set(error, err, "out of memory");
    }
    if (found.fault == MPROM_ROMFS_FAULT_DEPTH) {
        return mprom_failure_set(
            error, -MPROM_EINVAL,
            "%s: %s: this board takes directories up to %u deep; nothing was sent. Move it up, or "
            "leave it out with --exclude",
            port, found.path, board->depth_max);
    }
    return !err ? 0
                : mprom_failure_set(error, -MPROM_EINVAL,
                                    "%s: offset %u%s%s: %s: the board would refuse this image; "
                                    "nothing was sent. mprom check lists all that is wrong with it",
                                    port, found.off, found.path[0] ? ", " : "", found.path,
                                    mprom_romfs_fault_text(found.fault));
}

/* Where the board mounts the segment. */
static const char *mount_point(const struct mprom_client_board *board, uint32_t id, char room[16])
{
    bool is_first =
        id == 0 || (board->segments[id].group != 0 && board->segments[id].group == board->segments[0].group);
    snprintf(room, 16, is_first ? "/rom/" : "/rom%u/", id);
    return room;
}

static int refuse_path(const struct mprom_client_board *board, const char *port,
                       const struct mprom_image_paths *paths, const char *mount, size_t size,
                       struct mprom_client_error *error)
{
    char path[MPROM_FAILURE_PATH_SIZE];
    mprom_failure_printable(path, sizeof path, paths->path, paths->path_size, false);
    return mprom_failure_set(
        error, -MPROM_EINVAL,
        "%s: %s: its path has %zu bytes with %s before it, and this board imports from paths of up to "
        "%u; nothing was sent. Shorten the names, or leave it out with --exclude",
        port, path, size, mount, board->path_max);
}

/* Paths of modules: files of data can be opened at any path. */
static int check_paths(const struct mprom_client_board *board, const char *port, uint32_t id,
                       const struct mprom_romfs *fs, struct mprom_client_error *error)
{
    char room[16];
    struct mprom_romfs_entry entry;
    struct mprom_image_paths paths;
    const char *mount = mount_point(board, id, room);
    int err = mprom_image_paths_open(&paths, fs);
    if (err) {
        mprom_failure_set(error, err, "out of memory");
    }
    while (!err && mprom_image_paths_next(&paths, &entry) > 0) {
        size_t size = strlen(mount) + paths.path_size;
        bool is_module =
            !entry.is_dir && (mprom_image_paths_ends(&paths, ".py") || mprom_image_paths_ends(&paths, ".mpy"));
        if (is_module && size > board->path_max) {
            err = refuse_path(board, port, &paths, mount, size, error);
        }
    }
    mprom_image_paths_close(&paths);
    return err;
}

int mprom_limits_check(const struct mprom_client_board *board, const char *port, uint32_t id,
                       const struct mprom_romfs *fs, struct mprom_client_error *error)
{
    int err = check_structure(board, port, fs, error);
    err = err ? err : check_paths(board, port, id, fs, error);
    return err ? err : mprom_mpy_check(board, port, fs, error);
}

int mprom_limits_check_align(struct mprom_client *client, uint32_t id, const struct mprom_romfs *fs,
                             struct mprom_client_error *error)
{
    struct mprom_romfs_info info;
    struct mprom_answer_line line;
    int64_t is_aligned;
    if (mprom_romfs_info_read(fs, &info) != 1 || info.align <= ALIGN_SURE) {
        return 0;
    }
    mprom_session_bare(client);
    int err = mprom_session_ask(client, "asking where the segment lies", MPROM_REPL_EXEC_MS, "aligned", &line, error,
                                MPROM_PROGRAM_ALIGNED, id, info.align);
    if (err) {
        return err;
    }
    if (!mprom_answer_number(&line, 0, 1, &is_aligned)) {
        return mprom_session_nonsense(client, "asking where the segment lies", error);
    }
    return is_aligned ? 0
                      : mprom_failure_set(error, -MPROM_EINVAL,
                                          "%s: the image is aligned to %u bytes, and the address of segment %u is no "
                                          "multiple of that; nothing was sent. Build it with a smaller --align",
                                          client->link.name, info.align, id);
}

int mprom_limits_check_slot(const struct mprom_client *client, uint32_t id, struct mprom_client_error *error)
{
    const struct mprom_client_board *board = &client->board;
    uint32_t other = 0;
    if (!board->segments[id].is_running || board->segments[id].group == 0) {
        return 0;
    }
    while (other < board->segment_count &&
           (other == id || board->segments[other].group != board->segments[id].group)) {
        other++;
    }
    return other == board->segment_count
               ? 0
               : mprom_failure_set(
                     error, -MPROM_EPERM,
                     "%s: segment %u is the slot that the board runs, so it cannot be changed; nothing was "
                     "touched. The other slot is segment %u: -n %u",
                     client->link.name, id, other, other);
}
