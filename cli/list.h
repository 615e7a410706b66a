/* How the commands that list an image name an entry in their JSON. */
#ifndef MPROM_CLI_LIST_H
#define MPROM_CLI_LIST_H

#include "cli/image.h"
#include "cli/json.h"

/*
 * One entry: path, type, and for a file size and offset (of its contents, from the image's first byte). NULL if out
 * of memory.
 */
json_t *list_json_entry(const struct image *image, const char *path, size_t path_size,
                        const struct mprom_romfs_entry *entry);

/* Prints one array of all that a walk finds; walk was just opened. Returns CLI_OK or CLI_FAILED. */
int list_json_walk(struct image_walk *walk);

#endif
