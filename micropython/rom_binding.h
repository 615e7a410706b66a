/*
 * What joins MicroPython to the segments (mprom/rom.h): VfsRom, vfs.rom_ioctl(), the mounts at start and the module
 * romfs all go through here.
 */
#ifndef MPROM_ROM_BINDING_H
#define MPROM_ROM_BINDING_H

#include "py/obj.h"

#include "mprom/rom.h"

/* The segments. The firmware gives the board's; elsewhere the module romfs brings its own. Never NULL. */
struct mprom_rom *mprom_rom_binding(void);

/* Whether vfs.rom_ioctl() is over these segments: so in mprom's firmware only. */
bool mprom_rom_binding_has_ioctl(void);

/* Bytes that the console takes in while nothing reads them; 0 if unknown. */
size_t mprom_rom_binding_console_room(void);

/* The console's rate, as board.h has it: the highest that it can be raised to, 0 for none; and its change. */
uint32_t mprom_rom_binding_console_baud_max(void);
void mprom_rom_binding_console_set_baud(uint32_t baud);

/* The board's unique id (board.h). Returns its size in bytes, 0 if it has none. */
size_t mprom_rom_binding_board_id(const uint8_t **id);

/* Whether the address lies in the mapped bytes of the segment that clients see; false for an id that is none. */
bool mprom_rom_binding_holds(uint32_t id, const void *mem);

/* Whether any of size bytes at mem lies in the mapped segment, its trailer included; false for an id that is none. */
bool mprom_rom_binding_overlaps(uint32_t id, const void *mem, size_t size);

/* The segment whose mapped bytes hold the address, or MPROM_ROM_SEGMENT_NONE. */
int mprom_rom_binding_find(const void *mem);

/* The segment as a read-only memoryview on the flash itself; MP_OBJ_NULL if the CPU cannot read it. id is valid. */
mp_obj_t mprom_rom_binding_view(uint32_t id);

/*
 * Mounts the image in a segment at path, which is copied, and returns the VfsRom. The image was checked before.
 * Raises OSError if the place is taken, and what the CPU cannot read.
 */
mp_obj_t mprom_rom_binding_mount(uint32_t id, const char *path);

/* The hook of struct mprom_rom_hooks: unmounts every VfsRom over a segment, wherever it is mounted. */
void mprom_rom_binding_release(struct mprom_rom *rom, uint32_t id);

/*
 * A number out of Python's: what does not fit 32 bits or is negative becomes UINT32_MAX, which no range contains.
 * Raises TypeError if it is no integer.
 */
uint32_t mprom_rom_binding_number(mp_obj_t number);

/* Raises OSError(errno, "segment N, offset X: why") for the error that a function of rom.h returned. */
void mprom_rom_binding_raise(int err) __attribute__((noreturn));

/* The same for an error that is not rom.h's own. */
void mprom_rom_binding_raise_at(int err, uint32_t id, uint32_t off, const char *why) __attribute__((noreturn));

#endif
