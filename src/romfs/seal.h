/*
 * The end of an image: the seal, and what stands before it. Private to src/romfs.
 */
#ifndef MPROM_ROMFS_SEAL_H
#define MPROM_ROMFS_SEAL_H

#include "romfs/record.h"

enum {
    MPROM_ROMFS_SEAL_PAYLOAD_SIZE = 5, /* algorithm, value */
    MPROM_ROMFS_SEAL_HEADER_SIZE = MPROM_ROMFS_SEAL_SIZE - MPROM_ROMFS_SEAL_PAYLOAD_SIZE,
    MPROM_ROMFS_SEAL_VALUE_SIZE = 4,
    MPROM_ROMFS_SEAL_CRC32 = 1, /* the only algorithm */
};

/* Where the seal starts if the image ends in bytes that look like one, else the image's size. Constant time. */
uint32_t mprom_romfs_seal_off(const struct mprom_romfs *fs);

/*
 * Finds the record at the top level that ends at end_off (bytes from the start of the image). Bytes at the end of an
 * image that look like a record can belong to a file, so this scans the top level. Returns false if there is none, or
 * it is of another kind.
 */
bool mprom_romfs_seal_find_ending(const struct mprom_romfs *fs, uint32_t end_off, uint32_t kind,
                                  struct mprom_romfs_span *body);

#endif
