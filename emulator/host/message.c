/* Messages that end the program. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/host/host.h"

static void (*message_clean_up)(void);

void host_on_failure(void (*clean_up)(void))
{
    message_clean_up = clean_up;
}

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
    if (message_clean_up != NULL) {
        message_clean_up();
    }
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
