/* Reads one file. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "romfs/tree_internal.h"

enum {
    FILE_SIZE_MAX = 1 << 20, /* larger ones are read when the image is written */
    KEPT_SIZE_MAX = 64 << 20,
};

static int read_fail(struct mprom_tree_reader *reader, const struct mprom_romfs_tree_entry *entry, int err,
                     const char *why)
{
    reader->err = err;
    reader->why = why;
    reader->at = entry;
    return err;
}

/* Reads until size bytes are there or the file ends. Returns how many they are, or a negative errno. */
static ssize_t read_all(int fd, uint8_t *dst, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = read(fd, dst + done, size - done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return -errno;
        }
        if (got == 0) {
            break;
        }
        done += (size_t)got;
    }
    return (ssize_t)done;
}

/* Keeps size bytes: those in the piece, and what the file holds behind them. */
static int read_keep(struct mprom_tree_reader *reader, struct mprom_romfs_tree_entry *entry, int fd, size_t have,
                     size_t size)
{
    uint8_t *data = mprom_build_arena_alloc(&reader->arena, size);
    if (data == NULL) {
        return read_fail(reader, entry, -MPROM_ENOMEM, NULL);
    }
    memcpy(data, reader->piece, have);
    ssize_t got = have < size ? read_all(fd, data + have, size - have) : 0;
    if (got < 0) {
        return read_fail(reader, entry, (int)got, NULL);
    }
    if ((size_t)got != size - have) {
        return read_fail(reader, entry, -MPROM_EIO, "changed while it was read");
    }
    entry->data = data;
    entry->size = size;
    return 0;
}

static int read_opened(struct mprom_tree_reader *reader, struct mprom_romfs_tree_entry *entry, int fd)
{
    struct stat st;
    if (reader->tree->options->times) {
        if (fstat(fd, &st) != 0) {
            return read_fail(reader, entry, -errno, NULL);
        }
        entry->mtime = st.st_mtime > 0 ? (uint64_t)st.st_mtime : 0;
    }
    /* Reading until the end costs less than asking for the size. */
    ssize_t got = read_all(fd, reader->piece, MPROM_TREE_PIECE_SIZE);
    if (got < 0) {
        return read_fail(reader, entry, (int)got, NULL);
    }
    size_t size = (size_t)got;
    if (size == MPROM_TREE_PIECE_SIZE) {
        if (fstat(fd, &st) != 0) {
            return read_fail(reader, entry, -errno, NULL);
        }
        if (st.st_size < MPROM_TREE_PIECE_SIZE) {
            return read_fail(reader, entry, -MPROM_EIO, "changed while it was read");
        }
        entry->size = (uint64_t)st.st_size;
        if (st.st_size > FILE_SIZE_MAX) {
            return 0;
        }
        size = (size_t)st.st_size;
    }
    entry->size = size;
    if (atomic_fetch_add(&reader->tree->readers.kept_size, size) > KEPT_SIZE_MAX) {
        return 0;
    }
    return read_keep(reader, entry, fd, (size_t)got, size);
}

int mprom_tree_read_file(struct mprom_tree_reader *reader, struct mprom_romfs_tree_entry *entry)
{
    /* Without O_NONBLOCK, a file that became a pipe would hold the build for ever. */
    int fd = openat(reader->tree->fd, entry->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return read_fail(reader, entry, -errno, NULL);
    }
    int err = read_opened(reader, entry, fd);
    close(fd);
    return err;
}
