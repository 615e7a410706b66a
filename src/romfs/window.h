/*
 * Reading an image through a callback, a few bytes at a time. Private to src/romfs.
 */
#ifndef MPROM_ROMFS_WINDOW_H
#define MPROM_ROMFS_WINDOW_H

#include "mprom/romfs_check.h"

/* A record, by offsets from the start of the image. */
struct mprom_romfs_window_record {
    uint32_t off;
    uint32_t kind;
    uint32_t body;
    uint32_t end;
};

void mprom_romfs_window_open(struct mprom_romfs_window *window, const struct mprom_romfs_source *source);

/* Reads past the window, which stays as it is. The range must be inside the source; zeros if the source has failed.
 */
void mprom_romfs_window_read(struct mprom_romfs_window *window, uint32_t off, void *dst, uint32_t size);

/* off must be inside the source. */
uint8_t mprom_romfs_window_byte(struct mprom_romfs_window *window, uint32_t off);

/* Four bytes, little-endian, inside the source. */
uint32_t mprom_romfs_window_le32(struct mprom_romfs_window *window, uint32_t off);

/* Moves *off behind the varuint that starts there. Returns false if it does not fit 32 bits or end before `end`. */
bool mprom_romfs_window_varuint(struct mprom_romfs_window *window, uint32_t *off, uint32_t end, uint32_t *value);

/* The same for one that has up to 64 bits and ends exactly at `end`. */
bool mprom_romfs_window_number(struct mprom_romfs_window *window, uint32_t off, uint32_t end, uint64_t *value);

/*
 * Reads the record at off, which is below `end`. Returns MPROM_ROMFS_FAULT_NONE, or what is wrong with it; then only
 * record->off is set.
 */
enum mprom_romfs_fault mprom_romfs_window_record(struct mprom_romfs_window *window, uint32_t off, uint32_t end,
                                                 struct mprom_romfs_window_record *record);

/*
 * Reads the length of an entry's name, moving record->body to the name. Returns MPROM_ROMFS_FAULT_NONE, or what is
 * wrong.
 */
enum mprom_romfs_fault mprom_romfs_window_name(struct mprom_romfs_window *window,
                                               struct mprom_romfs_window_record *record, uint32_t *name_size);

#endif
