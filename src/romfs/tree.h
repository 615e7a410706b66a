/*
 * Collecting a directory of the PC: which names go into an image, and the contents of those that are small.
 *
 * Symbolic links are followed as long as they stay inside the directory; one that leads out of it, to nothing, or
 * back to a directory that it lies in is an error. So is everything that is neither a file nor a directory, and a
 * name that a board could not use. What defaults.h lists is left out, and what .mpromignore files and options say,
 * with gitignore's rules; so is every file that is an image itself, unless a pattern "!NAME" names it.
 *
 * A tree is used by one thread at a time; it reads files with threads of its own. Errors are negative values of enum
 * mprom_error or of errno (the numbers agree); mprom_romfs_tree_error() has the sentence for people.
 */
#ifndef MPROM_ROMFS_TREE_H
#define MPROM_ROMFS_TREE_H

#include "mprom/romfs_build.h"

/* One directory or file. */
struct mprom_romfs_tree_entry {
    const char *path;      /* in the image: names between '/', UTF-8 */
    const char *host_path; /* on the PC */
    const uint8_t *data;   /* a small file's contents; NULL for a large file and for a directory */
    uint64_t size;         /* bytes; 0 for a directory */
    uint64_t mtime;        /* Unix seconds; 0 unless asked for, and for a directory */
    bool is_dir;
    bool is_named; /* a pattern "!NAME" takes it in by its name */
};

/* What a path was left out for. */
enum mprom_romfs_tree_cause {
    MPROM_ROMFS_TREE_SECRET, /* by default; not even with keep_all */
    MPROM_ROMFS_TREE_IMAGE,  /* likewise */
    MPROM_ROMFS_TREE_OPTION, /* options.excludes */
    MPROM_ROMFS_TREE_FILE,   /* a .mpromignore file */
    MPROM_ROMFS_TREE_LITTER, /* by default */
};

struct mprom_romfs_tree_left_out {
    const char *path;
    enum mprom_romfs_tree_cause cause;
    const char *reason;  /* a few words; with FILE its path in the tree, with OPTION "--exclude" */
    const char *pattern; /* the one that matched; NULL for an image that its contents tell, or a directory's marker */
    unsigned line;       /* of that pattern in the file; 0 without one */
    bool is_dir;
};

struct mprom_romfs_tree_options {
    const char *const *excludes; /* patterns as in a .mpromignore of the directory; they count after those there */
    size_t exclude_count;
    const char *output; /* the file that will be written: left out whatever it holds; NULL for none */
    bool keep_all;      /* take litter */
    bool times;         /* fill in mtime */
};

struct mprom_romfs_tree; /* opaque */

/* Options and all they point to must live as long as the tree. Returns NULL if out of memory. */
struct mprom_romfs_tree *mprom_romfs_tree_new(const struct mprom_romfs_tree_options *options);
void mprom_romfs_tree_free(struct mprom_romfs_tree *tree);

/* The sentence for the last error, "" if there was none. Owned by the tree. */
const char *mprom_romfs_tree_error(const struct mprom_romfs_tree *tree);

/*
 * Collects what is below dir. Call it once. Files of up to 1 MiB are read, the first 64 MiB of them altogether; of
 * the others the size is taken.
 *
 * Returns 0, or
 *   -MPROM_ENOENT, -MPROM_ENOTDIR, -EACCES, … what the PC's filesystem says
 *   -MPROM_EINVAL  a name that a board could not use, a link that cannot be followed, a special file
 *   -MPROM_EFBIG   more than 250,000 entries or 10,000 links, a .mpromignore of more than 1 MiB
 *   -MPROM_EIO     a file changed while it was read
 *   -MPROM_ENOMEM
 */
int mprom_romfs_tree_scan(struct mprom_romfs_tree *tree, const char *dir);

/*
 * What was found, a directory before what it holds and siblings sorted by the bytes of their names. Owned by the
 * tree.
 */
const struct mprom_romfs_tree_entry *mprom_romfs_tree_entries(const struct mprom_romfs_tree *tree, size_t *count);

/* What was left out, sorted by path; what lies below a directory of it is not listed. Owned by the tree. */
const struct mprom_romfs_tree_left_out *mprom_romfs_tree_left_out(const struct mprom_romfs_tree *tree, size_t *count);

/* Adds one entry to a build, as it is. Returns what the build returns; the tree must live as long as the build. */
int mprom_romfs_tree_add(const struct mprom_romfs_tree_entry *entry, struct mprom_romfs_build *build);

#endif
