/*
 * The patterns of gitignore(5): '*' and '?' stop at '/', a part "**" does not, "[a-z]" and "[[:alpha:]]" are classes,
 * a backslash takes the next character as it is.
 *
 * Where git does something that its manual leaves open (a "**" behind other characters), this does what git 2.39
 * does: tests/cli/ignore_git.py compares the two.
 */
#ifndef MPROM_ROMFS_GLOB_H
#define MPROM_ROMFS_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether the whole text matches. The work grows with the product of both sizes. Both end with NUL. A pattern that
 * makes no sense, such as a class without an end, matches nothing.
 */
bool mprom_glob_matches(const char *pattern, const char *text);

/* How many bytes at the start of the pattern stand for themselves. */
size_t mprom_glob_literal_size(const char *pattern);

#endif
