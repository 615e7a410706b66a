/*
 * Records in memory: what the reader, the index and the info record are made of. Private to src/romfs.
 */
#ifndef MPROM_ROMFS_RECORD_H
#define MPROM_ROMFS_RECORD_H

#include <string.h>

#include "mprom/romfs.h"

/* Bytes that are still to be read. Nothing ever reads at or behind `end`. */
struct mprom_romfs_span {
    const uint8_t *pos;
    const uint8_t *end;
};

static inline size_t mprom_romfs_span_size(const struct mprom_romfs_span *span)
{
    return (size_t)(span->end - span->pos);
}

/* Takes a varuint off the front. Returns false if it does not fit 32 bits or does not end within the span. */
bool mprom_romfs_record_varuint(struct mprom_romfs_span *span, uint32_t *value);

/* Takes a record off the front and sets body to its payload. Returns false if it is corrupt or of kind 0. */
bool mprom_romfs_record_next(struct mprom_romfs_span *span, uint32_t *kind, struct mprom_romfs_span *body);

/*
 * Takes records off the front until a directory or file, and fills entry; entry->data is what is nested in it, for a
 * file too. Returns 1; 0 at the end; -MPROM_EBADMSG, and the span stands at the corrupt record.
 */
int mprom_romfs_record_entry(const struct mprom_romfs *fs, struct mprom_romfs_span *span,
                             struct mprom_romfs_entry *entry);

/* Turns the nested records of a file into its contents; leaves a directory alone. Returns 1, or -MPROM_EBADMSG. */
int mprom_romfs_record_resolve(const struct mprom_romfs *fs, struct mprom_romfs_entry *entry);

static inline bool mprom_romfs_entry_is(const struct mprom_romfs_entry *entry, const char *name, size_t name_size)
{
    return entry->name_size == name_size && memcmp(entry->name, name, name_size) == 0;
}

/* Little-endian, from any address. */
static inline uint32_t mprom_romfs_load_le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

#endif
