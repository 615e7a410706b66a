/*
 * Writing the index record.
 */
#ifndef MPROM_ROMFS_BUILD_INDEX_H
#define MPROM_ROMFS_BUILD_INDEX_H

#include "romfs/build.h"
#include "romfs/build_output.h"

/* Writes the record where the layout has placed it. Returns 0 or a negative error. */
int mprom_build_index_write(struct mprom_build_output *output, struct mprom_romfs_build *build);

#endif
