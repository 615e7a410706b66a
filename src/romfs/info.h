/*
 * The info record's tags (docs/format.md). Private to src/romfs.
 */
#ifndef MPROM_ROMFS_INFO_H
#define MPROM_ROMFS_INFO_H

enum romfs_info_tag {
    ROMFS_INFO_LABEL = 2,
    ROMFS_INFO_BUILD_TIME = 3,
    ROMFS_INFO_ALIGN = 4,
    ROMFS_INFO_BUILDER = 5,
    ROMFS_INFO_MPY = 6,
    ROMFS_INFO_SEALED = 7,
};

enum {
    ROMFS_INFO_MPY_SIZE = 4,
};

#endif
