#include "romfs/record.h"

#include "romfs/varuint.h"

bool romfs_record_varuint(struct romfs_span *span, uint32_t *value)
{
    uint8_t byte;

    *value = 0;
    do {
        if (span->pos == span->end) {
            return false;
        }
        byte = *span->pos++;
        if (!romfs_varuint_push(value, byte)) {
            return false;
        }
    } while (byte & 0x80);
    return true;
}

bool romfs_record_next(struct romfs_span *span, uint32_t *kind, struct romfs_span *body)
{
    uint32_t size;

    if (!romfs_record_varuint(span, kind) || *kind == ROMFS_KIND_UNUSED || !romfs_record_varuint(span, &size) ||
        size > romfs_span_size(span)) {
        return false;
    }
    body->pos = span->pos;
    span->pos += size;
    body->end = span->pos;
    return true;
}

int romfs_record_entry(const struct romfs *fs, struct romfs_span *span, struct romfs_entry *entry)
{
    while (span->pos != span->end) {
        const uint8_t *start = span->pos;
        struct romfs_span body;
        uint32_t kind;
        bool ok = romfs_record_next(span, &kind, &body);

        if (ok && kind != ROMFS_KIND_DIR && kind != ROMFS_KIND_FILE) {
            continue;
        }
        if (!ok || !romfs_record_varuint(&body, &entry->name_size) || entry->name_size > romfs_span_size(&body)) {
            span->pos = start;
            return -MPROM_EBADMSG;
        }
        entry->is_dir = kind == ROMFS_KIND_DIR;
        entry->off = (uint32_t)(start - fs->image);
        entry->name = (const char *)body.pos;
        entry->data = body.pos + entry->name_size;
        entry->size = (uint32_t)(body.end - entry->data);
        return 1;
    }
    return 0;
}

/* What a data pointer points to. Returns false if that is not inside the image's payload. */
static bool record_follow(const struct romfs *fs, struct romfs_span *pointer, struct romfs_entry *entry)
{
    uint32_t payload_size = fs->size - fs->payload_off;
    uint32_t off;

    if (!romfs_record_varuint(pointer, &entry->size) || !romfs_record_varuint(pointer, &off) || off > payload_size ||
        entry->size > payload_size - off) {
        return false;
    }
    entry->data = fs->image + fs->payload_off + off;
    return true;
}

int romfs_record_resolve(const struct romfs *fs, struct romfs_entry *entry)
{
    struct romfs_span nested = {entry->data, entry->data + entry->size};
    struct romfs_span body;
    uint32_t kind;

    if (entry->is_dir) {
        return 1;
    }
    do {
        if (!romfs_record_next(&nested, &kind, &body)) {
            return -MPROM_EBADMSG; /* at the end too: a file without contents */
        }
    } while (kind != ROMFS_KIND_DATA && kind != ROMFS_KIND_DATA_POINTER);
    if (kind == ROMFS_KIND_DATA) {
        entry->data = body.pos;
        entry->size = (uint32_t)romfs_span_size(&body);
        return 1;
    }
    return record_follow(fs, &body, entry) ? 1 : -MPROM_EBADMSG;
}
