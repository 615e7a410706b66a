/* Output files: written beside their final name, then renamed. */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/signals.h"

enum {
    OUTPUT_BUFFER_SIZE = 64 * 1024,
    TEMP_TRIES = 100
};

/* What a signal handler must remove. The owner keeps a forked child from removing its parent's file. */
static struct {
    volatile sig_atomic_t active;
    pid_t owner;
    int dir_fd;
    char name[48];
} pending;

static void remove_pending(void)
{
    if (pending.active && pending.owner == getpid()) {
        unlinkat(pending.dir_fd, pending.name, 0);
    }
}

bool output_is_terminal(const char *path)
{
    bool is_terminal = strcmp(path, "-") == 0 && isatty(STDOUT_FILENO);
    if (is_terminal) {
        cli_error("standard output is a terminal; send the image to a pipe, or name a file with --output");
    }
    return is_terminal;
}

int output_check_image(const char *path)
{
    static const unsigned char magic[] = {0xd2, 0xcd, 0x31};
    unsigned char head[sizeof magic] = {0};
    struct stat st;
    if (strcmp(path, "-") == 0 || stat(path, &st) || !S_ISREG(st.st_mode) || st.st_size == 0) {
        return CLI_OK;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    bool is_image =
        fd >= 0 && read(fd, head, sizeof head) == (ssize_t)sizeof head && memcmp(head, magic, sizeof magic) == 0;
    if (fd >= 0) {
        close(fd);
    }
    if (!is_image) {
        cli_error("%s exists and is no image, so it was left alone; name another file with --output, or replace it "
                  "with --force",
                  path);
    }
    return is_image ? CLI_OK : CLI_FAILED;
}

static int output_fail(struct output *out, const char *what, int error)
{
    cli_error("cannot %s %s: %s", what, out->label, cli_strerror(error));
    return CLI_FAILED;
}

/* Creates the temporary file and has signals remove it. */
static int open_temp(struct output *out)
{
    static unsigned count;
    signals_remove_with(remove_pending);
    signals_catch();
    for (int tries = 0; tries < TEMP_TRIES && out->fd < 0; tries++) {
        snprintf(out->temp, sizeof out->temp, ".mprom-%ld-%u.tmp", (long)getpid(), count++);
        memcpy(pending.name, out->temp, sizeof pending.name);
        pending.dir_fd = out->dir_fd;
        pending.owner = getpid();
        /* Active before the file is there: no signal can fall between. The name is this process's alone. */
        pending.active = 1;
        out->fd = openat(out->dir_fd, out->temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (out->fd < 0) {
            pending.active = 0;
        }
        if (out->fd < 0 && errno != EEXIST) {
            break;
        }
    }
    return out->fd < 0 ? output_fail(out, "create", errno) : CLI_OK;
}

int output_open_at(struct output *out, int dir_fd, const char *name, const char *label, unsigned flags)
{
    *out = (struct output){.fd = -1, .dir_fd = dir_fd, .label = label, .flags = flags};
    out->name = strdup(name);
    if (!out->name) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    int status = open_temp(out);
    if (status) {
        output_abort(out);
    }
    return status;
}

/* Opens the directory that path lies in; *name becomes its last part, pointing into path. */
static int open_parent(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    if (!slash) {
        return open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
    char *parent = strndup(path, slash == path ? 1 : (size_t)(slash - path));
    int fd = parent ? open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    free(parent);
    return fd;
}

/* Opens the output beside a plain file, or where there is none yet. old is NULL in the second case. */
static int open_beside(struct output *out, const char *path, const struct stat *old)
{
    const char *label = out->label;
    const char *name;
    int dir_fd = open_parent(path, &name);
    if (dir_fd < 0) {
        return output_fail(out, "create", errno);
    }
    if (*name == '\0') {
        close(dir_fd);
        return output_fail(out, "write", EISDIR);
    }
    int status = output_open_at(out, dir_fd, name, label, 0);
    if (status) {
        close(dir_fd);
        return status;
    }
    out->owns_dir = true;
    if (old) {
        /* The new file is as open to others as the one that it replaces. If that fails, it is less so. */
        (void)!fchmod(out->fd, old->st_mode & 0777);
    }
    return CLI_OK;
}

/* Opens what is no plain file (a device, a pipe): written directly, since replacing it would destroy it. */
static int open_direct(struct output *out, const char *path)
{
    out->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return out->fd < 0 ? output_fail(out, "write", errno) : CLI_OK;
}

int output_open(struct output *out, const char *path)
{
    *out = (struct output){.fd = -1, .dir_fd = -1, .label = path};
    if (strcmp(path, "-") == 0) {
        out->fd = STDOUT_FILENO;
        out->label = "standard output";
        return CLI_OK;
    }
    struct stat st;
    if (lstat(path, &st)) {
        return errno == ENOENT ? open_beside(out, path, NULL) : output_fail(out, "create", errno);
    }
    if (S_ISREG(st.st_mode)) {
        return open_beside(out, path, &st);
    }
    if (!S_ISLNK(st.st_mode)) {
        return open_direct(out, path);
    }
    /* The link stays, what it leads to is replaced. */
    char *target = realpath(path, NULL);
    if (!target || stat(target, &st)) {
        int status = output_fail(out, "write through the symbolic link", errno);
        free(target);
        return status;
    }
    int status = S_ISREG(st.st_mode) ? open_beside(out, target, &st) : open_direct(out, target);
    free(target);
    return status;
}

static int write_all(struct output *out, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(out->fd, bytes, size);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return output_fail(out, "write", errno);
        }
        bytes += n;
        size -= (size_t)n;
    }
    return CLI_OK;
}

static int flush_buffer(struct output *out)
{
    size_t used = out->used;
    out->used = 0;
    return write_all(out, out->buffer, used);
}

int output_write(struct output *out, const void *data, size_t size)
{
    if (out->used + size > OUTPUT_BUFFER_SIZE && flush_buffer(out)) {
        return CLI_FAILED;
    }
    if (size >= OUTPUT_BUFFER_SIZE) {
        return write_all(out, data, size);
    }
    if (!out->buffer) {
        out->buffer = malloc(OUTPUT_BUFFER_SIZE);
        if (!out->buffer) {
            cli_error("out of memory");
            return CLI_FAILED;
        }
    }
    if (size > 0) {
        memcpy(out->buffer + out->used, data, size);
    }
    out->used += size;
    return CLI_OK;
}

/* Renames without replacing, also where the filesystem cannot do that in one step. */
static int rename_keep(const struct output *out)
{
    if (renameat2(out->dir_fd, out->temp, out->dir_fd, out->name, RENAME_NOREPLACE) == 0) {
        return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return -1;
    }
    struct stat st;
    if (fstatat(out->dir_fd, out->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return -1;
    }
    return renameat(out->dir_fd, out->temp, out->dir_fd, out->name);
}

static int give_name(const struct output *out)
{
    return out->flags & OUTPUT_KEEP ? rename_keep(out) : renameat(out->dir_fd, out->temp, out->dir_fd, out->name);
}

/* Has the bytes of a file, or the names in a directory, reach the disk. Not every filesystem can. Returns an errno.
 */
static int sync_now(int fd)
{
    while (fsync(fd)) {
        if (errno != EINTR) {
            return errno == EIO || errno == ENOSPC || errno == EDQUOT ? errno : 0;
        }
    }
    return 0;
}

/* The descriptor of the directory serves for paths only. One that cannot be read cannot be waited for. */
static int sync_names(int dir_fd)
{
    int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = fd < 0 ? 0 : sync_now(fd);
    if (fd >= 0) {
        close(fd);
    }
    return error;
}

static void output_release(struct output *out)
{
    if (out->owns_dir) {
        close(out->dir_fd);
    }
    free(out->name);
    free(out->buffer);
    *out = (struct output){.fd = -1, .dir_fd = -1};
}

/* Bytes first, then the name, then the name in its directory. */
static int output_finish(struct output *out)
{
    bool now = out->name && !(out->flags & OUTPUT_LATER);
    int error = now ? sync_now(out->fd) : 0;
    int fd = out->fd;
    out->fd = -1;
    /* close() may be the first to say that a network filesystem could not keep the bytes. */
    if (close(fd) && !error) {
        error = errno;
    }
    if (error) {
        return output_fail(out, "write", error);
    }
    if (out->name && give_name(out)) {
        return output_fail(out, "create", errno);
    }
    pending.active = 0;
    error = now ? sync_names(out->dir_fd) : 0;
    return error ? output_fail(out, "write", error) : CLI_OK;
}

int output_commit(struct output *out)
{
    int status = flush_buffer(out);
    if (status == CLI_OK && out->fd != STDOUT_FILENO) {
        status = output_finish(out);
    }
    if (status) {
        output_abort(out);
    } else {
        output_release(out);
    }
    return status;
}

void output_abort(struct output *out)
{
    if (out->fd >= 0 && out->fd != STDOUT_FILENO) {
        close(out->fd);
    }
    if (out->name) {
        remove_pending();
        pending.active = 0;
    }
    output_release(out);
}
