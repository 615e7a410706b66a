# The module romfs for MicroPython's unix port and other ports of a PC:
#
#   make -C ports/unix USER_C_MODULES=<mprom>/micropython
#
# VfsRom stays MicroPython's own. The segments are files that MPROM_SEGMENTS names (docs/module-romfs.md).
MPROM_TOP := $(abspath $(USERMOD_DIR)/../..)

include $(MPROM_TOP)/micropython/sources.mk
include $(addprefix $(MPROM_TOP)/,src/romfs/sources.mk src/wire/sources.mk src/flash/sources.mk src/rom/sources.mk \
	src/receiver/sources.mk emulator/sources.mk)

# Scanned for the names of Python's; host_segments.c has none.
SRC_USERMOD_C += $(patsubst micropython/%,$(USER_C_MODULES)/%,$(MPROM_MODULE_C) \
	$(filter-out %/host_segments.c,$(MPROM_MODULE_PC_C)))

# Named from the top and found through vpath, so that their objects lie inside the port's build folder.
SRC_USERMOD_LIB_C += \
	$(USERMOD_DIR)/host_segments.c \
	$(MPROM_ROMFS_C) $(MPROM_WIRE_C) $(MPROM_FLASH_C) $(MPROM_ROM_C) $(MPROM_RECEIVER_C) \
	$(MPROM_CELLS_C) $(MPROM_CELLS_STORE_C)

vpath %.c $(MPROM_TOP)
CFLAGS_USERMOD += -I$(MPROM_TOP) -I$(MPROM_TOP)/include -I$(MPROM_TOP)/src
