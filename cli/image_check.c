/* The check of a whole image. */
#include "cli/image_check.h"

#include <stdlib.h>

enum {
    CHECK_SORT_ROOM = 1 << 20, /* entries of one directory among which equal names are found */
    CHECK_FAULTS_MAX = 1000,   /* a broken image of megabytes could have as many faults as bytes */
    CHECK_PATH_ROOM = 4096,
};

struct fault_filter {
    image_fault_sink *sink;
    void *ctx;
    uint32_t count; /* faults and notes */
    uint32_t fault_count;
    bool more;
};

static int pass_fault(void *ctx, enum mprom_romfs_fault fault, uint32_t off, const char *path, uint32_t path_size)
{
    struct fault_filter *filter = ctx;
    bool is_note = mprom_romfs_fault_is_note(fault);
    filter->fault_count += !is_note;
    if (filter->count == CHECK_FAULTS_MAX) {
        filter->more = true;
        return is_note ? 0 : 1; /* whether the image is good is known at the first fault, and not before the end */
    }
    filter->count++;
    filter->sink(filter->ctx, fault, off, path, path_size);
    return 0;
}

int image_check(const struct image *image, image_fault_sink *sink, void *ctx, struct image_verdict *verdict)
{
    struct mprom_romfs_memory memory = {image->bytes, (uint32_t)image->size};
    struct mprom_romfs_source source = mprom_romfs_source_memory(&memory);
    struct fault_filter filter = {.sink = sink, .ctx = ctx};
    struct mprom_romfs_check check = {
        .source = &source,
        .flags = MPROM_ROMFS_CHECK_NAMES | MPROM_ROMFS_CHECK_INDEX | MPROM_ROMFS_CHECK_TRAILING |
                 MPROM_ROMFS_CHECK_UNUSUAL,
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
        int result = mprom_romfs_check(&check);
        bool failed = result != 0 && check.fault_count == 0; /* the check itself */
        *verdict = (struct image_verdict){!failed && filter.fault_count == 0, filter.more, check};
        status = CLI_OK;
    } else {
        cli_error("out of memory");
    }
    free(check.levels);
    free(check.path);
    free(check.sort);
    return status;
}
