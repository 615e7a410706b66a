#include "romfs/window.h"

#include <string.h>

#include "romfs/varuint.h"

void romfs_window_open(struct romfs_window *window, const struct romfs_source *source)
{
    window->source = source;
    window->error = 0;
    window->off = 0;
    window->size = 0;
}

void romfs_window_read(struct romfs_window *window, uint32_t off, void *dst, uint32_t size)
{
    if (window->error == 0) {
        window->error = window->source->read(window->source->ctx, off, dst, size);
    }
    if (window->error != 0) {
        memset(dst, 0, size);
    }
}

uint8_t romfs_window_byte(struct romfs_window *window, uint32_t off)
{
    if (off - window->off >= window->size) { /* also if it lies in front: the difference wraps */
        uint32_t left = window->source->size - off;

        window->off = off;
        window->size = left < ROMFS_WINDOW_SIZE ? left : ROMFS_WINDOW_SIZE;
        romfs_window_read(window, off, window->bytes, window->size);
    }
    return window->bytes[off - window->off];
}

uint32_t romfs_window_le32(struct romfs_window *window, uint32_t off)
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < 4; i++) {
        value |= (uint32_t)romfs_window_byte(window, off + i) << (8 * i);
    }
    return value;
}

bool romfs_window_varuint(struct romfs_window *window, uint32_t *off, uint32_t end, uint32_t *value)
{
    uint8_t byte;

    *value = 0;
    do {
        if (*off == end) {
            return false;
        }
        byte = romfs_window_byte(window, (*off)++);
        if (!romfs_varuint_push(value, byte)) {
            return false;
        }
    } while (byte & 0x80);
    return true;
}

bool romfs_window_number(struct romfs_window *window, uint32_t off, uint32_t end, uint64_t *value)
{
    uint8_t byte = 0x80;

    *value = 0;
    while (off != end && (byte & 0x80) != 0) {
        byte = romfs_window_byte(window, off++);
        if (!romfs_varuint_push64(value, byte)) {
            return false;
        }
    }
    return off == end && (byte & 0x80) == 0;
}

enum romfs_fault romfs_window_record(struct romfs_window *window, uint32_t off, uint32_t end,
                                     struct romfs_window_record *record)
{
    uint32_t size;

    record->off = off;
    if (!romfs_window_varuint(window, &off, end, &record->kind)) {
        return ROMFS_FAULT_VARUINT;
    }
    if (record->kind == ROMFS_KIND_UNUSED) {
        return ROMFS_FAULT_UNUSED_KIND;
    }
    if (!romfs_window_varuint(window, &off, end, &size)) {
        return ROMFS_FAULT_VARUINT;
    }
    if (size > end - off) {
        return ROMFS_FAULT_RECORD_BOUNDS;
    }
    record->body = off;
    record->end = off + size;
    return ROMFS_FAULT_NONE;
}

enum romfs_fault romfs_window_name(struct romfs_window *window, struct romfs_window_record *record,
                                   uint32_t *name_size)
{
    if (!romfs_window_varuint(window, &record->body, record->end, name_size)) {
        return ROMFS_FAULT_VARUINT;
    }
    return *name_size > record->end - record->body ? ROMFS_FAULT_NAME_BOUNDS : ROMFS_FAULT_NONE;
}
