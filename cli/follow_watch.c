#include "cli/follow_watch.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool line_starts(const char *line, size_t size, const char *with)
{
    size_t with_size = strlen(with);
    return size >= with_size && memcmp(line, with, with_size) == 0;
}

static bool line_has(const char *line, size_t size, const char *text)
{
    for (; size > 0; line++, size--) {
        if (line_starts(line, size, text)) {
            return true;
        }
    }
    return false;
}

/* Ends of the names of exceptions. */
static bool is_exception_name(const char *name, size_t size)
{
    static const char *const ends[] = {"Error", "Exception", "Interrupt", "StopIteration", "StopAsyncIteration"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t end_size = strlen(ends[i]);
        if (size >= end_size && memcmp(name + size - end_size, ends[i], end_size) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a line is "NAME: text" or "NAME". An exception without any frame is printed without a traceback. */
static bool is_exception(const char *line, size_t size)
{
    size_t name_size = 0;
    while (name_size < size && (isalnum((unsigned char)line[name_size]) || line[name_size] == '_')) {
        name_size++;
    }
    return (name_size == size || line[name_size] == ':') && is_exception_name(line, name_size);
}

/* Some boards print their own name before it. */
static bool is_banner(const char *line, size_t size)
{
    return line_has(line, size, "MicroPython ") && line_has(line, size, "; ");
}

/* `  File "boot.py", line 1, in <module>` */
static bool is_outermost_of_boot(const char *line, size_t size)
{
    return line_has(line, size, "boot.") && line_has(line, size, "in <module>");
}

static void keep(struct watch *watch, const char *line, size_t size)
{
    snprintf(watch->last, sizeof watch->last, "%.*s", (int)(size < WATCH_TEXT_ROOM ? size : WATCH_TEXT_ROOM - 1),
             line);
    watch->state = WATCH_RAISED;
}

static void watch_traceback(struct watch *watch, const char *line, size_t size)
{
    if (!line_starts(line, size, "  ")) {
        keep(watch, line, size);
        watch->is_over = watch->is_boot;
    } else if (!watch->has_frame) {
        watch->has_frame = true;
        watch->is_boot = is_outermost_of_boot(line, size);
    }
}

void watch_line(struct watch *watch, const char *line, size_t size)
{
    if (watch->is_over) {
        return;
    }
    if (watch->state == WATCH_TRACEBACK) {
        watch_traceback(watch, line, size);
    } else if (line_starts(line, size, "Traceback (most recent call last):")) {
        watch->state = WATCH_TRACEBACK;
        watch->has_frame = watch->is_boot = false;
    } else if (is_banner(line, size)) {
        watch->is_over = true;
    } else if (is_exception(line, size)) {
        keep(watch, line, size);
    } else if (size > 0) {
        watch->state = WATCH_OUTPUT;
    }
}

const char *watch_raised(const struct watch *watch)
{
    return watch->state == WATCH_RAISED ? watch->last : NULL;
}
