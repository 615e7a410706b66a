#include "romfs/defaults.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/*
 * The most that a board is known to need for a type: an image does not say for which board it is, and 32 instead of
 * 16 costs 16 bytes of padding in a file at most.
 */
const struct romfs_default_align romfs_default_aligns[] = {
    {"*.tflite", 32,
     "a model that TensorFlow Lite Micro or an NPU reads in place: 16 on OpenMV's boards, 32 on the N6 and the MPS3; "
     "with "
     "less it fails at its first inference"},
    {"*.lite", 32, "the same under another name"},
    {"*.onnx", 32, "a model for the Neural-ART NPU of the N6, which needs 32"},
    {"*.bin", 32, "a compiled model or data of an NPU: 16 on OpenMV's boards, 32 on the N6"},
    {NULL, 0, NULL},
};

/* The patterns of this table are a star and a suffix. */
static bool align_matches(const char *pattern, const char *name, size_t name_size)
{
    const char *suffix = pattern + 1;
    size_t suffix_size = strlen(suffix);

    return suffix_size <= name_size && strncasecmp(suffix, name + name_size - suffix_size, suffix_size) == 0;
}

uint32_t romfs_default_align(const char *name, size_t name_size)
{
    for (const struct romfs_default_align *row = romfs_default_aligns; row->pattern != NULL; row++) {
        if (align_matches(row->pattern, name, name_size)) {
            return row->align;
        }
    }
    return 0;
}
