/*
 * Compiles files for the scripts of this folder:
 *
 *   compile_files [-march=A] [-march-flags=F] [-bits=N] [-O=N] [-workers=N] [-mpy-cross=PROGRAM] OUT_DIR
 *                 [NAME PATH]...
 *
 * The n-th file's result goes to OUT_DIR/n.mpy, or its error, as one line, to OUT_DIR/n.error. The first lines of
 * standard output say what compiles, and the header for native code. The exit status is 2 if the run failed as a
 * whole.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/compile.h"

static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) {
        perror(path);
        exit(3);
    }
    *size = (size_t)ftell(file);
    rewind(file);
    char *data = malloc(*size + 1);
    if (!data || fread(data, 1, *size, file) != *size) {
        perror(path);
        exit(3);
    }
    fclose(file);
    return data;
}

static void write_file(const char *folder, size_t number, const char *suffix, const void *data, size_t size)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%zu.%s", folder, number, suffix);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file)) {
        perror(path);
        exit(3);
    }
}

static const char *option(const char *arg, const char *name)
{
    size_t size = strlen(name);
    return strncmp(arg, name, size) == 0 ? arg + size : NULL;
}

static int parse_options(char **args, struct mprom_compile_options *options)
{
    int used = 1;
    for (; args[used] && args[used][0] == '-'; used++) {
        const char *value;
        if ((value = option(args[used], "-march="))) {
            options->march = value;
        } else if ((value = option(args[used], "-march-flags="))) {
            options->march_flags = value;
        } else if ((value = option(args[used], "-bits="))) {
            options->small_int_bits = atoi(value);
        } else if ((value = option(args[used], "-O="))) {
            options->optimise = atoi(value);
        } else if ((value = option(args[used], "-workers="))) {
            options->workers = (unsigned)atoi(value);
        } else if ((value = option(args[used], "-mpy-cross="))) {
            options->mpy_cross = value;
        } else {
            fprintf(stderr, "unknown option %s\n", args[used]);
            exit(3);
        }
    }
    return used;
}

static void print_compiler(struct compile *compile)
{
    static const char *const kinds[] = {"none", "linked", "mpy-cross"};
    uint8_t header[MPROM_COMPILE_HEADER_SIZE] = {0};
    mprom_compile_header(compile, header);
    printf("%s: %s\n", kinds[mprom_compile_kind(compile)], mprom_compile_version(compile));
    printf("%02x%02x%02x%02x\n", header[0], header[1], header[2], header[3]);
    fflush(stdout);
}

static int report(struct compile *compile, const char *folder, struct mprom_compile_job *jobs, size_t count,
                  int result)
{
    if (result < 0) {
        fprintf(stderr, "%s\n", mprom_compile_error(compile));
        return 2;
    }
    for (size_t i = 0; i < count; i++) {
        if (jobs[i].error) {
            write_file(folder, i, "error", jobs[i].error, strlen(jobs[i].error));
        } else {
            write_file(folder, i, "mpy", jobs[i].mpy, jobs[i].mpy_size);
        }
    }
    return 0;
}

int main(int arg_count, char **args)
{
    struct mprom_compile_options options = {0};
    int used = parse_options(args, &options);
    struct compile *compile = mprom_compile_new(&options);
    print_compiler(compile);
    size_t count = (size_t)(arg_count - used - 1) / 2;
    struct mprom_compile_job *jobs = calloc(count + 1, sizeof(*jobs));
    for (size_t i = 0; i < count; i++) {
        jobs[i].name = args[(size_t)used + 1 + 2 * i];
        jobs[i].source = read_file(args[(size_t)used + 2 + 2 * i], &jobs[i].source_size);
    }
    int status = report(compile, args[used], jobs, count, mprom_compile_run(compile, jobs, count));
    mprom_compile_free(compile);
    for (size_t i = 0; i < count; i++) {
        free((char *)(uintptr_t)jobs[i].source);
    }
    free(jobs);
    return status;
}
