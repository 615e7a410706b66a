/*
 * The threads that read files. Opening, reading and closing a small file takes a few microseconds in the kernel, and
 * that is most of the time that building a usual tree takes: so it starts while directories are still being listed,
 * and several threads do it (docs/decisions/build-speed.md).
 */
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "romfs/tree_internal.h"

enum {
    ARENA_SIZE_FIRST = 1 << 19,
    THREAD_COST_COUNT = 64, /* entries that make starting one more thread worth while */
};

void mprom_tree_readers_open(struct mprom_romfs_tree *tree)
{
    struct mprom_tree_readers *readers = &tree->readers;
    pthread_mutex_init(&readers->lock, NULL);
    pthread_cond_init(&readers->more, NULL);
    readers->count = 1;
    readers->each[0].tree = tree;
}

/* Waits for a chunk. Returns NULL when there will be none. */
static struct mprom_tree_chunk *readers_take(struct mprom_tree_readers *readers)
{
    pthread_mutex_lock(&readers->lock);
    while (readers->unread == NULL && !readers->closed) {
        pthread_cond_wait(&readers->more, &readers->lock);
    }
    struct mprom_tree_chunk *chunk = readers->unread;
    if (chunk != NULL) {
        readers->unread = chunk->next;
    }
    pthread_mutex_unlock(&readers->lock);
    return chunk;
}

static void reader_run(struct mprom_tree_reader *reader)
{
    struct mprom_tree_readers *readers = &reader->tree->readers;
    struct mprom_tree_chunk *chunk;
    while (!atomic_load(&readers->failed) && (chunk = readers_take(readers)) != NULL) {
        for (size_t i = 0; i < chunk->count && reader->err == 0; i++) {
            if (!chunk->entries[i].is_dir && mprom_tree_read_file(reader, &chunk->entries[i]) != 0) {
                atomic_store(&readers->failed, true);
            }
        }
    }
}

static void *reader_start(void *arg)
{
    /*
     * With a table of open files of its own, a thread does not wait for the others at each open and close. Where this
     * is not allowed, it waits.
     */
    (void)unshare(CLONE_FILES);
    reader_run(arg);
    return NULL;
}

/* Gives a reader its memory: before there are threads, since malloc() would set up a heap for each that calls it. */
static bool reader_prepare(struct mprom_romfs_tree *tree, struct mprom_tree_reader *reader)
{
    reader->tree = tree;
    reader->piece = malloc(MPROM_TREE_PIECE_SIZE);
    return reader->piece != NULL && mprom_build_arena_reserve(&reader->arena, ARENA_SIZE_FIRST) == 0;
}

/* Starts one more thread if there is a CPU for it. Without it, fewer threads do the same work. */
static void readers_add(struct mprom_romfs_tree *tree)
{
    struct mprom_tree_readers *readers = &tree->readers;
    if (readers->count_max == 0) {
        cpu_set_t cpus;
        /* Asked of the kernel by one call; sysconf() would read a file. */
        size_t count = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? (size_t)CPU_COUNT(&cpus) : 1;
        readers->count_max = count < MPROM_TREE_READERS_MAX ? count : MPROM_TREE_READERS_MAX;
    }
    if (readers->count >= readers->count_max) {
        return;
    }
    struct mprom_tree_reader *reader = &readers->each[readers->count];
    if (reader_prepare(tree, reader) && pthread_create(&reader->thread, NULL, reader_start, reader) == 0) {
        readers->count++;
    } else {
        readers->count_max = readers->count;
    }
}

void mprom_tree_readers_push(struct mprom_romfs_tree *tree, struct mprom_tree_chunk *chunk)
{
    struct mprom_tree_readers *readers = &tree->readers;
    pthread_mutex_lock(&readers->lock);
    if (tree->last_chunk != NULL) {
        tree->last_chunk->next = chunk;
    } else {
        tree->first_chunk = chunk;
    }
    tree->last_chunk = chunk;
    if (readers->unread == NULL) {
        readers->unread = chunk;
    }
    pthread_cond_signal(&readers->more);
    pthread_mutex_unlock(&readers->lock);
    if (tree->count >= readers->count * THREAD_COST_COUNT) {
        readers_add(tree);
    }
}

/* The failure that stands first in the tree is the one to report: which it is then depends least on the threads. */
static int readers_result(struct mprom_romfs_tree *tree)
{
    const struct mprom_tree_reader *first = NULL;
    for (size_t i = 0; i < tree->readers.count; i++) {
        const struct mprom_tree_reader *reader = &tree->readers.each[i];
        if (reader->err != 0 && (first == NULL || mprom_tree_compare_paths(reader->at->path, first->at->path) < 0)) {
            first = reader;
        }
    }
    if (first == NULL) {
        return 0;
    }
    return mprom_tree_fail(tree, first->err, first->at->path, "%s",
                           first->why != NULL ? first->why : strerror(-first->err));
}

int mprom_tree_readers_finish(struct mprom_romfs_tree *tree, bool give_up)
{
    struct mprom_tree_readers *readers = &tree->readers;
    bool prepared = reader_prepare(tree, &readers->each[0]);
    pthread_mutex_lock(&readers->lock);
    readers->closed = true;
    pthread_cond_broadcast(&readers->more);
    pthread_mutex_unlock(&readers->lock);
    if (give_up || !prepared) {
        atomic_store(&readers->failed, true);
    } else {
        reader_run(&readers->each[0]);
    }
    for (size_t i = 1; i < readers->count; i++) {
        pthread_join(readers->each[i].thread, NULL);
    }
    pthread_cond_destroy(&readers->more);
    pthread_mutex_destroy(&readers->lock);
    if (give_up) {
        return 0;
    }
    return prepared ? readers_result(tree) : mprom_tree_fail_memory(tree);
}

void mprom_tree_readers_free(struct mprom_romfs_tree *tree)
{
    for (size_t i = 0; i < MPROM_TREE_READERS_MAX; i++) {
        mprom_build_arena_free(&tree->readers.each[i].arena);
        free(tree->readers.each[i].piece);
    }
}
