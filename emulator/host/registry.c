/*
 * The list of running boards: a folder of the user's own with one file for each.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/host/host.h"

enum {
    STAT_ROOM = 1024,
    STAT_START_SPACES =
        20, /* in /proc/PID/stat, from the end of the program's name to the field before `starttime` */
};

static char registry_entry[HOST_PATH_MAX];
static char registry_link[HOST_PATH_MAX];

static void registry_choose(char *dir)
{
    const char *named = getenv("MPROM_RUN_DIR");
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (named && *named) {
        host_path_print(dir, "%s", named);
    } else if (runtime && access(runtime, W_OK) == 0) {
        host_path_print(dir, "%s/mprom", runtime);
    } else {
        host_path_print(dir, "/tmp/mprom-%ld", (long)getuid());
    }
}

/* Entries say which device to send bytes to, so they must come from the user and nobody else. */
static void registry_make(const char *dir)
{
    struct stat info;
    if (mkdir(dir, 0700) && errno != EEXIST) {
        host_fail("%s", dir);
    }
    if (lstat(dir, &info)) {
        host_fail("%s", dir);
    }
    if (!S_ISDIR(info.st_mode) || info.st_uid != getuid() || (info.st_mode & (S_IWGRP | S_IWOTH))) {
        errno = 0;
        host_fail("%s is not a folder that only you can write to", dir);
    }
}

/*
 * When this process began, in the units of /proc/PID/stat. Of a board that was killed the file stays, and its process
 * number is used again some day; not at this very time. A board that restarts itself keeps both.
 */
static unsigned long long registry_start(void)
{
    char text[STAT_ROOM];
    FILE *file = fopen("/proc/self/stat", "re");
    size_t size = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
    if (file) {
        fclose(file);
    }
    text[size] = '\0';
    const char *at = strrchr(text, ')'); /* the name may hold anything */
    for (int i = 0; at && i < STAT_START_SPACES; i++) {
        at = strchr(at + 1, ' ');
    }
    if (!at) {
        host_fail("/proc/self/stat");
    }
    return strtoull(at, NULL, 10);
}

/* Put in its place by a rename, since a board that restarts has a link that somebody may follow just now. */
static void registry_make_link(const char *state_dir, const char *port)
{
    char fresh[HOST_PATH_MAX];
    host_path_print(registry_link, "%s/port", state_dir);
    host_path_print(fresh, "%s/port.new", state_dir);
    unlink(fresh);
    if (symlink(port, fresh) || rename(fresh, registry_link)) {
        host_fail("%s", registry_link);
    }
}

/* How the board ends: asked to by a signal, and taken off the list. */
static void registry_end(int number)
{
    (void)number;
    host_registry_remove();
    _exit(0);
}

void host_registry_add(const char *board, const char *port, const char *state_dir)
{
    char dir[HOST_PATH_MAX];
    char fresh[HOST_PATH_MAX];
    host_on_failure(host_registry_remove);
    registry_choose(dir);
    registry_make(dir);
    host_path_print(registry_entry, "%s/%ld.json", dir, (long)getpid());
    host_path_print(fresh, "%s/%ld.new", dir, (long)getpid());
    FILE *file = fopen(fresh, "w");
    if (!file) {
        host_fail("%s", fresh);
    }
    fprintf(file, "{\"board\": \"%s\", \"port\": \"%s\", \"pid\": %ld, \"start\": %llu}\n", board, port,
            (long)getpid(), registry_start());
    if (fclose(file) || rename(fresh, registry_entry)) {
        host_fail("%s", registry_entry);
    }
    signal(SIGTERM, registry_end);
    signal(SIGINT, registry_end);
    signal(SIGHUP, registry_end);
    registry_make_link(state_dir, port);
}

void host_registry_remove(void)
{
    if (registry_entry[0]) {
        unlink(registry_entry);
    }
    /* The system gives the terminal's name to the next one that somebody opens: a client would take it for the board.
     */
    if (registry_link[0]) {
        unlink(registry_link);
    }
}
