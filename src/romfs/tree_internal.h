/*
 * The parts of the tree among themselves: tree_scan.c lists directories, tree_link.c looks behind symbolic links,
 * tree_exclude.c, tree_output.c and tree_image.c decide what is left out. What is found goes in chunks to
 * tree_readers.c, whose threads read the files (tree_read.c) while the listing goes on. tree.c puts everything
 * together in the order of tree_order.c, and tree_fail.c says what failed.
 */
#ifndef MPROM_ROMFS_TREE_INTERNAL_H
#define MPROM_ROMFS_TREE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "romfs/build_arena.h"
#include "romfs/ignore.h"
#include "romfs/tree.h"

struct stat;

enum {
    MPROM_TREE_ENTRIES_MAX = 250000,
    MPROM_TREE_LINKS_MAX = 10000, /* 20 directories with two links each to the next would make a million */
    MPROM_TREE_READERS_MAX = 4,
    MPROM_TREE_CHUNK_COUNT = 16,     /* few enough that threads end together, enough that taking one costs nothing */
    MPROM_TREE_PIECE_SIZE = 1 << 16, /* most files fit */
};

/* A directory that was or will be listed, kept for those below it: a link may lead back to it. */
struct mprom_tree_dir {
    const struct mprom_tree_dir *parent;
    struct mprom_tree_dir *next; /* to be listed after it */
    const char *path;            /* below the tree's directory; "" for that itself */
    const char *host_path;
    struct mprom_ignore_list *ignore; /* of its .mpromignore; NULL without one */
    dev_t device;
    ino_t inode;
};

/* Entries in the order in which they were found. */
struct mprom_tree_chunk {
    struct mprom_tree_chunk *next;
    size_t count;
    struct mprom_romfs_tree_entry entries[MPROM_TREE_CHUNK_COUNT];
};

/* A thread that reads files; one of them is the thread that lists, once it is done with that. */
struct mprom_tree_reader {
    struct mprom_romfs_tree *tree;
    pthread_t thread;
    struct mprom_build_arena arena;          /* the contents that it has read */
    uint8_t *piece;                          /* MPROM_TREE_PIECE_SIZE bytes */
    int err;                                 /* negative */
    const char *why;                         /* NULL: what err says */
    const struct mprom_romfs_tree_entry *at; /* where it failed */
};

struct mprom_tree_readers {
    pthread_mutex_t lock; /* of unread and closed, and of the chunks' list */
    pthread_cond_t more;
    struct mprom_tree_chunk *unread; /* the first chunk that no thread has taken */
    bool closed;                     /* no more chunks will come */
    atomic_bool failed;
    atomic_size_t kept_size; /* bytes in all arenas */
    size_t count_max;        /* threads that there are CPUs for */
    size_t count;            /* threads in use; the first is the one that lists */
    struct mprom_tree_reader each[MPROM_TREE_READERS_MAX];
};

struct mprom_romfs_tree {
    const struct mprom_romfs_tree_options *options;
    struct mprom_build_arena arena;     /* names, directories and chunks */
    const char *host;                   /* the directory as it was given */
    char *real;                         /* its path without links; made when the first link is met */
    int fd;                             /* the directory */
    struct mprom_ignore_list excludes;  /* of the options */
    struct mprom_ignore_rule *defaults; /* in the order of defaults_left_out */
    char *output;                       /* real path of what will be written; NULL for none */
    struct mprom_tree_chunk *first_chunk;
    struct mprom_tree_chunk *last_chunk;
    struct mprom_tree_readers readers;
    struct mprom_romfs_tree_entry *entries; /* at the end: all, in order */
    size_t count;
    size_t link_count;
    struct mprom_romfs_tree_left_out *left_out;
    size_t left_out_count;
    size_t left_out_room;
    char *error;
};

/* Sets the sentence, "HOST_PATH: WHY", and returns err, which is negative. path is below the tree's directory. */
int mprom_tree_fail(struct mprom_romfs_tree *tree, int err, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
int mprom_tree_fail_memory(struct mprom_romfs_tree *tree);

/* Compares two paths in the order of the tree. */
int mprom_tree_compare_paths(const char *a, const char *b);

/* Where the entries lie in the chunks, in order; to be freed. NULL if out of memory. */
const struct mprom_romfs_tree_entry **mprom_tree_sort(struct mprom_romfs_tree *tree);

void mprom_tree_sort_left_out(struct mprom_romfs_tree *tree);

/* Makes rules of the options and of the defaults. */
int mprom_tree_exclude_open(struct mprom_romfs_tree *tree);

/* Reads the .mpromignore of a directory that is open as fd, if it has one. */
int mprom_tree_exclude_enter(struct mprom_romfs_tree *tree, struct mprom_tree_dir *dir, int fd);

/*
 * Decides about a path that lies in dir. Returns true if it is left out, and fills out. Else *is_named says whether a
 * pattern takes it in by its name.
 */
bool mprom_tree_is_excluded(const struct mprom_romfs_tree *tree, const struct mprom_tree_dir *dir,
                            const struct mprom_ignore_path *path, struct mprom_romfs_tree_left_out *out,
                            bool *is_named);

/* Whether the directory that is open as fd holds a file that has it left out; fills out but for its path. */
bool mprom_tree_is_marked(const struct mprom_romfs_tree *tree, int fd, struct mprom_romfs_tree_left_out *out);

/* Appends to the list of what was left out. */
int mprom_tree_leave_out(struct mprom_romfs_tree *tree, const struct mprom_romfs_tree_left_out *out);

/* Finds out where the options' output will lie. */
int mprom_tree_output_open(struct mprom_romfs_tree *tree);

/* Whether path is what will be written, or a link to it. */
bool mprom_tree_is_output(const struct mprom_romfs_tree *tree, const char *path, bool is_link);

/* Whether a file that was read, or is too large for that, is an image. */
bool mprom_tree_is_image(const struct mprom_romfs_tree *tree, const struct mprom_romfs_tree_entry *entry);

/* Lists everything and hands it to the readers. */
int mprom_tree_list(struct mprom_romfs_tree *tree);

/*
 * Looks behind the link at path, which lies in dir. Returns 0 and what it leads to, or a negative error with the
 * sentence set.
 */
int mprom_tree_follow(struct mprom_romfs_tree *tree, const struct mprom_tree_dir *dir, const char *path,
                      struct stat *st);

/* Prepares the queue; whatever follows, mprom_tree_readers_finish() must be called. */
void mprom_tree_readers_open(struct mprom_romfs_tree *tree);

/* Appends a chunk, which is not changed by the caller from then on. */
void mprom_tree_readers_push(struct mprom_romfs_tree *tree, struct mprom_tree_chunk *chunk);

/* Says that no more will come; reads what is left, unless give_up; waits for all threads. */
int mprom_tree_readers_finish(struct mprom_romfs_tree *tree, bool give_up);

void mprom_tree_readers_free(struct mprom_romfs_tree *tree);

/* Reads a file, or takes its size if it is large. Returns 0, or a negative error that stands in the reader. */
int mprom_tree_read_file(struct mprom_tree_reader *reader, struct mprom_romfs_tree_entry *entry);

#endif
