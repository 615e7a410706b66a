#include "romfs/record.h"

#include "romfs/varuint.h"

bool mprom_romfs_record_varuint(struct mprom_romfs_span *span, uint32_t *value)
{
    uint8_t byte;

    *value = 0;
    do {
        if (span->pos == span->end) {
            return false;
        }
        byte = *span->pos++;
        if (!mprom_romfs_varuint_push(value, byte)) {
            return false;
        }
    } while (byte & 0x80);
    return true;
}

bool mprom_romfs_record_next(struct mprom_romfs_span *span, uint32_t *kind, struct mprom_romfs_span *body)
{
    uint32_t size;

    if (!mprom_romfs_record_varuint(span, kind) || *kind == MPROM_ROMFS_KIND_UNUSED ||
        !mprom_romfs_record_varuint(span, &size) || size > mprom_romfs_span_size(span)) {
        return false;
    }
    body->pos = span->pos;
    span->pos += size;
    body->end = span->pos;
    return true;
}

int mprom_romfs_record_entry(const struct mprom_romfs *fs, struct mprom_romfs_span *span,
                             struct mprom_romfs_entry *entry)
{
    while (span->pos != span->end) {
        const uint8_t *start = span->pos;
        struct mprom_romfs_span body;
        uint32_t kind;
        bool ok = mprom_romfs_record_next(span, &kind, &body);

        if (ok && kind != MPROM_ROMFS_KIND_DIR && kind != MPROM_ROMFS_KIND_FILE) {
            continue;
        }
        if (!ok || !mprom_romfs_record_varuint(&body, &entry->name_size) ||
            entry->name_size > mprom_romfs_span_size(&body)) {
            span->pos = start;
            return -MPROM_EBADMSG;
        }
        entry->is_dir = kind == MPROM_ROMFS_KIND_DIR;
        entry->off = (uint32_t)(start - fs->image);
        entry->name = (const char *)body.pos;
        entry->data = body.pos + entry->name_size;
        entry->size = (uint32_t)(body.end - entry->data);
        return 1;
    }
    return 0;
}

/* What a data pointer points to. Returns false if that is not inside the image's payload. */
static bool record_follow(const struct mprom_romfs *fs, struct mprom_romfs_span *pointer,
                          struct mprom_romfs_entry *entry)
{
    uint32_t payload_size = fs->size - fs->payload_off;
    uint32_t off;

    if (!mprom_romfs_record_varuint(pointer, &entry->size) || !mprom_romfs_record_varuint(pointer, &off) ||
        off > payload_size || entry->size > payload_size - off) {
        return false;
    }
    entry->data = fs->image + fs->payload_off + off;
    return true;
}

int mprom_romfs_record_resolve(const struct mprom_romfs *fs, struct mprom_romfs_entry *entry)
{
    struct mprom_romfs_span nested = {entry->data, entry->data + entry->size};
    struct mprom_romfs_span body;
    uint32_t kind;

    if (entry->is_dir) {
        return 1;
    }
    do {
        if (!mprom_romfs_record_next(&nested, &kind, &body)) {
            return -MPROM_EBADMSG; /* at the end too: a file without contents */
        }
    } while (kind != MPROM_ROMFS_KIND_DATA && kind != MPROM_ROMFS_KIND_DATA_POINTER);
    if (kind == MPROM_ROMFS_KIND_DATA) {
        entry->data = body.pos;
        entry->size = (uint32_t)mprom_romfs_span_size(&body);
        return 1;
    }
    return record_follow(fs, &body, entry) ? 1 : -MPROM_EBADMSG;
}
