/*
 * What a build does without being asked, as tables with a reason for each row: docs/defaults.md is made of them
 * (tests/romfs/defaults.py compares the two, scripts/defaults writes the page).
 */
#ifndef MPROM_ROMFS_DEFAULTS_H
#define MPROM_ROMFS_DEFAULTS_H

#include <stddef.h>
#include <stdint.h>

/* Files of a type that is read in place by code that needs it aligned. Upper and lower case are the same here. */
struct mprom_romfs_default_align {
    const char *pattern; /* a star and a suffix */
    uint32_t align;      /* bytes: what the most demanding board needs */
    const char *reason;
};

/* The last one has no pattern. */
extern const struct mprom_romfs_default_align mprom_romfs_default_aligns[];

/* The alignment for a file with this name, or 0 if its type has none. name need not end with NUL. */
uint32_t mprom_romfs_default_align(const char *name, size_t name_size);

enum mprom_romfs_default_kind {
    MPROM_ROMFS_DEFAULT_SECRET, /* goes in only by a negated pattern that names it */
    MPROM_ROMFS_DEFAULT_IMAGE,  /* likewise */
    MPROM_ROMFS_DEFAULT_LITTER, /* goes in with --keep-all, too */
};

/* What is left out. */
struct mprom_romfs_default_left_out {
    const char *pattern; /* of gitignore's kind, without a '/' but at its end */
    enum mprom_romfs_default_kind kind;
    const char *reason; /* short: it stands in a list */
};

/* Ended by a pattern that is NULL. Those of one reason stand together. */
extern const struct mprom_romfs_default_left_out mprom_romfs_default_left_out[];

/* A directory is left out if it holds a file of this name, whatever its own name is. */
struct mprom_romfs_default_marker {
    const char *name;
    const char *reason;
};

/* Ended by a name that is NULL. */
extern const struct mprom_romfs_default_marker mprom_romfs_default_markers[];

#endif
