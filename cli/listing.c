/* Listings of images. */
#include "cli/listing.h"

#include <stdlib.h>
#include <string.h>

int listing_compare(const struct listing_item *a, const struct listing_item *b)
{
    size_t common = a->path_size < b->path_size ? a->path_size : b->path_size;
    int order = memcmp(a->path, b->path, common);
    if (order == 0) {
        order = (a->path_size > b->path_size) - (a->path_size < b->path_size);
    }
    return order ? order : (int)b->entry.is_dir - (int)a->entry.is_dir;
}

static int compare_items(const void *a, const void *b)
{
    return listing_compare(a, b);
}

static int listing_add(struct listing *listing, const struct image_walk *walk, const struct mprom_romfs_entry *entry)
{
    if (listing->count == listing->room) {
        size_t room = listing->room ? 2 * listing->room : 64;
        struct listing_item *larger = realloc(listing->items, room * sizeof *larger);
        if (!larger) {
            return CLI_FAILED;
        }
        listing->items = larger;
        listing->room = room;
    }
    char *path = malloc(walk->path_size + 1);
    if (!path) {
        return CLI_FAILED;
    }
    memcpy(path, walk->path, walk->path_size + 1);
    listing->items[listing->count++] = (struct listing_item){path, walk->path_size, *entry};
    return CLI_OK;
}

int listing_make(struct listing *listing, const struct image *image)
{
    *listing = (struct listing){0};
    struct mprom_romfs_entry entry;
    mprom_romfs_root(&image->fs, &entry);
    struct image_walk walk;
    int result = image_walk_open(&walk, image, &entry, "", false) ? -1 : 1;
    while (result > 0 && (result = image_walk_next(&walk, &entry)) > 0) {
        if (listing_add(listing, &walk, &entry)) {
            cli_error("out of memory");
            result = -1;
        }
    }
    image_walk_close(&walk);
    if (listing->count > 0) {
        qsort(listing->items, listing->count, sizeof *listing->items, compare_items);
    }
    return result < 0 ? CLI_FAILED : CLI_OK;
}

void listing_release(struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++) {
        free(listing->items[i].path);
    }
    free(listing->items);
    *listing = (struct listing){0};
}
