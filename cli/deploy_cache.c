#include "cli/deploy_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CACHE_COUNT_MAX = 32,
    CACHE_SIZE_MAX = 64 << 20,
    CACHE_LOOK_MAX = 4096, /* names in the folder, should others write into it */
    CACHE_NAME_ROOM = 32,
    CACHE_HASH_SIZE = 16, /* digits, in a name */
};

static const char cache_suffix[] = ".romfs";

/* FNV-1a with 64 bits: it only has to tell a user's own trees apart. The NUL keeps one text from running into the
 * next. */
static uint64_t cache_hash(uint64_t hash, const char *text)
{
    do {
        hash = (hash ^ (uint8_t)*text) * 0x100000001b3U;
    } while (*text++ != '\0');
    return hash;
}

static uint64_t cache_hash_list(uint64_t hash, const struct cli_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        hash = cache_hash(hash, list->items[i]);
    }
    return cache_hash(hash, "/");
}

/* The name of a file for what is built. Returns false if the directory is gone. */
static bool cache_name(const struct build_args *args, const char *dir, char name[CACHE_NAME_ROOM])
{
    char numbers[64];
    char *path = realpath(dir, NULL);
    if (!path) {
        return false;
    }
    snprintf(numbers, sizeof numbers, "%d%d%d%d%d%d %u %u", args->no_mpy, args->keep_all, args->no_index,
             args->no_seal, args->no_info, args->times, args->optimise.value, args->small_int_bits.value);
    uint64_t hash = cache_hash(0xcbf29ce484222325U, path);
    hash = cache_hash(hash, numbers);
    hash = cache_hash(hash, args->march ? args->march : "");
    hash = args->march_flags ? cache_hash(hash, args->march_flags) : hash;
    hash = cache_hash(hash, args->label ? args->label : "");
    hash = cache_hash_list(hash, &args->aligns);
    hash = cache_hash_list(hash, &args->excludes);
    hash = cache_hash_list(hash, &args->keep_sources);
    snprintf(name, CACHE_NAME_ROOM, "%016llx%s", (unsigned long long)hash, cache_suffix);
    free(path);
    return true;
}

/* Whether only this user can change it: files are deleted here, and what another one put here is not to be trusted.
 */
static bool cache_is_ours(int fd, mode_t type)
{
    struct stat st;
    return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type && st.st_uid == getuid() &&
           (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Opens the folder `name` in the folder fd, which it closes; makes it if asked to. Returns -1 if that cannot be. */
static int cache_enter(int fd, const char *name, bool make, int flags)
{
    if (fd < 0) {
        return -1;
    }
    if (make) {
        mkdirat(fd, name, 0700);
    }
    int inner = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
    close(fd);
    return inner;
}

/* The same for a folder that belongs to mprom: no link, and nobody else's. */
static int cache_enter_own(int fd, const char *name, bool make)
{
    int inner = cache_enter(fd, name, make, O_NOFOLLOW);
    if (inner >= 0 && !cache_is_ours(inner, S_IFDIR)) {
        close(inner);
        return -1;
    }
    return inner;
}

/* Opens the folder of the cache. Returns -1 if there is none. */
static int cache_open(bool make)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    int fd = -1;
    if (cache && *cache == '/') {
        if (make) {
            mkdir(cache, 0700);
        }
        fd = open(cache, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    } else if (home && *home == '/') {
        fd = cache_enter(open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC), ".cache", make, 0);
    }
    return cache_enter_own(cache_enter_own(fd, "mprom", make), "deploy", make);
}

static bool cache_read_all(int fd, uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        ssize_t got = read(fd, bytes + at, size - at);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return false;
        }
        at += got > 0 ? (size_t)got : 0;
    }
    return true;
}

static bool cache_write_all(int fd, const uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        ssize_t done = write(fd, bytes + at, size - at);
        if (done < 0 && errno != EINTR) {
            return false;
        }
        at += done > 0 ? (size_t)done : 0;
    }
    return true;
}

