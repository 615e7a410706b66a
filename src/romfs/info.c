#include "romfs/info.h"

#include "romfs/record.h"
#include "romfs/varuint.h"

/* A number that fills its value. Returns false if it ends early, does not end, or does not fit 64 bits. */
static bool info_number(const struct mprom_romfs_span *value, uint64_t *number)
{
    const uint8_t *p = value->pos;
    uint8_t byte = 0x80;

    *number = 0;
    while (p != value->end && (byte & 0x80) != 0) {
        byte = *p++;
        if (!mprom_romfs_varuint_push64(number, byte)) {
            return false;
        }
    }
    return p == value->end && (byte & 0x80) == 0;
}

/* Takes one value into info. Returns false if it breaks the format. */
static bool info_take(struct mprom_romfs_info *info, uint32_t tag, const struct mprom_romfs_span *value)
{
    uint32_t size = (uint32_t)mprom_romfs_span_size(value);
    uint64_t number;

    switch (tag) {
    case MPROM_ROMFS_INFO_LABEL:
        info->label = (const char *)value->pos;
        info->label_size = size;
        return true;
    case MPROM_ROMFS_INFO_BUILD_TIME:
        return info_number(value, &info->build_time);
    case MPROM_ROMFS_INFO_ALIGN:
        if (!info_number(value, &number) || !mprom_romfs_info_is_align(number)) {
            return false;
        }
        info->align = (uint32_t)number;
        return true;
    case MPROM_ROMFS_INFO_BUILDER:
        info->builder = (const char *)value->pos;
        info->builder_size = size;
        return true;
    case MPROM_ROMFS_INFO_MPY:
        info->mpy = value->pos;
        return size == MPROM_ROMFS_INFO_MPY_SIZE;
    case MPROM_ROMFS_INFO_SEALED:
        info->sealed = true;
        return size == 0;
    default:
        return true;
    }
}

int mprom_romfs_info_read(const struct mprom_romfs *fs, struct mprom_romfs_info *info)
{
    struct mprom_romfs_span span = {fs->image + fs->payload_off, fs->image + fs->size};
    struct mprom_romfs_span body;
    uint32_t kind;
    uint32_t seen = 0;

    *info = (struct mprom_romfs_info){.align = 1};
    if (!mprom_romfs_record_next(&span, &kind, &body) || kind != MPROM_ROMFS_KIND_INFO) {
        return 0;
    }
    while (body.pos != body.end) {
        uint32_t tag;
        uint32_t size;
        struct mprom_romfs_span value;

        if (!mprom_romfs_record_varuint(&body, &tag) || !mprom_romfs_record_varuint(&body, &size) ||
            size > mprom_romfs_span_size(&body)) {
            return -MPROM_EBADMSG;
        }
        value.pos = body.pos;
        body.pos += size;
        value.end = body.pos;
        if (!mprom_romfs_info_is_new(tag, &seen) || !info_take(info, tag, &value)) {
            return -MPROM_EBADMSG;
        }
    }
    return 1;
}
