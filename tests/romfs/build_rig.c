#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "romfs/build_rig.h"

const struct romfs_build_options bare = {.align = 1, .no_info = true, .no_index = true, .no_seal = true};
const struct romfs_build_options plain;

struct romfs_build *new_build(const struct romfs_build_options *options)
{
    struct romfs_build *build = romfs_build_new(options);
    assert_non_null(build);
    assert_string_equal(romfs_build_error(build), "");
    return build;
}

void add_text(struct romfs_build *build, const char *path, const char *text)
{
    assert_int_equal(romfs_build_add_file(build, path, text, strlen(text), 0), 0);
}

uint8_t *finish(struct romfs_build *build, size_t *size, struct romfs_build_summary *summary)
{
    uint8_t *image = NULL;
    assert_int_equal(romfs_build_write_memory(build, &image, size, summary), 0);
    romfs_build_free(build);
    return image;
}

void finish_is(struct romfs_build *build, const void *bytes, size_t bytes_size)
{
    size_t size;
    uint8_t *image = finish(build, &size, NULL);
    assert_int_equal(size, bytes_size);
    assert_memory_equal(image, bytes, bytes_size);
    free(image);
}
