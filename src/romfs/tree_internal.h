/*
 * The parts of the tree among themselves: tree_scan.c lists directories, tree_link.c looks behind symbolic links,
 * tree_exclude.c decides what is left out, tree_read.c reads files.
 */
#ifndef MPROM_ROMFS_TREE_INTERNAL_H
#define MPROM_ROMFS_TREE_INTERNAL_H

#include <sys/types.h>

#include "romfs/build_arena.h"
#include "romfs/tree.h"

enum {
    TREE_ENTRIES_MAX = 250000,
    TREE_LINKS_MAX = 10000, /* 20 directories with two links each to the next would make a million */
    TREE_READERS_MAX = 4,
};

/* A directory that was or will be listed, kept for those below it: a link may lead back to it. */
struct tree_dir {
    const struct tree_dir *parent;
    struct tree_dir *next; /* to be listed after it */
    const char *path;      /* below the tree's directory; "" for that itself */
    dev_t device;
    ino_t inode;
};

struct romfs_tree {
    const struct romfs_tree_options *options;
    struct build_arena arena;                      /* names and directories */
    struct build_arena contents[TREE_READERS_MAX]; /* one for each thread that reads */
    const char *host;                              /* the directory as it was given */
    char *real;                                    /* its path without links; made when the first link is met */
    int fd;                                        /* the directory */
    struct romfs_tree_entry *entries;
    size_t count;
    size_t room;
    size_t link_count;
    const char **left_out;
    size_t left_out_count;
    size_t left_out_room;
    char *error;
};

/* Sets the sentence, "HOST_PATH: WHY", and returns err, which is negative. path is below the tree's directory. */
int tree_fail(struct romfs_tree *tree, int err, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
int tree_fail_memory(struct romfs_tree *tree);

/* Makes room for one more element in an array that doubles. Returns the array or NULL if out of memory. */
void *tree_grow(void *array, size_t count, size_t *room, size_t element_size);

bool tree_is_excluded(const struct romfs_tree_options *options, const char *path, const char *name);

/*
 * Lists everything. Contents and sizes are not known afterwards.
 */
int tree_list(struct romfs_tree *tree);

/*
 * Looks behind the link at path, which lies in dir. Returns 0 and what it leads to, or a negative error with the
 * sentence set.
 */
struct stat;
int tree_follow(struct romfs_tree *tree, const struct tree_dir *dir, const char *path, struct stat *st);

/* Reads the small files and takes the sizes of the others. */
int tree_read(struct romfs_tree *tree);

#endif
