/*
 * The end of an image: the seal, and what stands before it. Private to src/romfs.
 */
#ifndef MPROM_ROMFS_SEAL_H
#define MPROM_ROMFS_SEAL_H

#include "romfs/record.h"

enum {
    ROMFS_SEAL_PAYLOAD_SIZE = 5, /* algorithm, value */
    ROMFS_SEAL_HEADER_SIZE = ROMFS_SEAL_SIZE - ROMFS_SEAL_PAYLOAD_SIZE,
    ROMFS_SEAL_VALUE_SIZE = 4,
    ROMFS_SEAL_CRC32 = 1, /* the only algorithm */
};

/* Where the seal starts if the image ends in bytes that look like one, else the image's size. Constant time. */
uint32_t romfs_seal_off(const struct romfs *fs);

/*
 * Finds the record at the top level that ends at end_off (bytes from the start of the image). Bytes at the end of an
 * image that look like a record can belong to a file, so this scans the top level. Returns false if there is none, or
 * it is of another kind.
 */
bool romfs_seal_find_ending(const struct romfs *fs, uint32_t end_off, uint32_t kind, struct romfs_span *body);

#endif
