#include "romfs/window.h"

#include <string.h>

#include "romfs/varuint.h"

void mprom_romfs_window_open(struct mprom_romfs_window *window, const struct mprom_romfs_source *source)
{
    window->source = source;
    window->error = 0;
    window->off = 0;
    window->size = 0;
}

void mprom_romfs_window_read(struct mprom_romfs_window *window, uint32_t off, void *dst, uint32_t size)
{
    if (window->error == 0) {
        window->error = window->source->read(window->source->ctx, off, dst, size);
    }
    if (window->error != 0) {
        memset(dst, 0, size);
    }
}

uint8_t mprom_romfs_window_byte(struct mprom_romfs_window *window, uint32_t off)
{
    if (off - window->off >= window->size) { /* also if it lies in front: the difference wraps */
        uint32_t left = window->source->size - off;

        window->off = off;
        window->size = left < MPROM_ROMFS_WINDOW_SIZE ? left : MPROM_ROMFS_WINDOW_SIZE;
        mprom_romfs_window_read(window, off, window->bytes, window->size);
    }
    return window->bytes[off - window->off];
}

uint32_t mprom_romfs_window_le32(struct mprom_romfs_window *window, uint32_t off)
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < 4; i++) {
        value |= (uint32_t)mprom_romfs_window_byte(window, off + i) << (8 * i);
    }
    return value;
}

bool mprom_romfs_window_varuint(struct mprom_romfs_window *window, uint32_t *off, uint32_t end, uint32_t *value)
{
    uint8_t byte;

    *value = 0;
    do {
        if (*off == end) {
            return false;
        }
        byte = mprom_romfs_window_byte(window, (*off)++);
        if (!mprom_romfs_varuint_push(value, byte)) {
            return false;
        }
    } while (byte & 0x80);
    return true;
}

bool mprom_romfs_window_number(struct mprom_romfs_window *window, uint32_t off, uint32_t end, uint64_t *value)
{
    uint8_t byte = 0x80;

    *value = 0;
    while (off != end && (byte & 0x80) != 0) {
        byte = mprom_romfs_window_byte(window, off++);
        if (!mprom_romfs_varuint_push64(value, byte)) {
            return false;
        }
    }
    return off == end && (byte & 0x80) == 0;
}

enum mprom_romfs_fault mprom_romfs_window_record(struct mprom_romfs_window *window, uint32_t off, uint32_t end,
                                                 struct mprom_romfs_window_record *record)
{
    uint32_t size;

    record->off = off;
    if (!mprom_romfs_window_varuint(window, &off, end, &record->kind)) {
        return MPROM_ROMFS_FAULT_VARUINT;
    }
    if (record->kind == MPROM_ROMFS_KIND_UNUSED) {
        return MPROM_ROMFS_FAULT_UNUSED_KIND;
    }
    if (!mprom_romfs_window_varuint(window, &off, end, &size)) {
        return MPROM_ROMFS_FAULT_VARUINT;
    }
    if (size > end - off) {
        return MPROM_ROMFS_FAULT_RECORD_BOUNDS;
    }
    record->body = off;
    record->end = off + size;
    return MPROM_ROMFS_FAULT_NONE;
}

enum mprom_romfs_fault mprom_romfs_window_name(struct mprom_romfs_window *window,
                                               struct mprom_romfs_window_record *record, uint32_t *name_size)
{
    if (!mprom_romfs_window_varuint(window, &record->body, record->end, name_size)) {
        return MPROM_ROMFS_FAULT_VARUINT;
    }
    return *name_size > record->end - record->body ? MPROM_ROMFS_FAULT_NAME_BOUNDS : MPROM_ROMFS_FAULT_NONE;
}
