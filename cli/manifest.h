/*
 * A manifest: what an image was built with, as JSON, so that the files that were extracted make the same image again
 * (docs/command.md#manifest).
 */
#ifndef MPROM_CLI_MANIFEST_H
#define MPROM_CLI_MANIFEST_H

#include "cli/image.h"
#include "cli/json.h"

enum {
    MANIFEST_VERSION = 1,
    MANIFEST_ALIGN_MAX = 65536,
};

/*
 * Reads a manifest, and checks each key of it: one that is unknown, of another type or out of range is an error that
 * names file and key. Returns CLI_OK and *root, to be released with json_decref(), or CLI_FAILED after a message.
 */
int manifest_read(const char *path, json_t **root);

/* Writes the manifest of an image to path. force replaces a file that is no manifest. Returns CLI_OK or CLI_FAILED.
 */
int manifest_write(const struct image *image, const char *path, bool force);

#endif
