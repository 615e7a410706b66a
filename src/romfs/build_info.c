/* Makes the info record: what an image says of itself. */
#include <string.h>

#include "romfs/build.h"
#include "romfs/build_record.h"
#include "romfs/build_text.h"
#include "romfs/info.h"

static const char builder_text[] = "mprom " MPROM_VERSION;

/* The largest alignment that anything in the image has; 1 if all is without. */
static uint32_t info_align(const struct mprom_romfs_build *build)
{
    bool has_index = !build->options->no_index && build->node_count > 0;
    uint32_t align = has_index ? MPROM_BUILD_INDEX_ALIGN : 1;
    for (uint32_t i = 0; i < build->node_count; i++) {
        const struct mprom_build_node *node = build->order[i];
        if (!node->is_dir && node->size > 0 && node->align > align) {
            align = node->align;
        }
    }
    return align;
}

static uint8_t *info_put(uint8_t *dst, enum mprom_romfs_info_tag tag, const void *value, size_t size)
{
    *dst++ = (uint8_t)tag;
    dst = mprom_build_varuint_put(dst, size, mprom_build_varuint_size(size));
    if (size > 0) {
        memcpy(dst, value, size);
    }
    return dst + size;
}

static uint8_t *info_put_number(uint8_t *dst, enum mprom_romfs_info_tag tag, uint64_t number)
{
    uint8_t value[MPROM_BUILD_VARUINT_SIZE_MAX];
    uint8_t *end = mprom_build_varuint_put(value, number, mprom_build_varuint_size(number));
    return info_put(dst, tag, value, (size_t)(end - value));
}

static uint8_t *info_put_all(uint8_t *dst, const struct mprom_romfs_build *build, size_t label_size)
{
    const struct mprom_romfs_build_options *options = build->options;
    uint32_t align = info_align(build);
    if (options->label != NULL) {
        dst = info_put(dst, MPROM_ROMFS_INFO_LABEL, options->label, label_size);
    }
    if (options->build_time != 0) {
        dst = info_put_number(dst, MPROM_ROMFS_INFO_BUILD_TIME, options->build_time);
    }
    if (align > 1) {
        dst = info_put_number(dst, MPROM_ROMFS_INFO_ALIGN, align);
    }
    dst = info_put(dst, MPROM_ROMFS_INFO_BUILDER, builder_text, sizeof builder_text - 1);
    if (options->mpy != NULL) {
        dst = info_put(dst, MPROM_ROMFS_INFO_MPY, options->mpy, MPROM_ROMFS_INFO_MPY_SIZE);
    }
    if (!options->no_seal) {
        dst = info_put(dst, MPROM_ROMFS_INFO_SEALED, NULL, 0);
    }
    return dst;
}

int mprom_build_info(struct mprom_romfs_build *build)
{
    build->info_size = 0;
    if (build->options->no_info) {
        return 0;
    }
    const char *label = build->options->label;
    size_t label_size = label != NULL ? strlen(label) : 0;
    if (label_size > MPROM_BUILD_LABEL_SIZE_MAX || (label != NULL && !mprom_build_text_is_utf8(label, label_size))) {
        return mprom_build_fail(build, -MPROM_EINVAL, "the label is not UTF-8 or longer than %d bytes",
                                MPROM_BUILD_LABEL_SIZE_MAX);
    }
    enum {
        HEAD_SIZE_MAX = 2 * MPROM_BUILD_VARUINT_SIZE_MAX,
        VALUES_SIZE_MAX = 6 * 32 + sizeof builder_text
    };
    uint8_t *record = mprom_build_arena_alloc(&build->arena, HEAD_SIZE_MAX + VALUES_SIZE_MAX + label_size);
    if (record == NULL) {
        return mprom_build_fail_memory(build);
    }
    uint8_t *payload = record + HEAD_SIZE_MAX;
    size_t payload_size = (size_t)(info_put_all(payload, build, label_size) - payload);
    uint8_t *end =
        mprom_build_record_head(record, MPROM_ROMFS_KIND_INFO, payload_size, mprom_build_varuint_size(payload_size));
    memmove(end, payload, payload_size);
    build->info = record;
    build->info_size = (size_t)(end - record) + payload_size;
    return 0;
}
