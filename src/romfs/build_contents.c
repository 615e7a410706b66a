#include "romfs/build_contents.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PIECE_SIZE = 1 << 16
};

static int contents_fail_errno(struct mprom_build_contents *contents, const char *what)
{
    int err = errno;
    return mprom_build_fail_node(contents->build, contents->file, -MPROM_EIO, "cannot %s %s: %s", what,
                                 contents->file->host_path, strerror(err));
}

static int contents_fail_changed(struct mprom_build_contents *contents)
{
    return mprom_build_fail_node(contents->build, contents->file, -MPROM_EIO, "%s changed while the image was built",
                                 contents->file->host_path);
}

/* Compares the host file with what was known of it. */
static int contents_check(struct mprom_build_contents *contents)
{
    struct mprom_build_node *file = contents->file;
    struct stat st;
    if (fstat(contents->fd, &st) != 0) {
        return contents_fail_errno(contents, "read");
    }
    if (file->host_mtime.tv_nsec < 0) {
        file->host_mtime = st.st_mtim;
    }
    bool same = S_ISREG(st.st_mode) && (uint64_t)st.st_size == file->size &&
                st.st_mtim.tv_sec == file->host_mtime.tv_sec && st.st_mtim.tv_nsec == file->host_mtime.tv_nsec;
    return same ? 0 : contents_fail_changed(contents);
}

int mprom_build_contents_open(struct mprom_build_contents *contents, struct mprom_romfs_build *build,
                              struct mprom_build_node *file)
{
    *contents = (struct mprom_build_contents){.build = build, .file = file, .fd = -1};
    if (file->host_path == NULL) {
        return 0;
    }
    /* Without O_NONBLOCK, a file that became a pipe would hold the build for ever. */
    contents->fd = open(file->host_path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (contents->fd < 0) {
        return contents_fail_errno(contents, "open");
    }
    int err = contents_check(contents);
    if (err != 0) {
        mprom_build_contents_close(contents);
    }
    return err;
}

static ssize_t contents_read_host(struct mprom_build_contents *contents, void *dst, size_t size)
{
    ssize_t got;
    do {
        got = read(contents->fd, dst, size);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return contents_fail_errno(contents, "read");
    }
    contents->pos += (uint64_t)got;
    int err = got == 0 ? contents_fail_changed(contents) : 0;
    if (err == 0 && contents->pos == contents->file->size) {
        err = contents_check(contents);
    }
    return err != 0 ? err : got;
}

ssize_t mprom_build_contents_read(struct mprom_build_contents *contents, void *dst, size_t size)
{
    uint64_t left = contents->file->size - contents->pos;
    if (size > left) {
        size = (size_t)left;
    }
    if (size == 0) {
        return 0;
    }
    if (contents->fd >= 0) {
        return contents_read_host(contents, dst, size);
    }
    memcpy(dst, contents->file->data + contents->pos, size);
    contents->pos += size;
    return (ssize_t)size;
}

void mprom_build_contents_close(struct mprom_build_contents *contents)
{
    if (contents->fd >= 0) {
        close(contents->fd);
    }
}

int mprom_build_contents_crc(struct mprom_romfs_build *build, struct mprom_build_node *file, uint32_t *crc)
{
    if (file->host_path == NULL) {
        *crc = libdeflate_crc32(0, file->data, (size_t)file->size);
        return 0;
    }
    struct mprom_build_contents contents;
    int err = mprom_build_contents_open(&contents, build, file);
    if (err != 0) {
        return err;
    }
    ssize_t got = 0;
    uint8_t *piece = malloc(PIECE_SIZE);
    *crc = 0;
    if (piece == NULL) {
        got = mprom_build_fail_memory(build);
    } else {
        while ((got = mprom_build_contents_read(&contents, piece, PIECE_SIZE)) > 0) {
            *crc = libdeflate_crc32(*crc, piece, (size_t)got);
        }
    }
    free(piece);
    mprom_build_contents_close(&contents);
    return (int)got;
}

/* Reads exactly size bytes, which are there. */
static int contents_read_all(struct mprom_build_contents *contents, uint8_t *dst, size_t size)
{
    while (size > 0) {
        ssize_t got = mprom_build_contents_read(contents, dst, size);
        if (got < 0) {
            return (int)got;
        }
        dst += got;
        size -= (size_t)got;
    }
    return 0;
}

/* room holds two pieces. Returns as mprom_build_contents_equal(). */
static int contents_compare(struct mprom_build_contents *a, struct mprom_build_contents *b, uint8_t *room)
{
    for (uint64_t left = a->file->size; left > 0;) {
        size_t size = left < PIECE_SIZE ? (size_t)left : PIECE_SIZE;
        int err = contents_read_all(a, room, size);
        if (err == 0) {
            err = contents_read_all(b, room + PIECE_SIZE, size);
        }
        if (err != 0) {
            return err;
        }
        if (memcmp(room, room + PIECE_SIZE, size) != 0) {
            return 0;
        }
        left -= size;
    }
    return 1;
}

/* As mprom_build_contents_equal(), with both sides opened. */
static int contents_equal_opened(struct mprom_build_contents *a, struct mprom_build_contents *b)
{
    uint8_t *room = malloc((size_t)2 * PIECE_SIZE);
    if (room == NULL) {
        return mprom_build_fail_memory(a->build);
    }
    int equal = contents_compare(a, b, room);
    free(room);
    return equal;
}

int mprom_build_contents_equal(struct mprom_romfs_build *build, struct mprom_build_node *a,
                               struct mprom_build_node *b)
{
    if (a->host_path == NULL && b->host_path == NULL) {
        return memcmp(a->data, b->data, (size_t)a->size) == 0;
    }
    struct mprom_build_contents left;
    struct mprom_build_contents right;
    int err = mprom_build_contents_open(&left, build, a);
    if (err != 0) {
        return err;
    }
    err = mprom_build_contents_open(&right, build, b);
    if (err == 0) {
        err = contents_equal_opened(&left, &right);
        mprom_build_contents_close(&right);
    }
    mprom_build_contents_close(&left);
    return err;
}
