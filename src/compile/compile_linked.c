#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "compile/compile_backend.h"
#include "compile/micropython/mpcompile.h"

enum {
    SMALL_INT_BITS_DEFAULT = 31,
    STACK_SIZE = 8 << 20,
    GUARD_SIZE = 1 << 20, /* more than the frame of any function, so that no overflow can step over it */
    SIGNAL_STACK_SIZE = 64 << 10,
};

static const size_t arena_size_max = (size_t)512 << 20;
static const size_t arena_size_min = (size_t)1 << 20;

/*
 * The compiler recurses as deeply as its source nests, without a check: it gets a stack of a known size, whatever
 * `ulimit -s` says, and the end of that stack is told from other faults.
 */
static struct {
    uint8_t *guard; /* GUARD_SIZE bytes that fault, then STACK_SIZE bytes */
    ucontext_t caller;
    ucontext_t callee;
    const struct compile_job *job;
    struct mpcompile_output output;
    bool compiled;
} run;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    uintptr_t address = (uintptr_t)info->si_addr;
    uintptr_t guard = (uintptr_t)run.guard;
    if (address >= guard && address - guard < GUARD_SIZE) {
        _exit(COMPILE_EXIT_DEPTH);
    }
    signal(number, SIG_DFL); /* happens again on return, and ends the worker */
}

static void *map_private(size_t size, int protection)
{
    void *mapped = mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return mapped == MAP_FAILED ? NULL : mapped;
}

static int start_stack(void)
{
    uint8_t *mapped = map_private(GUARD_SIZE + STACK_SIZE + SIGNAL_STACK_SIZE, PROT_READ | PROT_WRITE);
    if (!mapped || mprotect(mapped, GUARD_SIZE, PROT_NONE)) {
        return -ENOMEM;
    }
    run.guard = mapped;
    stack_t stack = {.ss_sp = mapped + GUARD_SIZE + STACK_SIZE, .ss_size = SIGNAL_STACK_SIZE};
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    if (sigaltstack(&stack, NULL) || sigaction(SIGSEGV, &action, NULL) || sigaction(SIGBUS, &action, NULL)) {
        return -errno;
    }
    return 0;
}

static int linked_start(const struct compile_options *options)
{
    size_t size = arena_size_max;
    void *arena;
    while (!(arena = map_private(size, PROT_READ | PROT_WRITE))) {
        size /= 2;
        if (size < arena_size_min) {
            return -ENOMEM;
        }
    }
    int arch = compile_march_number(options->march);
    mpcompile_start(&(struct mpcompile_settings){
        .arena = arena,
        .arena_size = size,
        .native_arch = (uint8_t)arch,
        .small_int_bits = (uint8_t)(options->small_int_bits ? options->small_int_bits : SMALL_INT_BITS_DEFAULT),
        .optimise = (uint8_t)options->optimise,
    });
    return start_stack();
}

static void on_own_stack(void)
{
    run.compiled = mpcompile_source(run.job->name, run.job->source, run.job->source_size, &run.output);
}

static enum compile_status linked_compile(const struct compile_job *job, struct compile_output *output)
{
    run.job = job;
    run.output = (struct mpcompile_output){.data = output->data, .capacity = output->capacity};
    getcontext(&run.callee);
    run.callee.uc_stack.ss_sp = run.guard + GUARD_SIZE;
    run.callee.uc_stack.ss_size = STACK_SIZE;
    run.callee.uc_link = &run.caller;
    makecontext(&run.callee, on_own_stack, 0);
    swapcontext(&run.caller, &run.callee);
    output->size = run.output.size;
    output->line = run.output.line;
    if (output->size > output->capacity) {
        return COMPILE_PENDING;
    }
    return run.compiled ? COMPILE_DONE : COMPILE_FAILED;
}

static const struct compile_backend linked = {.start = linked_start, .compile = linked_compile};
const struct compile_backend *const compile_linked = &linked;

const char *compile_linked_micropython(void)
{
    return mpcompile_micropython;
}

void compile_linked_mpy(uint8_t *version, uint8_t *sub_version)
{
    *version = mpcompile_mpy_version;
    *sub_version = mpcompile_mpy_sub_version;
}
