/* The unix port's configuration with vfs.rom_ioctl(), as the ports of boards have it. */
#include <mpconfigport.h>

#undef MICROPY_VFS_ROM_IOCTL
#define MICROPY_VFS_ROM_IOCTL (1)
