#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compile/compile_backend.h"
#include "compile/micropython/mpcompile.h"

enum {
    STACK_SIZE = 8 << 20,
    GUARD_SIZE = 1 << 20, /* more than the frame of any function, so that no overflow can step over it */
    SIGNAL_STACK_SIZE = 64 << 10,
};

static const size_t arena_size_max = (size_t)512 << 20;
static const size_t arena_size_min = (size_t)1 << 20;

/*
 * The compiler recurses as deeply as its source nests, without a check. So it runs in a thread that has a stack of a
 * known size, whatever `ulimit -s` says, and the end of that stack is told from other faults.
 */
static struct {
    uint8_t *guard; /* GUARD_SIZE bytes that fault, then the stack, then the stack of the signal handler */
    void (*work)(void *ctx);
    void *ctx;
} thread;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    uintptr_t address = (uintptr_t)info->si_addr;
    uintptr_t guard = (uintptr_t)thread.guard;
    if (address >= guard && address - guard < GUARD_SIZE) {
        _exit(MPROM_COMPILE_EXIT_DEPTH);
    }
    signal(number, SIG_DFL); /* happens again on return, and ends the worker */
}

static void *map_private(size_t size)
{
    void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return mapped == MAP_FAILED ? NULL : mapped;
}

/* Catches faults of the compiler, on a stack of the handler's own. */
static int catch_faults(void)
{
    stack_t stack = {.ss_sp = thread.guard + GUARD_SIZE + STACK_SIZE, .ss_size = SIGNAL_STACK_SIZE};
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    if (sigaltstack(&stack, NULL) || sigaction(SIGSEGV, &action, NULL) || sigaction(SIGBUS, &action, NULL)) {
        return -errno;
    }
    return 0;
}

static void *thread_main(void *ctx)
{
    int *err = ctx;
    *err = catch_faults();
    if (!*err) {
        thread.work(thread.ctx);
    }
    return NULL;
}

static int run_thread(void)
{
    uint8_t *mapped = map_private(GUARD_SIZE + STACK_SIZE + SIGNAL_STACK_SIZE);
    if (!mapped || mprotect(mapped, GUARD_SIZE, PROT_NONE)) {
        return -ENOMEM;
    }
    thread.guard = mapped;
    pthread_attr_t attributes;
    pthread_t id;
    int err = 0;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, mapped + GUARD_SIZE, STACK_SIZE);
    int create_error = pthread_create(&id, &attributes, thread_main, &err);
    if (create_error) {
        return -create_error;
    }
    pthread_join(id, NULL);
    return err;
}

static int start_compiler(const struct mprom_compile_options *options)
{
    size_t size = arena_size_max;
    void *arena;
    while (!(arena = map_private(size))) {
        size /= 2;
        if (size < arena_size_min) {
            return -ENOMEM;
        }
    }
    unsigned march_flags;
    bool has_flags = mprom_compile_linked_march_flags(options, &march_flags);
    mprom_compiler_start(&(struct mprom_compiler_settings){
        .arena = arena,
        .arena_size = size,
        .native_arch = (uint8_t)mprom_compile_march_number(options->march),
        .march_flags = has_flags ? march_flags : 0,
        .small_int_bits = (uint8_t)options->small_int_bits,
        .optimise = (uint8_t)options->optimise,
    });
    return 0;
}

static int linked_start(const struct mprom_compile_options *options, void (*work)(void *ctx), void *ctx)
{
    thread.work = work;
    thread.ctx = ctx;
    int err = start_compiler(options);
    return err ? err : run_thread();
}

static enum mprom_compile_status linked_compile(const struct mprom_compile_job *job,
                                                struct mprom_compile_output *output)
{
    struct mprom_compiler_output result = {.data = output->data, .capacity = output->capacity};
    bool compiled = mprom_compiler_source(job->name, job->source, job->source_size, &result);
    output->size = result.size;
    output->line = result.line;
    if (result.size > output->capacity) {
        return MPROM_COMPILE_PENDING;
    }
    return compiled ? MPROM_COMPILE_DONE : MPROM_COMPILE_FAILED;
}

static const struct mprom_compile_backend linked = {.start = linked_start, .compile = linked_compile};
const struct mprom_compile_backend *const mprom_compile_linked = &linked;

const char *mprom_compile_linked_micropython(void)
{
    return mprom_compiler_micropython;
}

void mprom_compile_linked_mpy(uint8_t *version, uint8_t *sub_version)
{
    *version = mprom_compiler_mpy_version;
    *sub_version = mprom_compiler_mpy_sub_version;
}

bool mprom_compile_linked_has_march(int march_number)
{
    return march_number < mprom_compiler_arch_count;
}

bool mprom_compile_linked_march_flags(const struct mprom_compile_options *options, unsigned *flags)
{
    return options->march_flags != NULL &&
           mprom_compiler_march_flags((uint8_t)mprom_compile_march_number(options->march), options->march_flags,
                                      flags);
}
