/*
 * Reaching paths from an image below a directory of the PC, without ever leaving it: from its descriptor name by
 * name, not following symbolic links, with names that can only be names.
 */
#ifndef MPROM_CLI_TARGET_H
#define MPROM_CLI_TARGET_H

#include <stdbool.h>
#include <stddef.h>

/* Whether name is one plain name: not empty, "." or "..", without '/'. */
bool target_name_is_plain(const char *name);

/*
 * Opens the directory at path (size bytes, '/' between names; 0 for the target itself) below target_fd; make: makes
 * those that are not there. Returns a descriptor, or -1 with errno: ENOTDIR or ELOOP if a file or a link is in the
 * way, EINVAL for a name that is not plain.
 */
int target_open_dir(int target_fd, const char *path, size_t size, bool make);

/* The last name of path; *parent_size becomes the number of bytes before it, without the slash. */
const char *target_split(const char *path, size_t *parent_size);

#endif
