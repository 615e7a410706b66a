/*
 * vfs.rom_ioctl(): how clients on the other end of the REPL list, read and write segments. The numbers and the shape
 * of the calls are MicroPython's.
 */
#ifndef MPROM_ROM_IOCTL_H
#define MPROM_ROM_IOCTL_H

#include "py/obj.h"

enum mprom_rom_ioctl_op {
    MPROM_ROM_IOCTL_COUNT = 1,      /* () -> number of segments */
    MPROM_ROM_IOCTL_SEGMENT = 2,    /* (id) -> memoryview on the flash */
    MPROM_ROM_IOCTL_PREPARE = 3,    /* (id, size) or (id, offset, size) -> minimum write size */
    MPROM_ROM_IOCTL_WRITE = 4,      /* (id, offset, buf) -> 0 */
    MPROM_ROM_IOCTL_COMPLETE = 5,   /* (id) -> 0 */
    MPROM_ROM_IOCTL_BLOCK = 6,      /* (id) -> smallest block that can be prepared */
    MPROM_ROM_IOCTL_MPROM = 0x6d70, /* () -> one of the following; only mprom's firmware has this one */
};

/*
 * What a client may rely on once op 0x6d70 answered with a positive number: errors raise, the first unit is
 * programmed last and by op 5, which checks the image.
 */
enum {
    MPROM_ROM_IOCTL_WITH_MODULE = 1, /* and the module romfs is there */
    MPROM_ROM_IOCTL_WITHOUT_MODULE = 2
};

/*
 * rom_ioctl(op, ...) of Python. Operations 3, 4 and 5 raise OSError(errno, "segment N, offset X: why") when they fail; the
 * others answer a negative errno to an id that is none, and so does an operation that is none. TypeError for the
 * wrong number or type of arguments.
 */
mp_obj_t mprom_rom_ioctl(size_t n_args, const mp_obj_t *args);

/* Adds rom_ioctl to MicroPython's module vfs, whose table cannot be added to: MicroPython calls this for names that
 * are not in it. */
void mprom_rom_ioctl_attr(mp_obj_t self, qstr name, mp_obj_t *dest);

#endif
