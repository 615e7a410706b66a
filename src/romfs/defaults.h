/*
 * What a build does without being asked, as tables with a reason for each row: docs/defaults.md is made of them.
 *
 * The patterns are names with at most one '*', such as "*.tflite".
 */
#ifndef MPROM_ROMFS_DEFAULTS_H
#define MPROM_ROMFS_DEFAULTS_H

#include <stddef.h>
#include <stdint.h>

/* Files of a type that is read in place by code that needs it aligned. Upper and lower case are the same here. */
struct romfs_default_align {
    const char *pattern;
    uint32_t align; /* bytes: what the most demanding board needs */
    const char *reason;
};

/* The last one has no pattern. */
extern const struct romfs_default_align romfs_default_aligns[];

/* The alignment for a file with this name, or 0 if its type has none. name need not end with NUL. */
uint32_t romfs_default_align(const char *name, size_t name_size);

#endif
