/* Reaching paths below a directory without leaving it. */
#include "cli/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool target_name_is_plain(const char *name)
{
    return *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !strchr(name, '/');
}

/* Opens the directory `name` below parent_fd; make: makes it if it is not there. Returns -1 with errno. */
static int enter_dir(int parent_fd, const char *name, bool make)
{
    if (!target_name_is_plain(name)) {
        errno = EINVAL;
        return -1;
    }
    if (make && mkdirat(parent_fd, name, 0777) && errno != EEXIST) {
        return -1;
    }
    return openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int target_open_dir(int target_fd, const char *path, size_t size, bool make)
{
    int fd = openat(target_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (const char *end = path + size; fd >= 0 && path < end;) {
        const char *slash = memchr(path, '/', (size_t)(end - path));
        const char *stop = slash ? slash : end;
        char *name = strndup(path, (size_t)(stop - path));
        int next = name ? enter_dir(fd, name, make) : -1;
        int error = errno;
        free(name);
        close(fd);
        errno = error;
        fd = next;
        path = slash ? slash + 1 : end;
    }
    return fd;
}

const char *target_split(const char *path, size_t *parent_size)
{
    const char *slash = strrchr(path, '/');
    *parent_size = slash ? (size_t)(slash - path) : 0;
    return slash ? slash + 1 : path;
}
