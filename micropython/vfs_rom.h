/*
 * VfsRom: an image as a filesystem of MicroPython. It takes the place of MicroPython's own type of that name.
 */
#ifndef MPROM_VFS_ROM_H
#define MPROM_VFS_ROM_H

#include "py/misc.h"
#include "py/obj.h"

#include "mprom/romfs.h"

/* A VfsRom. With 32-bit pointers it fills two blocks of the heap exactly. */
struct mprom_vfs_rom {
    mp_obj_base_t base;
    /*
     * The object that keeps the image alive. For an image inside a segment, which needs no keeping, the segment's
     * generation instead, as a small int: a session that opens there makes everything below stale.
     */
    mp_obj_t memory;
    struct mprom_romfs fs;
    char *cwd; /* current directory, as "/lib/net"; NULL for the root */
};

/*
 * The type, under the name by which MicroPython's module vfs refers to it; in MicroPython's own ports under the one that
 * the linker puts in its place (docs/decisions/ports.md).
 */
#ifdef MPROM_WRAPS_VFS_ROM
#define mp_type_vfs_rom __wrap_mp_type_vfs_rom
#endif
extern const mp_obj_type_t mp_type_vfs_rom;

/* Whether the image has been, or is being, replaced: nothing in it may be read any more. */
bool mprom_vfs_rom_is_stale(const struct mprom_vfs_rom *self);

/* Raises OSError(EIO) if the image is stale. */
void mprom_vfs_rom_check(const struct mprom_vfs_rom *self);

/* Prints the path from the root, "" or as "/lib/net", into a string that the caller clears. */
void mprom_vfs_rom_path_resolve(const struct mprom_vfs_rom *self, const char *path, vstr_t *full);

/*
 * Finds what path names, from the current directory if it does not start with '/'.
 *
 * Returns 0 and fills entry, or
 *   -MPROM_ENOENT   no such entry, or corruption hides it
 *   -MPROM_EIO      the image is stale
 */
int mprom_vfs_rom_find(const struct mprom_vfs_rom *self, const char *path, struct mprom_romfs_entry *entry);

/* The same for a path object. Raises OSError if nothing is found, TypeError if it is no string. */
void mprom_vfs_rom_find_raise(const struct mprom_vfs_rom *self, mp_obj_t path, struct mprom_romfs_entry *entry);

/* VfsRom.open(path, mode) */
mp_obj_t mprom_vfs_rom_file_open(mp_obj_t self_in, mp_obj_t path, mp_obj_t mode);

/*
 * The generation of the segment that mem lies in, as a small int; MP_OBJ_NULL if it lies in none. VfsRom asks this of
 * whoever knows the segments: rom_binding.c.
 */
mp_obj_t mprom_vfs_rom_generation(const void *mem);

#endif
