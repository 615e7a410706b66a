/*
 * Emulated boards announce themselves by a file each in a directory of the user's: {"board", "port", "pid", "start"}.
 * Other users may write to /tmp, so a file counts only if it and its directory are ours. A board that was killed
 * leaves its file behind.
 */
#include "client/link/ports_emulated.h"

#include "client/link/failure.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ENTRY_SIZE_MAX = 4096,
    STAT_SIZE_MAX = 1024,
    STAT_START_SPACES =
        20, /* in /proc/PID/stat, from the end of the program's name to the field before `starttime` */
};

const char *mprom_ports_registry(char *dst, size_t room)
{
    const char *named = getenv("MPROM_RUN_DIR");
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (named && named[0]) {
        snprintf(dst, room, "%s", named);
    } else if (runtime && access(runtime, W_OK) == 0) {
        snprintf(dst, room, "%s/mprom", runtime);
    } else {
        snprintf(dst, room, "/tmp/mprom-%ld", (long)getuid());
    }
    return dst;
}

static bool emulated_is_ours(int fd, mode_t type)
{
    struct stat status;
    return fstat(fd, &status) == 0 && (status.st_mode & S_IFMT) == type && status.st_uid == getuid() &&
           (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* The file's text, parsed; NULL if it is not ours or no JSON. */
static json_t *emulated_load(int directory, const char *name)
{
    char text[ENTRY_SIZE_MAX];
    json_t *entry = NULL;
    int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return NULL;
    }
    if (emulated_is_ours(fd, S_IFREG)) {
        ssize_t size = read(fd, text, sizeof(text));
        entry = size > 0 ? json_loadb(text, (size_t)size, 0, NULL) : NULL;
    }
    close(fd);
    return entry;
}

/* When the process began, as /proc/PID/stat counts it; -1 if there is none, or only what its parent has not noticed.
 */
static long long emulated_start(json_int_t pid)
{
    char text[STAT_SIZE_MAX];
    snprintf(text, sizeof(text), "/proc/%lld/stat", (long long)pid);
    int fd = open(text, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0) {
        close(fd);
    }
    if (size <= 0) {
        return -1;
    }
    text[size] = '\0';
    const char *at = strrchr(text, ')'); /* the name may hold anything */
    if (at && strncmp(at, ") Z", 3) == 0) {
        return -1;
    }
    for (int i = 0; at && i < STAT_START_SPACES; i++) {
        at = strchr(at + 1, ' ');
    }
    return at ? strtoll(at, NULL, 10) : -1;
}

/* Numbers of processes are used again: it is the board's only if it began when the board did. */
static bool emulated_is_running(const json_t *entry)
{
    json_int_t pid = json_integer_value(json_object_get(entry, "pid"));
    const json_t *start = json_object_get(entry, "start");
    return pid > 0 && pid <= INT32_MAX && json_is_integer(start) && json_integer_value(start) >= 0 &&
           json_integer_value(start) == emulated_start(pid);
}

static int emulated_add(struct mprom_ports_list *list, const json_t *entry)
{
    const char *board = json_string_value(json_object_get(entry, "board"));
    const char *path = json_string_value(json_object_get(entry, "port"));
    if (!board || !path || path[0] != '/' || strlen(path) >= sizeof(list->ports->path) ||
        !emulated_is_running(entry)) {
        return 0;
    }
    struct mprom_client_port *port = mprom_ports_list_add(list);
    if (!port) {
        return -MPROM_ENOMEM;
    }
    port->is_emulated = port->is_board = true;
    snprintf(port->identity, sizeof(port->identity), "%lld since %lld",
             (long long)json_integer_value(json_object_get(entry, "pid")),
             (long long)json_integer_value(json_object_get(entry, "start")));
    memcpy(port->device, port->identity, sizeof(port->device));
    mprom_failure_printable(port->path, sizeof(port->path), path, strlen(path), false);
    mprom_failure_printable(port->description, sizeof(port->description), board, strlen(board), false);
    return 0;
}

int mprom_ports_add_emulated(struct mprom_ports_list *list, const char *directory)
{
    int err = 0;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return 0; /* no board was ever emulated here */
    }
    DIR *entries = emulated_is_ours(fd, S_IFDIR) ? fdopendir(fd) : NULL;
    if (!entries) {
        close(fd);
        return 0;
    }
    for (struct dirent *entry = readdir(entries); entry && !err; entry = readdir(entries)) {
        size_t length = strlen(entry->d_name);
        if (length < 6 || strcmp(entry->d_name + length - 5, ".json") != 0) {
            continue;
        }
        json_t *loaded = emulated_load(dirfd(entries), entry->d_name);
        if (loaded) {
            err = emulated_add(list, loaded);
            json_decref(loaded);
        }
    }
    closedir(entries);
    return err;
}
