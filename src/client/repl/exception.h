/*
 * What a board prints about an exception, among lines that another task may have printed meanwhile. Pure; the text is
 * hostile.
 */
#ifndef MPROM_CLIENT_EXCEPTION_H
#define MPROM_CLIENT_EXCEPTION_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the text is about an exception, and not only lines of another task. */
bool mprom_exception_is(const char *text, size_t size);

/* The line that names the exception: the last one that looks like that, else the last one. Returns its size. */
size_t mprom_exception_line(const char *text, size_t size, const char **line);

/* Whether the exception says that the board's memory is full. */
bool mprom_exception_is_memory(const char *text, size_t size);

#endif
