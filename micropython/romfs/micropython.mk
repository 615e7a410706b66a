# The module romfs for MicroPython's unix port and other ports of a PC:
#
#   make -C ports/unix USER_C_MODULES=<mprom>/micropython
#
# VfsRom stays MicroPython's own. The segments are files that MPROM_SEGMENTS names (docs/module-romfs.md).
ROMFS_MOD_DIR := $(USERMOD_DIR)
MPROM_TOP := $(abspath $(ROMFS_MOD_DIR)/../..)

SRC_USERMOD_C += \
	$(ROMFS_MOD_DIR)/host_mounts.c \
	$(ROMFS_MOD_DIR)/mod_romfs.c \
	$(ROMFS_MOD_DIR)/mod_romfs_info.c \
	$(ROMFS_MOD_DIR)/mod_romfs_update.c \

# Found through vpath, so that the objects stay inside the port's build folder.
SRC_USERMOD_LIB_C += \
	emulator/cells.c \
	emulator/cells_store.c \
	emulator/cells_torn.c \
	micropython/romfs/host_segments.c \
	$(patsubst $(MPROM_TOP)/%,%,$(wildcard $(MPROM_TOP)/src/flash/*.c $(MPROM_TOP)/src/rom/*.c)) \
	$(addprefix src/romfs/,check.c check_index.c check_info.c check_names.c check_tail.c crc32.c index.c info.c \
		reader.c record.c seal.c) \

SRC_USERMOD_C += micropython/rom_binding.c

vpath %.c $(MPROM_TOP)
CFLAGS_USERMOD += -I$(MPROM_TOP) -I$(MPROM_TOP)/include -I$(MPROM_TOP)/src
