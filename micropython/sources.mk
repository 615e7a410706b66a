# Sources, from the top of the tree. CMake, make and the tests read these lists.
# What joins MicroPython to segments; the module romfs, and its part that the PC asks; what takes the place of MicroPython's
# own VfsRom and rom_ioctl(); the module's parts on PCs.
MPROM_BINDING_C = \
	micropython/rom_binding.c \

MPROM_MODULE_C = \
	micropython/romfs/mod_romfs.c \
	micropython/romfs/mod_romfs_info.c \
	micropython/romfs/mod_romfs_segment.c \
	micropython/romfs/mod_romfs_update.c \

MPROM_LINK_C = \
	micropython/romfs/mod_romfs_link.c \
	micropython/romfs/mod_romfs_receive.c \

MPROM_VFS_ROM_C = \
	micropython/vfs_rom.c \
	micropython/vfs_rom_file.c \
	micropython/vfs_rom_find.c \

MPROM_ROM_IOCTL_C = \
	micropython/rom_ioctl.c \
	micropython/rom_scripts.c \
	micropython/rom_start.c \
	micropython/rom_start_report.c \
	micropython/vfs_rom_segments.c \

MPROM_MODULE_PC_C = \
	micropython/romfs/host_console.c \
	micropython/romfs/host_binding.c \
	micropython/romfs/host_segments.c \
