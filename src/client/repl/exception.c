#include "client/repl/exception.h"

#include <string.h>

static const char exception_trace[] = "Traceback";

static bool exception_is_line_end(char c)
{
    return c == '\r' || c == '\n';
}

static bool exception_is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/* Whether a line begins with the name of an exception: one that ends as those of Python do. */
static bool exception_names(const char *line, size_t size)
{
    static const char *const ends[] = {"Error", "Exception", "Interrupt", "Exit", "Iteration", "Warning"};
    size_t name_size = 0;
    while (name_size < size && exception_is_name(line[name_size])) {
        name_size++;
    }
    bool names = false;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        size_t end_size = strlen(ends[i]);
        names = names || (name_size >= end_size && memcmp(line + name_size - end_size, ends[i], end_size) == 0);
    }
    return names && (name_size == size || line[name_size] == ':');
}

/* The last line of a text that ends with a line, without its end; *size becomes what lies before. */
static size_t exception_last(const char *text, size_t *size, const char **line)
{
    size_t end = *size;
    while (end > 0 && exception_is_line_end(text[end - 1])) {
        end--;
    }
    size_t start = end;
    while (start > 0 && !exception_is_line_end(text[start - 1])) {
        start--;
    }
    *line = text + start;
    *size = start;
    return end - start;
}

size_t mprom_exception_line(const char *text, size_t size, const char **line)
{
    const char *last;
    size_t left = size;
    size_t last_size = exception_last(text, &left, &last);
    *line = last;
    size_t line_size = last_size;
    while (!exception_names(*line, line_size) && left > 0) {
        line_size = exception_last(text, &left, line);
    }
    if (!exception_names(*line, line_size)) {
        *line = last;
        line_size = last_size;
    }
    return line_size;
}

bool mprom_exception_is(const char *text, size_t size)
{
    const char *line;
    size_t line_size = mprom_exception_line(text, size, &line);
    return exception_names(line, line_size) || memmem(text, size, exception_trace, sizeof(exception_trace) - 1);
}

/* Finds the first line, from `from` on, that begins with these bytes. Returns the offset behind them, or 0. */
static size_t exception_find_line(const char *text, size_t size, size_t from, const char *bytes, size_t count)
{
    for (size_t at = from; at + count <= size; at++) {
        bool begins = at == 0 || exception_is_line_end(text[at - 1]);
        if (begins && memcmp(text + at, bytes, count) == 0) {
            return at + count;
        }
    }
    return 0;
}

/* Another task's lines may lie in the middle of the name: the rest of it begins a line, too. */
bool mprom_exception_is_memory(const char *text, size_t size)
{
    static const char name[] = "MemoryError";
    const size_t name_size = sizeof(name) - 1;
    for (size_t part = name_size; part > 0; part--) {
        size_t end = exception_find_line(text, size, 0, name, part);
        if (end > 0 && (part == name_size || exception_find_line(text, size, end, name + part, name_size - part))) {
            return true;
        }
    }
    return false;
}
