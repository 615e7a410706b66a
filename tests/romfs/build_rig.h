/* A build from calls, for tests: made, written and compared. */
#ifndef MPROM_TESTS_ROMFS_BUILD_RIG_H
#define MPROM_TESTS_ROMFS_BUILD_RIG_H

#include "mprom/romfs_build.h"

#include <stddef.h>
#include <stdint.h>

/* Only what MicroPython knows, and nothing aligned. */
extern const struct mprom_romfs_build_options bare;
/* Everything at its default. */
extern const struct mprom_romfs_build_options plain;

struct mprom_romfs_build *new_build(const struct mprom_romfs_build_options *options);
void add_text(struct mprom_romfs_build *build, const char *path, const char *text);

/* Writes and frees the build; the caller frees the image. summary may be NULL. */
uint8_t *finish(struct mprom_romfs_build *build, size_t *size, struct mprom_romfs_build_summary *summary);

/* Writes and frees the build, whose image must have these bytes. */
void finish_is(struct mprom_romfs_build *build, const void *bytes, size_t bytes_size);

#endif
