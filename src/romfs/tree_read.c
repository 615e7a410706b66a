/*
 * Reads the small files of a tree. Opening, reading and closing a small file takes a few microseconds in the kernel,
 * and of the time that building a usual tree takes that is most: so several threads do it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "romfs/tree_internal.h"

enum {
    PIECE_SIZE = 1 << 16,    /* most files fit */
    FILE_SIZE_MAX = 1 << 20, /* larger ones are read when the image is written */
    TREE_SIZE_MAX = 64 << 20,
    BATCH_COUNT = 16,       /* files that a thread takes at once */
    READER_COUNT_MIN = 128, /* files that make starting another thread worth while */
};

struct tree_job {
    struct romfs_tree *tree;
    atomic_size_t next;       /* first entry that no thread has taken */
    atomic_size_t total_size; /* bytes kept so far */
    atomic_bool failed;
};

/* One thread. */
struct tree_reader {
    struct tree_job *job;
    struct build_arena *arena;
    int err;                           /* negative */
    const char *why;                   /* NULL: what err says */
    const struct romfs_tree_entry *at; /* where it failed */
    uint8_t piece[PIECE_SIZE];
};

static int reader_fail(struct tree_reader *reader, const struct romfs_tree_entry *entry, int err, const char *why)
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
static int reader_keep(struct tree_reader *reader, struct romfs_tree_entry *entry, int fd, size_t have, size_t size)
{
    uint8_t *data = build_arena_alloc(reader->arena, size);
    if (data == NULL) {
        return reader_fail(reader, entry, -MPROM_ENOMEM, NULL);
    }
    memcpy(data, reader->piece, have);
    ssize_t got = have < size ? read_all(fd, data + have, size - have) : 0;
    if (got < 0) {
        return reader_fail(reader, entry, (int)got, NULL);
    }
    if ((size_t)got != size - have) {
        return reader_fail(reader, entry, -MPROM_EIO, "changed while it was read");
    }
    entry->data = data;
    entry->size = size;
    return 0;
}

static int reader_open_file(struct tree_reader *reader, struct romfs_tree_entry *entry, int fd)
{
    struct stat st;
    if (reader->job->tree->options->times) {
        if (fstat(fd, &st) != 0) {
            return reader_fail(reader, entry, -errno, NULL);
        }
        entry->mtime = st.st_mtime > 0 ? (uint64_t)st.st_mtime : 0;
    }
    /* Reading until the end costs less than asking for the size. */
    ssize_t got = read_all(fd, reader->piece, PIECE_SIZE);
    if (got < 0) {
        return reader_fail(reader, entry, (int)got, NULL);
    }
    size_t size = (size_t)got;
    if (size == PIECE_SIZE) {
        if (fstat(fd, &st) != 0) {
            return reader_fail(reader, entry, -errno, NULL);
        }
        if (st.st_size < PIECE_SIZE) {
            return reader_fail(reader, entry, -MPROM_EIO, "changed while it was read");
        }
        entry->size = (uint64_t)st.st_size;
        if (st.st_size > FILE_SIZE_MAX) {
            return 0;
        }
        size = (size_t)st.st_size;
    }
    entry->size = size;
    if (atomic_fetch_add(&reader->job->total_size, size) > TREE_SIZE_MAX) {
        return 0;
    }
    return reader_keep(reader, entry, fd, (size_t)got, size);
}

static int reader_file(struct tree_reader *reader, struct romfs_tree_entry *entry)
{
    /* Without O_NONBLOCK, a file that became a pipe would hold the build for ever. */
    int fd = openat(reader->job->tree->fd, entry->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return reader_fail(reader, entry, -errno, NULL);
    }
    int err = reader_open_file(reader, entry, fd);
    close(fd);
    return err;
}

static void *reader_run(void *arg)
{
    struct tree_reader *reader = arg;
    struct tree_job *job = reader->job;
    struct romfs_tree *tree = job->tree;
    while (!atomic_load(&job->failed)) {
        size_t start = atomic_fetch_add(&job->next, BATCH_COUNT);
        if (start >= tree->count) {
            break;
        }
        size_t end = tree->count - start < BATCH_COUNT ? tree->count : start + BATCH_COUNT;
        for (size_t i = start; i < end && reader->err == 0; i++) {
            if (!tree->entries[i].is_dir && reader_file(reader, &tree->entries[i]) != 0) {
                atomic_store(&job->failed, true);
            }
        }
    }
    return NULL;
}

/* Threads that are worth starting, the calling one included. */
static size_t read_thread_count(size_t entry_count)
{
    cpu_set_t cpus;
    size_t count = entry_count / READER_COUNT_MIN + 1;
    /* Asked of the kernel by one call; sysconf() would read a file. */
    size_t cpu_count = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? (size_t)CPU_COUNT(&cpus) : 1;
    count = count < cpu_count ? count : cpu_count;
    return count < TREE_READERS_MAX ? count : TREE_READERS_MAX;
}

/* The failure that stands first in the tree is the one to report: which it is then depends least on the threads. */
static int read_result(struct romfs_tree *tree, const struct tree_reader *readers, size_t count)
{
    const struct tree_reader *first = NULL;
    for (size_t i = 0; i < count; i++) {
        if (readers[i].err != 0 && (first == NULL || readers[i].at < first->at)) {
            first = &readers[i];
        }
    }
    if (first == NULL) {
        return 0;
    }
    return tree_fail(tree, first->err, first->at->path, "%s",
                     first->why != NULL ? first->why : strerror(-first->err));
}

int tree_read(struct romfs_tree *tree)
{
    size_t count = read_thread_count(tree->count);
    struct tree_job job = {.tree = tree};
    pthread_t threads[TREE_READERS_MAX];
    struct tree_reader *readers = malloc(count * sizeof *readers);
    if (readers == NULL) {
        return tree_fail_memory(tree);
    }
    for (size_t i = 0; i < count; i++) {
        readers[i].job = &job;
        readers[i].arena = &tree->contents[i];
        readers[i].err = 0;
    }
    size_t started = 1;
    while (started < count && pthread_create(&threads[started], NULL, reader_run, &readers[started]) == 0) {
        started++; /* fewer threads do the same work */
    }
    reader_run(&readers[0]);
    for (size_t i = 1; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
    int err = read_result(tree, readers, started);
    free(readers);
    return err;
}
