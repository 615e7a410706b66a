/* The check of a whole image. */
#include "image_check.h"

#include <stdlib.h>

enum {
    CHECK_SORT_ROOM = 1 << 20, /* entries of one directory among which equal names are found */
    CHECK_FAULTS_MAX = 1000,   /* a broken image of megabytes could have as many faults as bytes */
    CHECK_PATH_ROOM = 4096,
};

struct fault_filter {
    image_fault_sink *sink;
    void *ctx;
    uint32_t count;
    bool more;
};

static int pass_fault(void *ctx, enum romfs_fault fault, uint32_t off, const char *path, uint32_t path_size)
{
    struct fault_filter *filter = ctx;
    if (filter->count == CHECK_FAULTS_MAX) {
        filter->more = true;
        return 1;
    }
    filter->count++;
    filter->sink(filter->ctx, fault, off, path, path_size);
    return 0;
}

int image_check(const struct image *image, image_fault_sink *sink, void *ctx, struct image_verdict *verdict)
{
    struct romfs_memory memory = {image->bytes, (uint32_t)image->size};
    struct romfs_source source = romfs_source_memory(&memory);
    struct fault_filter filter = {.sink = sink, .ctx = ctx};
    struct romfs_check check = {
        .source = &source,
        .flags = ROMFS_CHECK_NAMES | ROMFS_CHECK_INDEX | ROMFS_CHECK_TRAILING,
        .levels = calloc(IMAGE_LEVELS, sizeof *check.levels),
        .level_count = IMAGE_LEVELS,
        .path = malloc(CHECK_PATH_ROOM),
        .path_room = CHECK_PATH_ROOM,
        .sort = malloc(CHECK_SORT_ROOM * sizeof *check.sort),
        .sort_room = CHECK_SORT_ROOM,
        .on_fault = pass_fault,
        .ctx = &filter,
    };
    int status = CLI_FAILED;
    if (check.levels && check.path && check.sort) {
        int result = romfs_check(&check);
        if (result && filter.count == 0) {
            sink(ctx, check.first, check.first_off, "", 0);
        }
        *verdict = (struct image_verdict){result == 0, filter.count, filter.more, check};
        status = CLI_OK;
    } else {
        cli_error("out of memory");
    }
    free(check.levels);
    free(check.path);
    free(check.sort);
    return status;
}
