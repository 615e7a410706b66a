#include "compile/compile.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/compile_backend.h"
#include "compile/compile_pool_run.h"

enum {
    SMALL_INT_BITS_DEFAULT = 31,
    JOB_SECONDS = 60,         /* no source that people write takes one */
    WORKER_SOURCE_SIZE = 8192 /* starting a worker takes about as long as compiling this much */
};

struct compile {
    struct mprom_compile_options options;
    struct mprom_compile_pool pool;
    char *program; /* the mpy-cross to run, or NULL */
    char version[160];
    uint8_t mpy_version;
    uint8_t mpy_sub_version;
};

/* In the order of the numbers that .mpy headers have for them. */
static const char *const marches[] = {"x86",       "x64",       "armv6",  "armv6m",    "armv7m",  "armv7em",
                                      "armv7emsp", "armv7emdp", "xtensa", "xtensawin", "rv32imc", "rv64imc"};

enum {
    MARCH_OLD_COUNT = 11, /* that each compiler from 1.25 on has */
    MPY_HAS_FLAGS = 0x40, /* in the third byte of a header: flags of the architecture stand behind it */
};

int mprom_compile_march_number(const char *march)
{
    if (!march) {
        return 0;
    }
    for (size_t i = 0; i < sizeof(marches) / sizeof(marches[0]); i++) {
        if (strcmp(march, marches[i]) == 0) {
            return (int)i + 1;
        }
    }
    return -1;
}

struct compile *mprom_compile_new(const struct mprom_compile_options *options)
{
    struct compile *compile = calloc(1, sizeof(*compile));
    if (!compile) {
        return NULL;
    }
    compile->options = *options;
    if (compile->options.small_int_bits == 0) {
        compile->options.small_int_bits = SMALL_INT_BITS_DEFAULT;
    }
    if (options->mpy_cross || !mprom_compile_linked) {
        compile->program = mprom_compile_external_find(options->mpy_cross ? options->mpy_cross : "mpy-cross");
    }
    compile->pool = (struct mprom_compile_pool){.options = &compile->options, .job_seconds = JOB_SECONDS};
    if (compile->program) {
        compile->options.mpy_cross = compile->program;
        compile->pool.backend = &mprom_compile_external;
    } else if (!options->mpy_cross) {
        compile->pool.backend = mprom_compile_linked;
    }
    return compile;
}

void mprom_compile_free(struct compile *compile)
{
    if (compile) {
        mprom_compile_pool_free(&compile->pool);
        free(compile->program);
        free(compile);
    }
}

enum mprom_compile_kind mprom_compile_kind(const struct compile *compile)
{
    if (!compile->pool.backend) {
        return MPROM_COMPILE_NONE;
    }
    return compile->program ? MPROM_COMPILE_MPY_CROSS : MPROM_COMPILE_LINKED;
}

const char *mprom_compile_error(const struct compile *compile)
{
    return compile->pool.error;
}

static int ask_version(struct compile *compile)
{
    if (compile->mpy_version) {
        return 0;
    }
    int err = 0;
    if (compile->program) {
        err = mprom_compile_external_version(compile->program, compile->version, sizeof(compile->version),
                                             &compile->mpy_version, &compile->mpy_sub_version);
    } else {
        mprom_compile_linked_mpy(&compile->mpy_version, &compile->mpy_sub_version);
        snprintf(compile->version, sizeof(compile->version), "MicroPython %s, mpy %u.%u",
                 mprom_compile_linked_micropython(), compile->mpy_version, compile->mpy_sub_version);
    }
    return err ? mprom_compile_pool_fail(&compile->pool, err, "%s", compile->version) : 0;
}

