/*
 * An image that a subcommand works on, and a walk over it with whole paths. Every failure prints its message.
 */
#ifndef MPROM_CLI_IMAGE_H
#define MPROM_CLI_IMAGE_H

#include "cli/cli.h"
#include "mprom/romfs.h"

enum {
    IMAGE_LEVELS = 1024,        /* directories nested deeper than this are refused */
    IMAGE_PATH_MAX = 64 * 1024, /* so are longer paths; a board's are far shorter */
};

struct image {
    const char *label; /* how messages call it: the path, or "standard input" */
    const uint8_t *bytes;
    size_t size; /* of the file; the image in it may be smaller */
    bool mapped; /* bytes are the file itself, not a copy */
    struct mprom_romfs fs;
};

/*
 * Makes the bytes of a file available: path, or "-" for standard input. Returns CLI_OK or CLI_FAILED. Release with
 * image_close(). path must live as long.
 */
int image_load(struct image *image, const char *path);

/* The same, and opens the image in it. */
int image_open(struct image *image, const char *path);

/* Opens an image that is in memory; bytes become the image's own, also after an error. */
int image_take(struct image *image, const char *label, uint8_t *bytes, size_t size);

void image_close(struct image *image);

/* Finds path; "" is the root. Returns CLI_OK, or CLI_FAILED after a message. */
int image_find(const struct image *image, const char *path, struct mprom_romfs_entry *entry);

/*
 * Opens the image that is the first operand and finds the second one in it: *path, "" if there is none. Returns
 * CLI_OK, or CLI_FAILED, and then nothing is open.
 */
int image_open_at(struct image *image, const struct cli *cli, const char **path, struct mprom_romfs_entry *entry);

/* Prints the message for an error that a function of romfs.h returned for path in the image. Returns CLI_FAILED. */
int image_complain(const struct image *image, const char *path, size_t path_size, int error);

/* A walk over what lies below a directory, parents first, in the order of the image. */
struct image_walk {
    const struct image *image;
    bool flat;
    struct mprom_romfs_dir it;    /* flat: the position */
    struct mprom_romfs_walk walk; /* else */
    uint32_t depth;               /* of the entry returned last; 1 directly below the start */
    struct mprom_romfs_level *levels;
    size_t *path_sizes; /* of the directory at each depth; the start's is [0] */
    char *path;         /* of the entry returned last, from the root, '/' between names, NUL behind it */
    size_t path_size;   /* bytes; a name of a hostile image may itself hold '/' or NUL */
    size_t path_room;
};

/*
 * Starts below the directory dir, which lies at `path` in the image ("" for the root; slashes around it do no harm).
 * flat: its own entries only. Returns CLI_OK or CLI_FAILED. Release with image_walk_close(), also after an error.
 */
int image_walk_open(struct image_walk *walk, const struct image *image, const struct mprom_romfs_entry *dir,
                    const char *path, bool flat);

/* Moves on. Returns 1 and fills entry, 0 at the end, or -1 after a message. */
int image_walk_next(struct image_walk *walk, struct mprom_romfs_entry *entry);

void image_walk_close(struct image_walk *walk);

#endif
