/* Lists the directories of a tree. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "romfs/build_text.h"
#include "romfs/tree_internal.h"

/* The directories that are still to be listed: a queue, so nothing recurses. */
struct tree_queue {
    struct tree_dir *first;
    struct tree_dir *last;
};

static int tree_fail_errno(struct romfs_tree *tree, const char *path)
{
    int err = errno;
    return tree_fail(tree, -err, path, "%s", strerror(err));
}

/* Makes "HOST/DIR/NAME" and sets *path to where the part below HOST starts. Returns NULL if out of memory. */
static const char *tree_join(struct romfs_tree *tree, const struct tree_dir *dir, const char *name, const char **path)
{
    size_t host_size = strlen(tree->host);
    size_t dir_size = strlen(dir->path);
    size_t name_size = strlen(name);
    char *joined = build_arena_alloc(&tree->arena, host_size + dir_size + name_size + 3);
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

static int tree_leave_out(struct romfs_tree *tree, const char *path)
{
    const char **grown =
        tree_grow(tree->left_out, tree->left_out_count, &tree->left_out_room, sizeof tree->left_out[0]);
    if (grown == NULL) {
        return tree_fail_memory(tree);
    }
    tree->left_out = grown;
    tree->left_out[tree->left_out_count++] = path;
    return 0;
}

static int tree_enqueue(struct romfs_tree *tree, struct tree_queue *queue, const struct tree_dir *parent,
                        const char *path)
{
    struct tree_dir *dir = build_arena_alloc(&tree->arena, sizeof *dir);
    if (dir == NULL) {
        return tree_fail_memory(tree);
    }
    *dir = (struct tree_dir){.parent = parent, .path = path};
    if (queue->last != NULL) {
        queue->last->next = dir;
    } else {
        queue->first = dir;
    }
    queue->last = dir;
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

/* Finds out what a name is. Only what the directory does not say by itself costs a call. */
static int tree_type(struct romfs_tree *tree, const struct tree_dir *dir, const struct dirent *found,
                     const char *path, mode_t *type)
{
    struct stat st;
    *type = (mode_t)DTTOIF(found->d_type);
    if (found->d_type == DT_UNKNOWN) {
        if (fstatat(tree->fd, path, &st, AT_SYMLINK_NOFOLLOW) != 0) {
            return tree_fail_errno(tree, path);
        }
        *type = st.st_mode & S_IFMT;
    }
    if (!S_ISLNK(*type)) {
        return 0;
    }
    int err = tree_follow(tree, dir, path, &st);
    *type = st.st_mode & S_IFMT;
    return err;
}

static int tree_add_found(struct romfs_tree *tree, struct tree_queue *queue, const struct tree_dir *dir,
                          const struct dirent *found)
{
    const char *path;
    const char *host_path = tree_join(tree, dir, found->d_name, &path);
    if (host_path == NULL) {
        return tree_fail_memory(tree);
    }
    if (tree_is_excluded(tree->options, path, found->d_name)) {
        return tree_leave_out(tree, path);
    }
    const char *fault = build_text_name_fault(found->d_name, strlen(found->d_name));
    if (fault != NULL) {
        return tree_fail(tree, -MPROM_EINVAL, path, "%s", fault);
    }
    mode_t type;
    int err = tree_type(tree, dir, found, path, &type);
    if (err != 0) {
        return err;
    }
    if (!S_ISREG(type) && !S_ISDIR(type)) {
        return tree_fail(tree, -MPROM_EINVAL, path, "%s, which an image cannot hold", tree_special_text(type));
    }
    if (tree->count == TREE_ENTRIES_MAX) {
        return tree_fail(tree, -MPROM_EFBIG, "", "more than %d files and directories", TREE_ENTRIES_MAX);
    }
    struct romfs_tree_entry *grown = tree_grow(tree->entries, tree->count, &tree->room, sizeof tree->entries[0]);
    if (grown == NULL) {
        return tree_fail_memory(tree);
    }
    tree->entries = grown;
    grown[tree->count++] = (struct romfs_tree_entry){.path = path, .host_path = host_path, .is_dir = S_ISDIR(type)};
    return S_ISDIR(type) ? tree_enqueue(tree, queue, dir, path) : 0;
}

static int tree_list_stream(struct romfs_tree *tree, struct tree_queue *queue, struct tree_dir *dir, DIR *stream)
{
    struct stat st;
    if (fstat(dirfd(stream), &st) != 0) {
        return tree_fail_errno(tree, dir->path);
    }
    dir->device = st.st_dev;
    dir->inode = st.st_ino;
    for (;;) {
        errno = 0;
        const struct dirent *found = readdir(stream);
        if (found == NULL) {
            return errno != 0 ? tree_fail_errno(tree, dir->path) : 0;
        }
        if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0) {
            continue;
        }
        int err = tree_add_found(tree, queue, dir, found);
        if (err != 0) {
            return err;
        }
    }
}

static int tree_list_dir(struct romfs_tree *tree, struct tree_queue *queue, struct tree_dir *dir)
{
    const char *path = dir->path[0] != '\0' ? dir->path : ".";
    int fd = openat(tree->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;
    if (stream == NULL) {
        int err = tree_fail_errno(tree, dir->path);
        if (fd >= 0) {
            close(fd);
        }
        return err;
    }
    int err = tree_list_stream(tree, queue, dir, stream);
    closedir(stream);
    return err;
}

int tree_list(struct romfs_tree *tree)
{
    struct tree_queue queue = {0};
    int err = tree_enqueue(tree, &queue, NULL, "");
    for (struct tree_dir *dir = queue.first; err == 0 && dir != NULL; dir = dir->next) {
        err = tree_list_dir(tree, &queue, dir);
    }
    return err;
}