static int check_march(struct compile *compile)
{
    const struct mprom_compile_options *options = &compile->options;
    int number = mprom_compile_march_number(options->march);
    unsigned flags;
    if (number < 0) {
        return mprom_compile_pool_fail(&compile->pool, -MPROM_EINVAL,
                                       "'%.40s' is no architecture; there are x86 x64 armv6 armv6m armv7m armv7em "
                                       "armv7emsp armv7emdp xtensa xtensawin rv32imc rv64imc",
                                       options->march);
    }
    if (options->march_flags && number == 0) {
        return mprom_compile_pool_fail(&compile->pool, -MPROM_EINVAL, "--march-flags needs --march");
    }
    if (number <= MARCH_OLD_COUNT && !options->march_flags) {
        return 0;
    }
    bool takes = compile->program ? mprom_compile_external_takes_march(options)
                                  : mprom_compile_linked_has_march(number) &&
                                        (!options->march_flags || mprom_compile_linked_march_flags(options, &flags));
    if (takes) {
        return 0;
    }
    int err = ask_version(compile);
    return err ? err
               : mprom_compile_pool_fail(
                     &compile->pool, -MPROM_EINVAL, "the compiler (%s) does not know the architecture %.40s%s%.40s",
                     compile->version, options->march, options->march_flags ? " with the flags " : "",
                     options->march_flags ? options->march_flags : "");
}

static int check(struct compile *compile)
{
    const struct mprom_compile_options *options = &compile->options;
    if (!compile->pool.backend && options->mpy_cross) {
        return mprom_compile_pool_fail(&compile->pool, -MPROM_EOPNOTSUPP, "'%.100s' is no program that can be run",
                                       options->mpy_cross);
    }
    if (!compile->pool.backend) {
        return mprom_compile_pool_fail(
            &compile->pool, -MPROM_EOPNOTSUPP,
            "there is no compiler: put mpy-cross in PATH, or build mprom with MICROPYTHON_DIR");
    }
    if (options->small_int_bits < MPROM_COMPILE_SMALL_INT_BITS_MIN ||
        options->small_int_bits > MPROM_COMPILE_SMALL_INT_BITS_MAX) {
        return mprom_compile_pool_fail(&compile->pool, -MPROM_EINVAL, "small integers have %d to %d bits, not %d",
                                       MPROM_COMPILE_SMALL_INT_BITS_MIN, MPROM_COMPILE_SMALL_INT_BITS_MAX,
                                       options->small_int_bits);
    }
    if (options->optimise < 0 || options->optimise > MPROM_COMPILE_OPTIMISE_MAX) {
        return mprom_compile_pool_fail(&compile->pool, -MPROM_EINVAL, "the level of optimisation is 0 to %d, not %d",
                                       MPROM_COMPILE_OPTIMISE_MAX, options->optimise);
    }
    return check_march(compile);
}

const char *mprom_compile_version(struct compile *compile)
{
    if (mprom_compile_kind(compile) == MPROM_COMPILE_NONE) {
        return "none";
    }
    ask_version(compile);
    return compile->version;
}

/* A program is not asked what a number means: only 0 is no flag. */
static bool has_march_flags(const struct compile *compile)
{
    unsigned flags = 0;
    const char *text = compile->options.march_flags;
    if (!text || compile->program) {
        return text && strcmp(text, "0") != 0;
    }
    return mprom_compile_linked_march_flags(&compile->options, &flags) && flags != 0;
}

int mprom_compile_header(struct compile *compile, uint8_t header[MPROM_COMPILE_HEADER_SIZE])
{
    int err = check(compile);
    if (!err) {
        err = ask_version(compile);
    }
    if (err) {
        return err;
    }
    int arch = mprom_compile_march_number(compile->options.march);
    header[0] = 'M';
    header[1] = compile->mpy_version;
    header[2] = (uint8_t)(arch ? arch << 2 | compile->mpy_sub_version : 0);
    header[2] |= has_march_flags(compile) ? MPY_HAS_FLAGS : 0;
    header[3] = (uint8_t)compile->options.small_int_bits;
    return 0;
}

static unsigned processor_count(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof(set), &set) ? 1 : (unsigned)CPU_COUNT(&set);
}

static unsigned workers_for(const struct mprom_compile_options *options, const struct mprom_compile_job *jobs,
                            size_t count)
{
    if (options->workers) {
        return options->workers;
    }
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        size += jobs[i].source_size;
    }
    unsigned processors = processor_count();
    size_t useful = 1 + size / WORKER_SOURCE_SIZE;
    return useful < processors ? (unsigned)useful : processors;
}

int mprom_compile_run(struct compile *compile, struct mprom_compile_job *jobs, size_t count)
{
    int err = check(compile);
    if (err) {
        return err;
    }
    compile->pool.workers = workers_for(&compile->options, jobs, count);
    return mprom_compile_pool_run(&compile->pool, jobs, count);
}
