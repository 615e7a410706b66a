# The module romfs for MicroPython's unix port and other ports of a PC:
#
#   make -C ports/unix USER_C_MODULES=<mprom>/micropython
#
# VfsRom stays MicroPython's own. The segments are files that MPROM_SEGMENTS names (docs/module-romfs.md).
MPROM_TOP := $(abspath $(USERMOD_DIR)/../..)

SRC_USERMOD_C += \
	$(USER_C_MODULES)/rom_binding.c \
	$(USERMOD_DIR)/host_console.c \
	$(USERMOD_DIR)/host_mounts.c \
	$(USERMOD_DIR)/mod_romfs.c \
	$(USERMOD_DIR)/mod_romfs_info.c \
	$(USERMOD_DIR)/mod_romfs_link.c \
	$(USERMOD_DIR)/mod_romfs_receive.c \
	$(USERMOD_DIR)/mod_romfs_update.c \

# Named from the top and found through vpath, so that their objects lie inside the port's build folder.
MPROM_LIB_C := $(wildcard $(addprefix $(MPROM_TOP)/,src/romfs/*.c src/flash/*.c src/rom/*.c src/receiver/*.c \
	emulator/cells*.c))
MPROM_HOST_C := $(wildcard $(addprefix $(MPROM_TOP)/src/romfs/,build*.c tree*.c))
SRC_USERMOD_LIB_C += \
	$(USERMOD_DIR)/host_segments.c \
	$(patsubst $(MPROM_TOP)/%,%,$(filter-out $(MPROM_HOST_C),$(MPROM_LIB_C))) \

vpath %.c $(MPROM_TOP)
CFLAGS_USERMOD += -I$(MPROM_TOP) -I$(MPROM_TOP)/include -I$(MPROM_TOP)/src