static uint8_t *cache_read(int fd, size_t *size)
{
    struct stat st;
    if (!cache_is_ours(fd, S_IFREG) || fstat(fd, &st) || st.st_size <= 0 || st.st_size > CACHE_SIZE_MAX) {
        return NULL;
    }
    *size = (size_t)st.st_size;
    uint8_t *bytes = malloc(*size);
    if (bytes && !cache_read_all(fd, bytes, *size)) {
        free(bytes);
        bytes = NULL;
    }
    return bytes;
}

uint8_t *deploy_cache_get(const struct build_args *args, const char *dir, size_t *size)
{
    char name[CACHE_NAME_ROOM];
    int folder = cache_name(args, dir, name) ? cache_open(false) : -1;
    if (folder < 0) {
        return NULL;
    }
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    close(folder);
    if (fd < 0) {
        return NULL;
    }
    uint8_t *bytes = cache_read(fd, size);
    close(fd);
    return bytes;
}

/* A file of the cache. */
struct cache_file {
    char name[CACHE_NAME_ROOM];
    off_t size;
    struct timespec time;
};

/* The newest first. */
static int cache_compare(const void *a, const void *b)
{
    const struct cache_file *left = a;
    const struct cache_file *right = b;
    if (left->time.tv_sec != right->time.tv_sec) {
        return left->time.tv_sec < right->time.tv_sec ? 1 : -1;
    }
    return (left->time.tv_nsec < right->time.tv_nsec) - (left->time.tv_nsec > right->time.tv_nsec);
}

/* Removes the oldest. */
static void cache_trim(int folder, struct cache_file *files, size_t count)
{
    off_t size = 0;
    qsort(files, count, sizeof files[0], cache_compare);
    for (size_t i = 0; i < count; i++) {
        size += files[i].size;
        if (i >= CACHE_COUNT_MAX || size > CACHE_SIZE_MAX) {
            unlinkat(folder, files[i].name, 0);
        }
    }
}

static bool cache_is_all(const char *text, size_t size, const char *of)
{
    return size > 0 && strspn(text, of) >= size;
}

/* Whether the cache gives such names: of an image, or of one that is being written. */
static bool cache_is_name(const char *name)
{
    static const char part[] = "part-";
    size_t size = strlen(name);
    if (strncmp(name, part, sizeof part - 1) == 0) {
        return size < CACHE_NAME_ROOM && cache_is_all(name + sizeof part - 1, size - (sizeof part - 1), "0123456789");
    }
    return size == CACHE_HASH_SIZE + strlen(cache_suffix) &&
           cache_is_all(name, CACHE_HASH_SIZE, "0123456789abcdef") &&
           strcmp(name + CACHE_HASH_SIZE, cache_suffix) == 0;
}

/* Keeps the folder small; closes it. */
static void cache_tidy(int folder)
{
    struct cache_file *files = calloc(CACHE_LOOK_MAX, sizeof *files);
    DIR *dir = fdopendir(folder);
    size_t count = 0;
    struct dirent *entry;
    while (files && dir && count < CACHE_LOOK_MAX && (entry = readdir(dir))) {
        struct stat st;
        size_t name_size = strlen(entry->d_name) + 1;
        if (name_size <= CACHE_NAME_ROOM && cache_is_name(entry->d_name) &&
            fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode)) {
            files[count] = (struct cache_file){.size = st.st_size, .time = st.st_mtim};
            memcpy(files[count++].name, entry->d_name, name_size);
        }
    }
    if (count > 0) {
        cache_trim(dirfd(dir), files, count);
    }
    free(files);
    if (dir) {
        closedir(dir);
    } else {
        close(folder);
    }
}

void deploy_cache_put(const struct build_args *args, const char *dir, const struct image *image)
{
    char name[CACHE_NAME_ROOM];
    char part[CACHE_NAME_ROOM];
    int folder = image->fs.size <= CACHE_SIZE_MAX && cache_name(args, dir, name) ? cache_open(true) : -1;
    if (folder < 0) {
        return;
    }
    snprintf(part, sizeof part, "part-%ld", (long)getpid());
    int fd = openat(folder, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0) {
        bool done = cache_write_all(fd, image->bytes, image->fs.size);
        done = close(fd) == 0 && done && renameat(folder, part, folder, name) == 0;
        if (!done) {
            unlinkat(folder, part, 0);
        }
    }
    cache_tidy(folder);
}
