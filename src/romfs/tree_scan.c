/* Lists the directories of a tree. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "romfs/build_text.h"
#include "romfs/tree_internal.h"

enum {
    LEFT_OUT_ROOM_FIRST = 64,
    NAMES_SIZE = 1 << 12,
};

/* The listing's state. The directories that are still to be listed are a queue, so nothing recurses. */
struct tree_listing {
    struct mprom_romfs_tree *tree;
    struct mprom_tree_dir *first;
    struct mprom_tree_dir *last;
    struct mprom_tree_chunk *chunk; /* being filled; NULL at first */
};

static int tree_fail_errno(struct mprom_romfs_tree *tree, const char *path)
{
    int err = errno;
    return mprom_tree_fail(tree, -err, path, "%s", strerror(err));
}

/* Makes "HOST/DIR/NAME" and sets *path to where the part below HOST starts. Returns NULL if out of memory. */
static const char *tree_join(struct mprom_romfs_tree *tree, const struct mprom_tree_dir *dir, const char *name,
                             const char **path)
{
    size_t host_size = strlen(tree->host);
    size_t dir_size = strlen(dir->path);
    size_t name_size = strlen(name);
    char *joined = mprom_build_arena_alloc(&tree->arena, host_size + dir_size + name_size + 3);
    if (joined == NULL) {
        return NULL;
    }
    char *end = mempcpy(joined, tree->host, host_size);
    *end++ = '/';
    *path = end;
    if (dir_size > 0) {
        end = mempcpy(end, dir->path, dir_size);
        *end++ = '/';
    }
    memcpy(end, name, name_size + 1);
    return joined;
}

int mprom_tree_leave_out(struct mprom_romfs_tree *tree, const struct mprom_romfs_tree_left_out *out)
{
    if (tree->left_out_count == tree->left_out_room) {
        size_t room = tree->left_out_room > 0 ? tree->left_out_room * 2 : LEFT_OUT_ROOM_FIRST;
        struct mprom_romfs_tree_left_out *grown = reallocarray(tree->left_out, room, sizeof tree->left_out[0]);
        if (grown == NULL) {
            return mprom_tree_fail_memory(tree);
        }
        tree->left_out = grown;
        tree->left_out_room = room;
    }
    tree->left_out[tree->left_out_count++] = *out;
    return 0;
}

static int listing_enqueue(struct tree_listing *listing, const struct mprom_tree_dir *parent, const char *path,
                           const char *host_path)
{
    struct mprom_tree_dir *dir = mprom_build_arena_alloc(&listing->tree->arena, sizeof *dir);
    if (dir == NULL) {
        return mprom_tree_fail_memory(listing->tree);
    }
    *dir = (struct mprom_tree_dir){.parent = parent, .path = path, .host_path = host_path};
    if (listing->last != NULL) {
        listing->last->next = dir;
    } else {
        listing->first = dir;
    }
    listing->last = dir;
    return 0;
}

static void listing_push(struct tree_listing *listing)
{
    if (listing->chunk != NULL) {
        mprom_tree_readers_push(listing->tree, listing->chunk);
        listing->chunk = NULL;
    }
}

static int listing_append(struct tree_listing *listing, const struct mprom_romfs_tree_entry *entry)
{
    struct mprom_romfs_tree *tree = listing->tree;
    if (tree->count == MPROM_TREE_ENTRIES_MAX) {
        return mprom_tree_fail(tree, -MPROM_EFBIG, "", "more than %d files and directories", MPROM_TREE_ENTRIES_MAX);
    }
    if (listing->chunk == NULL) {
        listing->chunk = mprom_build_arena_alloc(&tree->arena, sizeof *listing->chunk);
        if (listing->chunk == NULL) {
            return mprom_tree_fail_memory(tree);
        }
        listing->chunk->next = NULL;
        listing->chunk->count = 0;
    }
    listing->chunk->entries[listing->chunk->count++] = *entry;
    tree->count++;
    if (listing->chunk->count == MPROM_TREE_CHUNK_COUNT) {
        listing_push(listing);
    }
    return 0;
}

static const char *tree_special_text(mode_t mode)
{
    return S_ISFIFO(mode)   ? "a named pipe"
           : S_ISSOCK(mode) ? "a socket"
           : S_ISBLK(mode)  ? "a block device"
           : S_ISCHR(mode)  ? "a character device"
                            : "a special file";
}

/* What a name is, without looking behind a link. Only what the directory does not say by itself costs a call. */
static int tree_type(struct mprom_romfs_tree *tree, const struct dirent64 *found, const char *path, mode_t *type)
{
    struct stat st;
    *type = (mode_t)DTTOIF(found->d_type);
    if (found->d_type == DT_UNKNOWN) {
        if (fstatat(tree->fd, path, &st, AT_SYMLINK_NOFOLLOW) != 0) {
            return tree_fail_errno(tree, path);
        }
        *type = st.st_mode & S_IFMT;
    }
    return 0;
}

/* Whether rules for directories concern it: a link to one is followed, so that it is one for them as well. */
static bool tree_is_dir(const struct mprom_romfs_tree *tree, const char *path, mode_t type)
{
    struct stat st;
    return S_ISDIR(type) || (S_ISLNK(type) && fstatat(tree->fd, path, &st, 0) == 0 && S_ISDIR(st.st_mode));
}

