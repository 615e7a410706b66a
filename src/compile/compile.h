/*
 * Compiling .py to .mpy, for the builder of images. Host code: allocates and starts processes.
 *
 * The compiler is MicroPython's own, linked in from the source tree in MICROPYTHON_DIR; a command built without that
 * tree runs the mpy-cross that it finds in PATH. Either way the results are, byte for byte, those of `mpy-cross -s
 * NAME`, whatever the order of the jobs and the number of workers.
 *
 * Workers are processes, because the compiler keeps its state in globals and because a source can crash it: the files
 * such a source names then gets an error, and no other. Nothing is written to disk.
 */
#ifndef MPROM_COMPILE_COMPILE_H
#define MPROM_COMPILE_COMPILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mprom/error.h"

enum mprom_compile_kind {
    MPROM_COMPILE_NONE,      /* no compiler: mprom_compile_run() says how to get one */
    MPROM_COMPILE_LINKED,    /* MicroPython's compiler, in this program */
    MPROM_COMPILE_MPY_CROSS, /* a program */
};

enum {
    MPROM_COMPILE_SMALL_INT_BITS_MIN = 16,
    MPROM_COMPILE_SMALL_INT_BITS_MAX = 63,
    MPROM_COMPILE_OPTIMISE_MAX = 3,
    MPROM_COMPILE_HEADER_SIZE = 4,
};

struct mprom_compile_options {
    const char *march;       /* architecture of @native, @viper and inline assembler; NULL: there may be none */
    const char *march_flags; /* extensions of march, as the -march-flags of mpy-cross; NULL: none */
    int small_int_bits;      /* of the board that will run the code; 0 for 31, right for every 32-bit board */
    int optimise;            /* 0 to 3, as mpy-cross -O: 1 drops assertions, 3 line numbers */
    unsigned workers;        /* processes; 0 for as many as this one may use processors */
    const char *mpy_cross; /* a program to run instead of the compiler linked in, by path or found in PATH; or NULL */
};

struct mprom_compile_job {
    const char *name; /* what a traceback shows: the path in the image, '/' between names */
    const char *source;
    size_t source_size;
    const uint8_t *mpy; /* result: the .mpy file, or NULL */
    size_t mpy_size;
    const char *error; /* result: NULL, or one line such as "pkg/mod.py:12: SyntaxError: invalid syntax" */
};

struct compile; /* opaque: options, and the memory of results */

/* The options, and what they point to, must live as long as it. Returns NULL if out of memory. */
struct compile *mprom_compile_new(const struct mprom_compile_options *options);

/* Whether a job failed only because there is native code in it and the option march was not given. */
bool mprom_compile_wants_march(const struct mprom_compile_job *job);

/* Also frees the results of every job it ran. NULL is fine. */
void mprom_compile_free(struct compile *compile);

/* What compiles. */
enum mprom_compile_kind mprom_compile_kind(const struct compile *compile);

/*
 * One line that says what compiles, for `--version`: "MicroPython v1.25.0, mpy 6.3". Runs `mpy-cross --version` if
 * that is the compiler. Owned by compile.
 */
const char *mprom_compile_version(struct compile *compile);

/*
 * The header that .mpy files made with these options have if they hold native code; without the option march, that of
 * all of them. With march_flags bit 6 of its third byte is set, and the flags stand behind it in a file.
 *
 * Returns 0, or as mprom_compile_run() for bad options and for a compiler that cannot be asked.
 */
int mprom_compile_header(struct compile *compile, uint8_t header[MPROM_COMPILE_HEADER_SIZE]);

/*
 * Compiles all jobs and sets mpy and mpy_size, or error, of each. A job that fails does not keep others from being
 * compiled, so that all errors are known after one run. Sources are not kept; results live until
 * mprom_compile_free().
 *
 * Blocks until every worker has ended; none is left when it returns. Interrupted by a signal that ends the workers
 * (Ctrl-C on the terminal), it stops and returns -EINTR.
 *
 * Returns the number of jobs with an error, or
 *   -MPROM_EINVAL      an option is out of range
 *   -MPROM_EOPNOTSUPP  there is no compiler
 *   -MPROM_ENOMEM      no memory
 *   another -errno     a worker could not be started, or the run was interrupted
 * In these cases mprom_compile_error() has the sentence, and the results of the jobs are undefined.
 */
int mprom_compile_run(struct compile *compile, struct mprom_compile_job *jobs, size_t count);

/* The sentence for the last negative result, "" if there was none. Owned by compile. */
const char *mprom_compile_error(const struct compile *compile);

#endif
