/*
 * The qemu port's configuration with ROMFS: `make -C ports/qemu MP_CONFIGFILE=...` reads this file in place of the
 * port's own.
 */
#include <mpconfigport.h>

#undef MICROPY_VFS_ROM_IOCTL
#define MICROPY_VFS_ROM_IOCTL (1)

/* RAM that the port's linker script leaves alone: MPS2's second megabyte is behind the program and its heap. */
#define MPROM_RAM_START 0x200000
#define MPROM_RAM_SIZE 0x100000
