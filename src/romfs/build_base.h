/*
 * A base of a build, for the two files that use it: build_base.c, which decides what stays where it is there, and
 * build_base_place.c, which finds room for the rest.
 */
#ifndef MPROM_ROMFS_BUILD_BASE_INTERNAL_H
#define MPROM_ROMFS_BUILD_BASE_INTERNAL_H

#include "romfs/build.h"

/* A part of the top level that is taken. */
struct mprom_base_extent {
    uint64_t off;
    uint64_t end_off;
    bool is_used; /* contents that a file has */
};

struct mprom_base {
    struct mprom_romfs_build *build;
    struct mprom_romfs fs;
    struct mprom_base_extent *extents; /* by offset once sorted */
    size_t count;
    size_t room;
    uint64_t plain_size; /* of the image without a base */
    uint64_t size_max;   /* that the image may have */
    uint32_t tail_off;   /* where the base's index stands, or its seal, or its end */
    uint32_t tries;      /* gaps that were looked at */
    bool is_tight;       /* records with much unused room do not stay, */
    uint64_t cut_off;    /* nor does what ends behind this offset */
};

/* Adds a part of the top level that is taken, at the end of the list. Returns NULL if out of memory. */
struct mprom_base_extent *mprom_build_base_take(struct mprom_base *base, uint64_t off, uint64_t end_off);

/* Places everything that does not stay: in a gap of the top level if one is large enough, else behind everything. */
int mprom_build_base_place(struct mprom_base *base);

#endif
