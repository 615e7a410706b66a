/* A pool of worker processes: how they run, the memory that holds their results, and errors. */
#ifndef MPROM_COMPILE_POOL_H
#define MPROM_COMPILE_POOL_H

#include "compile/compile_backend.h"

struct compile_pool_memory; /* opaque: one piece that holds results */

struct mprom_compile_pool {
    const struct mprom_compile_backend *backend;
    const struct mprom_compile_options *options; /* passed to the backend */
    unsigned workers;                            /* most processes at a time; at least 1 */
    unsigned job_seconds;                        /* processor time that one job may take */
    size_t region_size;                          /* bytes for the results of one worker; 0: enough for most runs */
    struct compile_pool_memory *memory;          /* starts as NULL; mprom_compile_pool_free() frees it */
    char error[160];                             /* the sentence for a negative result */
};

/* Maps memory that workers share, zeroed; NULL if there is none. The caller unmaps it. */
void *mprom_compile_map_shared(size_t size);

/* The same, and mprom_compile_pool_free() unmaps it. */
void *mprom_compile_pool_map(struct mprom_compile_pool *pool, size_t size);

/* Gives a job its error. Returns 0 or -MPROM_ENOMEM. */
int mprom_compile_pool_fail_job(struct mprom_compile_pool *pool, struct mprom_compile_job *job, size_t line,
                                const char *text);

/* Sets the sentence. Returns error. */
__attribute__((format(printf, 3, 4))) int mprom_compile_pool_fail(struct mprom_compile_pool *pool, int error,
                                                                  const char *format, ...);

/* Frees the results of every run. */
void mprom_compile_pool_free(struct mprom_compile_pool *pool);

#endif
