#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

void host_fail(const char *format, ...)
{
    int reason = errno;
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s: ", host_program);
    vfprintf(stderr, format, args);
    va_end(args);
    if (reason) {
        fprintf(stderr, ": %s", strerror(reason));
    }
    fputc('\n', stderr);
    host_registry_remove();
    exit(1);
}

void host_refuse(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s: %s\n", host_program, what, why);
    exit(2);
}

void host_path_print(char *path, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(path, HOST_PATH_MAX, format, args);
    va_end(args);
    if (length < 0 || length >= HOST_PATH_MAX) {
        errno = 0;
        host_fail("a file name is too long");
    }
}

void host_state_open(const char *dir)
{
    if (mkdir(dir, 0777) && errno != EEXIST) {
        host_fail("%s", dir);
    }
    int fd = open(dir, O_RDONLY | O_DIRECTORY);
    if (fd < 0) {
        host_fail("%s", dir);
    }
    if (flock(fd, LOCK_EX | LOCK_NB)) {
        errno = 0;
        host_fail("%s is in use by another board", dir);
    }
}

uint64_t host_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

bool host_take_number(const char **text, char behind, uint64_t max, uint64_t *number)
{
    char *end;
    if (**text < '0' || **text > '9') {
        return false;
    }
    *number = strtoull(*text, &end, 10);
    if (*end != behind || *number > max) {
        return false;
    }
    *text = end + (behind != '\0');
    return true;
}

/* Which of the states an operation can be cut in. Returns whether there is one of that name. */
static bool cut_parse_state(const char *name, size_t length, struct cells_cut *cut)
{
    cut->phase = CELLS_DURING;
    for (int i = 0; i < CELLS_TORN_COUNT; i++) {
        cut->pattern = (enum cells_pattern)i;
        const char *pattern = cells_pattern_name(cut->pattern);
        if (strlen(pattern) == length && memcmp(pattern, name, length) == 0) {
            return true;
        }
    }
    cut->phase = length == 5 && memcmp(name, "after", 5) == 0 ? CELLS_AFTER : CELLS_BEFORE;
    return cut->phase == CELLS_AFTER || (length == 6 && memcmp(name, "before", 6) == 0);
}

/* NUMBER:STATE[:SEED] */
static bool cut_parse(const char *text, struct cells_cut *cut)
{
    uint64_t seed = 0;
    *cut = (struct cells_cut){0};
    if (!host_take_number(&text, ':', UINT64_MAX, &cut->number)) {
        return false;
    }
    size_t length = strcspn(text, ":");
    const char *behind = text + length + 1;
    if (!cut_parse_state(text, length, cut) ||
        (text[length] == ':' && !host_take_number(&behind, '\0', UINT32_MAX, &seed))) {
        return false;
    }
    cut->seed = (uint32_t)seed;
    return true;
}

void host_cut_read(struct cells_cut *cut, const char *text)
{
    if (!cut_parse(text, cut)) {
        host_refuse("--cut", "must be NUMBER:STATE[:SEED]");
    }
}
