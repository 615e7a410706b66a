/*
 * Output files that appear whole or not at all.
 *
 * An output is written under a temporary name beside its final one and renamed when it is complete; whatever ends the
 * program before that, the final name keeps what it had. Before it is renamed its bytes are on the disk, and so is
 * the name before output_commit() returns: a power failure leaves the old file or the new one, not an empty one.
 * SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ and SIGBUS remove the temporary file on their way; SIGKILL leaves it,
 * named .mprom-PID-N.tmp.
 *
 * One output is open at a time. Every failure prints its message, so callers only pass the status on.
 */
#ifndef MPROM_CLI_OUTPUT_H
#define MPROM_CLI_OUTPUT_H

#include "cli/cli.h"

enum output_flags {
    OUTPUT_KEEP = 1,  /* an existing file is an error, not replaced */
    OUTPUT_LATER = 2, /* one of many that can be made again: the disk may get it later */
};

struct output {
    int fd;
    int dir_fd;        /* where temp and name lie */
    bool owns_dir;     /* dir_fd is this output's own */
    char *name;        /* final name below dir_fd; NULL if the output goes straight into fd */
    char temp[48];     /* name below dir_fd */
    const char *label; /* how messages call it */
    unsigned flags;
    unsigned char *buffer; /* bytes that wait to be written; NULL until there are any */
    size_t used;
};

/*
 * Whether path is standard output and that is a terminal, which an image would only upset. Says so then.
 */
bool output_is_terminal(const char *path);

/*
 * Whether an image may be written to path: nothing is there, or an image, an empty file, a device or a pipe. Any
 * other file was somebody's work: then this says so and returns CLI_FAILED.
 */
int output_check_image(const char *path);

/*
 * Opens an output to path: "-" for standard output; a device or a pipe is written directly, a symbolic link to a file
 * is followed. path must live until the output is closed.
 *
 * Returns CLI_OK or CLI_FAILED.
 */
int output_open(struct output *out, const char *path);

/*
 * The same for a plain file `name` (one name, no '/') in the directory dir_fd, which stays the caller's. Never
 * follows a symbolic link: one that has this name is replaced, or is an error with OUTPUT_KEEP. label is for
 * messages.
 */
int output_open_at(struct output *out, int dir_fd, const char *name, const char *label, unsigned flags);

/* Appends. Returns CLI_OK or CLI_FAILED; after a failure only output_abort() makes sense. */
int output_write(struct output *out, const void *data, size_t size);

/* Gives the file its final name and closes. Returns CLI_OK, or CLI_FAILED with nothing left behind. */
int output_commit(struct output *out);

/* Closes and leaves nothing behind. Does nothing if the output is not open. */
void output_abort(struct output *out);

#endif
