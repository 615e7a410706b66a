/* The .py files of a build, and what the compiler made of them. */
#ifndef MPROM_CLI_BUILD_SOURCES_H
#define MPROM_CLI_BUILD_SOURCES_H

#include "cli/build_image.h"
#include "compile/compile.h"

/* One .py file. */
struct build_source {
    const struct mprom_romfs_tree_entry *entry;
    const char *host_path; /* for messages */
    char *mpy_path;        /* in the image */
    char *loaded;          /* its text, if the tree did not read it */
};

struct build_sources {
    struct mprom_compile_options options;
    struct compile *compile;
    struct build_source *items;     /* in the order of the tree */
    struct mprom_compile_job *jobs; /* the same order */
    size_t count;
};

bool build_is_source(const struct mprom_romfs_tree_entry *entry);

/* Whether it is one that the options have compiled. */
bool build_compiles(const struct build_job *job, const struct mprom_romfs_tree_entry *entry);

/*
 * Compiles all .py files of the job's tree. Afterwards job->sources holds them, or is NULL if they go in as they are.
 * Returns CLI_OK, or CLI_FAILED after a message for every file that does not compile, or CLI_USAGE.
 */
int build_compile(struct build_job *job);

void build_release_sources(struct build_job *job);

#endif
