#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "romfs/build_rig.h"

const struct mprom_romfs_build_options bare = {.align = 1, .no_info = true, .no_index = true, .no_seal = true};
const struct mprom_romfs_build_options plain;

struct mprom_romfs_build *new_build(const struct mprom_romfs_build_options *options)
{
    struct mprom_romfs_build *build = mprom_romfs_build_new(options);
    assert_non_null(build);
    assert_string_equal(mprom_romfs_build_error(build), "");
    return build;
}

void add_text(struct mprom_romfs_build *build, const char *path, const char *text)
{
    assert_int_equal(mprom_romfs_build_add_file(build, path, text, strlen(text), 0), 0);
}

uint8_t *finish(struct mprom_romfs_build *build, size_t *size, struct mprom_romfs_build_summary *summary)
{
    uint8_t *image = NULL;
    assert_int_equal(mprom_romfs_build_write_memory(build, &image, size, summary), 0);
    mprom_romfs_build_free(build);
    return image;
}

void finish_is(struct mprom_romfs_build *build, const void *bytes, size_t bytes_size)
{
    size_t size;
    uint8_t *image = finish(build, &size, NULL);
    assert_int_equal(size, bytes_size);
    assert_memory_equal(image, bytes, bytes_size);
    free(image);
}
