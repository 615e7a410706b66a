/*
 * Rules that say which paths of a directory are meant, as gitignore(5) has them. A file of rules speaks of the folder
 * that it lies in; its last rule that matches counts.
 *
 * Memory is an arena's, so nothing is freed here.
 */
#ifndef MPROM_ROMFS_IGNORE_H
#define MPROM_ROMFS_IGNORE_H

#include <stdbool.h>
#include <stddef.h>

#include "romfs/build_arena.h"

/* One rule. */
struct mprom_ignore_rule {
    const char *pattern; /* without '!', and the slashes at its start and end */
    size_t size;
    size_t literal_size; /* bytes at its start that stand for themselves */
    size_t tail_size;    /* of "*TEXT": of TEXT, else 0 */
    const char *shown;   /* as it was written */
    unsigned line;       /* in the file, from 1; 0 for an option */
    bool negated;        /* what matches is not meant */
    bool dirs_only;
    bool whole_path;  /* compared with the path below the folder; else with the last name */
    bool names;       /* its last name holds no wildcard */
    bool has_letters; /* its last name is not made of wildcards alone */
};

struct mprom_ignore_list {
    const char *source; /* for messages: the file's path in the tree, or the option's name */
    size_t folder_size; /* of the path of the folder that the rules speak of; 0 for the root */
    size_t count;
    struct mprom_ignore_rule *rules;
};

/* What a rule is asked about. */
struct mprom_ignore_path {
    const char *path; /* below the root */
    const char *name; /* its last part */
    bool is_dir;
};

/* Makes rules of the text of a file. Returns 0, or -1 if out of memory. text may be changed. */
int mprom_ignore_parse_file(struct mprom_ignore_list *list, struct mprom_build_arena *arena, const char *text,
                            size_t size);

/* Makes rules of count patterns of options. */
int mprom_ignore_parse_options(struct mprom_ignore_list *list, struct mprom_build_arena *arena,
                               const char *const *patterns, size_t count);

/* One rule of one pattern. Returns false if the pattern is empty. */
bool mprom_ignore_parse(struct mprom_ignore_rule *rule, struct mprom_build_arena *arena, const char *pattern,
                        size_t size);

bool mprom_ignore_matches(const struct mprom_ignore_rule *rule, size_t folder_size,
                          const struct mprom_ignore_path *path);

/* Whether the last rule that matches path, or a directory that it lies in, means it. path is that of a file. */
bool mprom_ignore_means(const struct mprom_ignore_list *list, const char *path);

#endif
