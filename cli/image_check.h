/* The check of a whole image, as `check` prints it and `extract` relies on it. */
#ifndef MPROM_CLI_IMAGE_CHECK_H
#define MPROM_CLI_IMAGE_CHECK_H

#include "cli/image.h"
#include "mprom/romfs_check.h"

/*
 * Takes a fault, or what is only unusual (mprom_romfs_fault_is_note()): where (bytes from the start), in which entry
 * ("" for the image itself), what.
 */
typedef void image_fault_sink(void *ctx, enum mprom_romfs_fault fault, uint32_t off, const char *path,
                              uint32_t path_size);

struct image_verdict {
    bool ok;                        /* no fault; there may be notes */
    bool more;                      /* there are more faults or notes than were told */
    struct mprom_romfs_check check; /* the counts and flags in it; its pointers are void */
};

/*
 * Checks everything that can be checked of an image that image_load() read, and hands each fault and note to sink
 * (the first thousand). Returns CLI_OK whatever was found, CLI_FAILED if memory ran out.
 */
int image_check(const struct image *image, image_fault_sink *sink, void *ctx, struct image_verdict *verdict);

#endif
