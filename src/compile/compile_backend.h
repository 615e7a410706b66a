/*
 * What compiles one source, inside a worker process.
 *
 * A worker calls start() once, and from within that compile() for one job after the other. It may crash, hang or end
 * in there: the pool (compile_pool.h) notices and names the job.
 */
#ifndef MPROM_COMPILE_BACKEND_H
#define MPROM_COMPILE_BACKEND_H

#include "compile/compile.h"

enum mprom_compile_status {
    MPROM_COMPILE_PENDING, /* not done yet; or there was no room for the result */
    MPROM_COMPILE_DONE,
    MPROM_COMPILE_FAILED,
};

/* Where a result goes: a .mpy file, or an error's line and text. */
struct mprom_compile_output {
    uint8_t *data; /* room for capacity bytes, aligned to 16 */
    size_t capacity;
    size_t size;
    size_t line; /* of an error, from 1; 0 if it has none */
};

struct mprom_compile_backend {
    /*
     * Gets ready and calls work(ctx), which ends the process, on a stack that suits compile(). Returns a negative
     * errno if it could not get ready, which ends the run.
     */
    int (*start)(const struct mprom_compile_options *options, void (*work)(void *ctx), void *ctx);
    /* MPROM_COMPILE_PENDING says that the capacity is too small for the .mpy file, or for the text of the error. */
    enum mprom_compile_status (*compile)(const struct mprom_compile_job *job, struct mprom_compile_output *output);
};

/* The exit status with which a worker says that its source is nested too deeply. */
enum {
    MPROM_COMPILE_EXIT_DEPTH = 100
};

/* MicroPython's compiler linked in. Without it mprom_compile_linked is NULL and the header is not to be asked for. */
extern const struct mprom_compile_backend *const mprom_compile_linked;
const char *mprom_compile_linked_micropython(void);
void mprom_compile_linked_mpy(uint8_t *version, uint8_t *sub_version);
bool mprom_compile_linked_has_march(int march_number);
bool mprom_compile_linked_march_flags(const struct mprom_compile_options *options, unsigned *flags);

/* The program named by options->mpy_cross. */
extern const struct mprom_compile_backend mprom_compile_external;

/* Finds a program: in PATH if its name has no '/'. Returns its path, to be freed, or NULL. */
char *mprom_compile_external_find(const char *name);

/*
 * Asks a program for its version: fills text with one line, and the version of its .mpy files.
 *
 * Returns 0, or a negative errno; then text says what was wrong.
 */
int mprom_compile_external_version(const char *program, char *text, size_t text_size, uint8_t *version,
                                   uint8_t *sub_version);

/* Whether a program takes the options march and march_flags: it is asked to compile an empty file with them. */
bool mprom_compile_external_takes_march(const struct mprom_compile_options *options);

/* The number of an architecture in a .mpy header, by its name; -1 if there is none of that name. 0 for NULL. */
int mprom_compile_march_number(const char *march);

#endif
