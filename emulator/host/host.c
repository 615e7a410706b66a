#include "emulator/host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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

/* Lets `mprom build` tell this folder from one of an application (src/romfs/defaults.c). */
static void host_state_mark(int dir_fd)
{
    static const char text[] = "The state of an emulated board of mprom. `mprom build` leaves this folder out.\n";
    int fd = openat(dir_fd, ".mprom-emulated-board", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0) {
        (void)!write(fd, text, sizeof text - 1);
        close(fd);
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
    host_state_mark(fd);
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
