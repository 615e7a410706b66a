/*
 * The parts of the check: what they share. Private to src/romfs.
 */
#ifndef MPROM_ROMFS_CHECK_PARTS_H
#define MPROM_ROMFS_CHECK_PARTS_H

#include "romfs/window.h"

/* For a function whose locals would lie below a deep call of its caller, were it inlined (scripts/stack-report). */
#define MPROM_ROMFS_OWN_FRAME __attribute__((noinline))

/* Whether to stop: enough faults, or the source failed. */
static inline bool mprom_romfs_check_over(const struct mprom_romfs_checker *checker)
{
    return checker->over || checker->window.error != 0;
}

static inline bool mprom_romfs_check_wants(const struct mprom_romfs_checker *checker,
                                           enum mprom_romfs_check_flags flag)
{
    return (checker->check->flags & (unsigned)flag) != 0;
}

/* Reports a fault in the entry that the path names. */
void mprom_romfs_check_fault(struct mprom_romfs_checker *checker, enum mprom_romfs_fault fault, uint32_t off);

/* The same for what is only unusual, to those who want to hear of it. */
void mprom_romfs_check_unusual(struct mprom_romfs_checker *checker, enum mprom_romfs_fault fault, uint32_t off);

/*
 * Adds a name to the path; cut off path_size to remove it. Returns MPROM_ROMFS_FAULT_NONE, or what is wrong with the
 * name.
 */
enum mprom_romfs_fault mprom_romfs_check_path_push(struct mprom_romfs_checker *checker, uint32_t name_off,
                                                   uint32_t name_size);

/* Takes the record at off, or reports its fault and returns false; the rest of what it is in is lost then. */
bool mprom_romfs_check_take(struct mprom_romfs_checker *checker, uint32_t off, uint32_t end,
                            struct mprom_romfs_window_record *record);

/* The walk over all records behind the header. */
void mprom_romfs_check_records(struct mprom_romfs_checker *checker);

/* Looks at the entries of one directory together: names that occur twice, and entries that the index lacks. Records
 * at fault are left to the walk. */
void mprom_romfs_check_dir(struct mprom_romfs_checker *checker, uint32_t dir_off, uint32_t off, uint32_t end);

/* The info record. */
void mprom_romfs_check_info(struct mprom_romfs_checker *checker, const struct mprom_romfs_window_record *record);

/* Finds the records in the places of index and seal, without reporting anything. */
void mprom_romfs_check_find_tail(struct mprom_romfs_checker *checker);

/* The index's shape and order; sets slots_off and slot_count if it can be searched. */
void mprom_romfs_check_index(struct mprom_romfs_checker *checker);

/* After the walk: whether there are slots that no entry has. */
void mprom_romfs_check_index_count(struct mprom_romfs_checker *checker);

/* Whether the index has the slot of this entry. */
bool mprom_romfs_check_index_has(struct mprom_romfs_checker *checker, uint32_t hash, uint32_t off);

/* The seal; the bytes behind the image. */
void mprom_romfs_check_seal(struct mprom_romfs_checker *checker);
void mprom_romfs_check_trailing(struct mprom_romfs_checker *checker);

#endif
