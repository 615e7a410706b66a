/*
 * Collecting a directory of the PC: which names go into an image, and the contents of those that are small.
 *
 * Symbolic links are followed as long as they stay inside the directory; one that leads out of it, to nothing, or
 * back to a directory that it lies in is an error. So is everything that is neither a file nor a directory, and a
 * name that a board could not use. Version control, caches and backups of editors are left out.
 *
 * A tree is used by one thread at a time; it reads files with threads of its own. Errors are negative values of enum
 * mprom_error or of errno (the numbers agree); romfs_tree_error() has the sentence for people.
 */
#ifndef MPROM_ROMFS_TREE_H
#define MPROM_ROMFS_TREE_H

#include "mprom/romfs_build.h"

/* One directory or file. */
struct romfs_tree_entry {
    const char *path;      /* in the image: names between '/', UTF-8 */
    const char *host_path; /* on the PC */
    const uint8_t *data;   /* a small file's contents; NULL for a large file and for a directory */
    uint64_t size;         /* bytes; 0 for a directory */
    uint64_t mtime;        /* Unix seconds; 0 unless asked for, and for a directory */
    bool is_dir;
};

struct romfs_tree_options {
    /* fnmatch(3) patterns, matched against the last name, or the whole path if they hold '/'. */
    const char *const *excludes;
    size_t exclude_count;
    bool keep_all; /* without the patterns of romfs_tree_default_excludes */
    bool times;    /* fill in mtime */
};

/* What is left out by default, ended by NULL. */
extern const char *const romfs_tree_default_excludes[];

struct romfs_tree; /* opaque */

/* Options and all they point to must live as long as the tree. Returns NULL if out of memory. */
struct romfs_tree *romfs_tree_new(const struct romfs_tree_options *options);
void romfs_tree_free(struct romfs_tree *tree);

/* The sentence for the last error, "" if there was none. Owned by the tree. */
const char *romfs_tree_error(const struct romfs_tree *tree);

/*
 * Collects what is below dir. Call it once. Files of up to 1 MiB are read, the first 64 MiB of them altogether; of
 * the others the size is taken.
 *
 * Returns 0, or
 *   -MPROM_ENOENT, -MPROM_ENOTDIR, -EACCES, … what the PC's filesystem says
 *   -MPROM_EINVAL  a name that a board could not use, a link that cannot be followed, a special file
 *   -MPROM_EFBIG   more than 250,000 entries or 10,000 links
 *   -MPROM_EIO     a file changed while it was read
 *   -MPROM_ENOMEM
 */
int romfs_tree_scan(struct romfs_tree *tree, const char *dir);

/*
 * What was found, a directory before what it holds and siblings sorted by the bytes of their names. Owned by the
 * tree.
 */
const struct romfs_tree_entry *romfs_tree_entries(const struct romfs_tree *tree, size_t *count);

/* The paths that were left out, sorted; what lies below a directory of them is not listed. Owned by the tree. */
const char *const *romfs_tree_left_out(const struct romfs_tree *tree, size_t *count);

/* Adds one entry to a build, as it is. Returns what the build returns; the tree must live as long as the build. */
int romfs_tree_add(const struct romfs_tree_entry *entry, struct romfs_build *build);

#endif