/* Takes a path that is not left out. */
static int listing_take_in(struct tree_listing *listing, const struct mprom_tree_dir *dir,
                           struct mprom_romfs_tree_entry *entry, mode_t type)
{
    struct mprom_romfs_tree *tree = listing->tree;
    const char *name = entry->path + strlen(dir->path) + (dir->path[0] != '\0');
    const char *fault = mprom_build_text_name_fault(name, strlen(name));
    if (fault != NULL) {
        return mprom_tree_fail(tree, -MPROM_EINVAL, entry->path, "%s", fault);
    }
    if (S_ISLNK(type)) {
        struct stat st;
        int err = mprom_tree_follow(tree, dir, entry->path, &st);
        if (err != 0) {
            return err;
        }
        type = st.st_mode & S_IFMT;
    }
    if (!S_ISREG(type) && !S_ISDIR(type)) {
        return mprom_tree_fail(tree, -MPROM_EINVAL, entry->path, "%s, which an image cannot hold",
                               tree_special_text(type));
    }
    /* A directory is taken when it is opened: its marker is known then. */
    entry->is_dir = S_ISDIR(type);
    return entry->is_dir ? listing_enqueue(listing, dir, entry->path, entry->host_path)
                         : listing_append(listing, entry);
}

static int listing_add(struct tree_listing *listing, const struct mprom_tree_dir *dir, const struct dirent64 *found)
{
    struct mprom_romfs_tree *tree = listing->tree;
    struct mprom_romfs_tree_entry entry = {0};
    mode_t type;
    entry.host_path = tree_join(tree, dir, found->d_name, &entry.path);
    if (entry.host_path == NULL) {
        return mprom_tree_fail_memory(tree);
    }
    int err = tree_type(tree, found, entry.path, &type);
    if (err != 0) {
        return err;
    }
    struct mprom_ignore_path asked = {entry.path, found->d_name, tree_is_dir(tree, entry.path, type)};
    struct mprom_romfs_tree_left_out out = {.path = entry.path, .is_dir = asked.is_dir};
    if (mprom_tree_is_output(tree, entry.path, S_ISLNK(type))) {
        out.cause = MPROM_ROMFS_TREE_IMAGE;
        out.reason = "the image itself";
        return mprom_tree_leave_out(tree, &out);
    }
    if (mprom_tree_is_excluded(tree, dir, &asked, &out, &entry.is_named)) {
        return mprom_tree_leave_out(tree, &out);
    }
    return listing_take_in(listing, dir, &entry, type);
}

/* Takes what the kernel put into the buffer. */
static int listing_take(struct tree_listing *listing, const struct mprom_tree_dir *dir, const char *buffer,
                        size_t size)
{
    for (size_t off = 0; off < size;) {
        const struct dirent64 *found = (const void *)(buffer + off);
        off += found->d_reclen;
        if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0) {
            continue;
        }
        int err = listing_add(listing, dir, found);
        if (err != 0) {
            return err;
        }
    }
    return 0;
}

static int listing_opened(struct tree_listing *listing, struct mprom_tree_dir *dir, int fd)
{
    /* Not readdir(): it asks for more names at a time, and nothing could be read meanwhile. */
    _Alignas(struct dirent64) char buffer[NAMES_SIZE];
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return tree_fail_errno(listing->tree, dir->path);
    }
    dir->device = st.st_dev;
    dir->inode = st.st_ino;
    if (dir->path[0] != '\0') {
        struct mprom_romfs_tree_left_out out = {.path = dir->path, .is_dir = true};
        struct mprom_romfs_tree_entry entry = {.path = dir->path, .host_path = dir->host_path, .is_dir = true};
        if (mprom_tree_is_marked(listing->tree, fd, &out)) {
            return mprom_tree_leave_out(listing->tree, &out);
        }
        int err = listing_append(listing, &entry);
        if (err != 0) {
            return err;
        }
    }
    int err = mprom_tree_exclude_enter(listing->tree, dir, fd);
    if (err != 0) {
        return err;
    }
    for (;;) {
        ssize_t size = getdents64(fd, buffer, sizeof buffer);
        if (size <= 0) {
            return size < 0 ? tree_fail_errno(listing->tree, dir->path) : 0;
        }
        err = listing_take(listing, dir, buffer, (size_t)size);
        if (err != 0) {
            return err;
        }
    }
}

static int listing_dir(struct tree_listing *listing, struct mprom_tree_dir *dir)
{
    struct mprom_romfs_tree *tree = listing->tree;
    const char *path = dir->path[0] != '\0' ? dir->path : ".";
    int fd = openat(tree->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return tree_fail_errno(tree, dir->path);
    }
    int err = listing_opened(listing, dir, fd);
    close(fd);
    return err;
}

int mprom_tree_list(struct mprom_romfs_tree *tree)
{
    struct tree_listing listing = {.tree = tree};
    int err = listing_enqueue(&listing, NULL, "", tree->host);
    for (struct mprom_tree_dir *dir = listing.first; err == 0 && dir != NULL; dir = dir->next) {
        err = listing_dir(&listing, dir);
    }
    listing_push(&listing);
    return err;
}
