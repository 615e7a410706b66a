#include "compile/compile_pool.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "compile/compile_text.h"

struct compile_pool_memory {
    struct compile_pool_memory *next;
    void *mapped; /* or NULL: text behind this header */
    size_t mapped_size;
};

int mprom_compile_pool_fail(struct mprom_compile_pool *pool, int error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(pool->error, sizeof(pool->error), format, args);
    va_end(args);
    return error;
}

/* What memory it takes is not known beforehand, so it is only reserved as it is touched. */
void *mprom_compile_map_shared(size_t size)
{
    void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return mapped == MAP_FAILED ? NULL : mapped;
}

void *mprom_compile_pool_map(struct mprom_compile_pool *pool, size_t size)
{
    struct compile_pool_memory *memory = malloc(sizeof(*memory));
    void *mapped = memory ? mprom_compile_map_shared(size) : NULL;
    if (!mapped) {
        free(memory);
        return NULL;
    }
    *memory = (struct compile_pool_memory){pool->memory, mapped, size};
    pool->memory = memory;
    return mapped;
}

int mprom_compile_pool_fail_job(struct mprom_compile_pool *pool, struct mprom_compile_job *job, size_t line,
                                const char *text)
{
    text = mprom_compile_text_explain(pool->options->march, text);
    size_t size = mprom_compile_text_format(NULL, 0, job->name, line, text) + 1;
    struct compile_pool_memory *memory = malloc(sizeof(*memory) + size);
    if (!memory) {
        return mprom_compile_pool_fail(pool, -MPROM_ENOMEM, "no memory for the errors of the compiler");
    }
    *memory = (struct compile_pool_memory){.next = pool->memory};
    pool->memory = memory;
    mprom_compile_text_format((char *)(memory + 1), size, job->name, line, text);
    job->error = (char *)(memory + 1);
    return 0;
}

void mprom_compile_pool_free(struct mprom_compile_pool *pool)
{
    while (pool->memory) {
        struct compile_pool_memory *memory = pool->memory;
        pool->memory = memory->next;
        if (memory->mapped) {
            munmap(memory->mapped, memory->mapped_size);
        }
        free(memory);
    }
}
