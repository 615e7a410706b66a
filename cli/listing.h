/* Everything in an image as an array in the order of the paths, for comparing two. */
#ifndef MPROM_CLI_LISTING_H
#define MPROM_CLI_LISTING_H

#include "cli/image.h"

struct listing_item {
    char *path; /* whole, without a NUL of its own inside its size */
    size_t path_size;
    struct mprom_romfs_entry entry;
};

struct listing {
    struct listing_item *items;
    size_t count;
    size_t room;
};

/* Makes the listing of an open image, which must stay open. Returns CLI_OK or CLI_FAILED. Release in both cases. */
int listing_make(struct listing *listing, const struct image *image);
void listing_release(struct listing *listing);

/* The order: by path, byte by byte; of one path, directories first. As strcmp(). */
int listing_compare(const struct listing_item *a, const struct listing_item *b);

#endif
