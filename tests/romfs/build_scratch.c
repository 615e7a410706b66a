#include "romfs/build_scratch.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct scratch {
    int before; /* the directory that the test was started in */
    char path[64];
};

static int scratch_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int scratch_enter(void **state)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);
    if (scratch == NULL) {
        return -1;
    }
    const char *temporary = getenv("TMPDIR");
    snprintf(scratch->path, sizeof scratch->path, "%s/mprom-test-XXXXXX", temporary != NULL ? temporary : "/tmp");
    scratch->before = open(".", O_RDONLY | O_DIRECTORY);
    *state = scratch;
    return scratch->before < 0 || mkdtemp(scratch->path) == NULL || chdir(scratch->path) != 0 ? -1 : 0;
}

int scratch_leave(void **state)
{
    struct scratch *scratch = *state;
    int err = fchdir(scratch->before);
    close(scratch->before);
    err |= nftw(scratch->path, scratch_remove, 16, FTW_DEPTH | FTW_PHYS);
    free(scratch);
    return err;
}

void scratch_dir(const char *path)
{
    assert_int_equal(mkdir(path, 0777), 0);
}

static void scratch_write(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

void scratch_file(const char *path, const char *text)
{
    scratch_write(path, text, strlen(text));
}

uint32_t scratch_next(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

uint8_t *scratch_bytes(size_t size, unsigned seed)
{
    uint32_t next = seed;
    uint8_t *bytes = malloc(size + 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)scratch_next(&next);
    }
    return bytes;
}

void scratch_random(const char *path, size_t size, unsigned seed)
{
    uint8_t *bytes = scratch_bytes(size, seed);
    scratch_write(path, bytes, size);
    free(bytes);
}
