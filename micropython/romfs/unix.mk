# The module romfs and mprom's VfsRom for MicroPython's unix port; port/micropython.mk includes it. The segments are
# files that MPROM_SEGMENTS names (docs/module-romfs.md).
include $(MPROM_TOP)/emulator/sources.mk

# Scanned for the names of Python's; host_segments.c has none.
SRC_USERMOD_C += $(patsubst micropython/%,$(USER_C_MODULES)/%,$(MPROM_PYTHON_C) $(MPROM_VFS_ROM_C) \
	micropython/vfs_rom_segments.c $(filter-out %/host_segments.c,$(MPROM_MODULE_PC_C)))

# Named from the top and found through vpath, so that their objects lie inside the port's build folder.
SRC_USERMOD_LIB_C += $(USER_C_MODULES)/romfs/host_segments.c $(MPROM_LIBRARIES_C) $(MPROM_CELLS_C) $(MPROM_CELLS_STORE_C)
vpath src/%.c $(MPROM_TOP)
vpath emulator/%.c $(MPROM_TOP)
CFLAGS_USERMOD += -I$(MPROM_TOP) -I$(MPROM_TOP)/include -I$(MPROM_TOP)/src
LDFLAGS_USERMOD += -Wl,--wrap=mp_type_vfs_rom
