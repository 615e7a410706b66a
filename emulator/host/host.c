#include "emulator/host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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
