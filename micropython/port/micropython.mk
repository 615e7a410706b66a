# mprom inside MicroPython's own ports (docs/ports.md):
#
#   make -C ports/PORT BOARD=... USER_C_MODULES=<mprom>/micropython
#
#   MPROM_SLOTS=2   divides the port's ROMFS partition into so many slots; 1: it is one segment
#   MPROM_BOOT=0    leaves boot and main to the port, so nothing runs from /rom by itself
#   MPROM_LINK=0    leaves out what makes deploys fast: the receiver, digests, and what the firmware says of itself
#   MPROM_SMALL=1   leaves out slots, the module romfs and reasons in words as well
MPROM_TOP := $(abspath $(USERMOD_DIR)/../..)
MPROM_PORT ?= $(subst -,_,$(notdir $(CURDIR)))
MPROM_SLOTS ?= 1
MPROM_BOOT ?= 1
MPROM_SMALL ?= 0
MPROM_LINK ?= $(if $(filter 1,$(MPROM_SMALL)),0,1)

include $(addprefix $(MPROM_TOP)/,micropython/sources.mk micropython/port/sources.mk src/romfs/sources.mk src/wire/sources.mk \
	src/flash/sources.mk src/rom/sources.mk src/receiver/sources.mk)
MPROM_LIBRARIES_C = $(MPROM_ROMFS_C) $(MPROM_FLASH_C) $(MPROM_ROM_C)
ifeq ($(MPROM_SMALL),1)
MPROM_LIBRARIES_C += $(MPROM_ROM_NO_SLOTS_C)
MPROM_PYTHON_C = $(MPROM_BINDING_C)
else
MPROM_LIBRARIES_C += $(MPROM_ROM_SLOTS_C)
MPROM_PYTHON_C = $(MPROM_BINDING_C) $(MPROM_MODULE_C)
endif
ifeq ($(MPROM_LINK),1)
MPROM_LIBRARIES_C += $(MPROM_WIRE_C) $(MPROM_RECEIVER_C)
MPROM_PYTHON_C += $(MPROM_LINK_C)
endif

CFLAGS_USERMOD += -DMPROM_WRAPS_VFS_ROM=1

ifeq ($(MPROM_PORT),unix)
include $(MPROM_TOP)/micropython/romfs/unix.mk
else

MPROM_LAYER_C = $(MPROM_PORT_$(MPROM_PORT)_C)
ifeq ($(MPROM_LAYER_C),)
$(error mprom does not know how MicroPython's port $(MPROM_PORT) writes its flash; docs/ports.md lists the ports that it knows)
endif

# Scanned for the names of Python's.
SRC_USERMOD_C += $(patsubst micropython/%,$(USER_C_MODULES)/%,$(MPROM_PYTHON_C) $(MPROM_VFS_ROM_C) $(MPROM_ROM_IOCTL_C) \
	$(MPROM_PORT_C) $(MPROM_LAYER_C))
# Named from the top and found through vpath, so that their objects lie inside the port's build folder.
SRC_USERMOD_LIB_C += $(MPROM_LIBRARIES_C) $(MPROM_PORT_$(MPROM_PORT)_LIBRARIES_C)
$(foreach folder,src arch chips emulator tests,$(eval vpath $(folder)/%.c $(MPROM_TOP)))
CFLAGS_USERMOD += -I$(MPROM_TOP) -I$(MPROM_TOP)/include -I$(MPROM_TOP)/src \
	$(addprefix -D,MPROM_SLOTS=$(MPROM_SLOTS) MPROM_BOOT=$(MPROM_BOOT) MPROM_LINK=$(MPROM_LINK) MPROM_SMALL=$(MPROM_SMALL) $(MPROM_PORT_$(MPROM_PORT)_DEFINES))

# What only this port's build needs.
-include $(MPROM_TOP)/micropython/port/$(MPROM_PORT)/port.mk

# The port's makefile calls the compiler to link, or the linker itself.
MPROM_TO_LINKER := $(shell grep -qs -e '-Wl,--gc-sections' Makefile *.mk && echo -Wl,)
# One that links without LDFLAGS, as alif's does, has its options for the linker in CFLAGS.
MPROM_LINK_FLAGS := $(if $(shell grep -ls LDFLAGS Makefile *.mk),LDFLAGS_USERMOD,CFLAGS_USERMOD)
$(MPROM_LINK_FLAGS) += $(addprefix $(MPROM_TO_LINKER)--wrap=,$(MPROM_WRAPS) $(MPROM_PORT_$(MPROM_PORT)_WRAPS))

# A wrap of what is called inside of one unit is lost without a word, and to link-time optimisation all is one.
$(BUILD)/extmod/vfs.o: CFLAGS += -fno-lto

MPROM_PROGRAM ?= $(BUILD)/firmware.elf
.PHONY: mprom-check-wraps
mprom-check-wraps: $(MPROM_PROGRAM)
	$(Q)$(MPROM_TOP)/micropython/port/check_wraps "$(or $(NM),$(CROSS_COMPILE)nm)" $< \
		$(filter-out $(MPROM_PORT_$(MPROM_PORT)_UNUSED),$(MPROM_WRAPS))
all: mprom-check-wraps

endif
