# Builds the firmware of a board, as it is flashed: BUILD/firmware.elf. The Makefile of each family says which it is.
#
#   make -C chips/<family> BOARD=<name> BUILD=<folder> MICROPYTHON_DIR=<source tree> [SHARED=<folder>]
#
# Boards with the same CPU share MicroPython's objects in SHARED, by default a folder in BUILD. Needs Debian's
# gcc-arm-none-eabi and libnewlib-arm-none-eabi. Nothing is written outside BUILD and SHARED.
# NAME_SLOTS is the board NAME with slots, if its board.mk has SLOTS.
#
# The family's family.mk has, for a FAMILY nrf:
#   MPROM_NRF_PORT_C               sources of every board's port
#   MPROM_NRF_PORT_<SERIES>_C      those of the SERIES that the board's board.mk says; may be left out
#   MPROM_NRF_STORE_<STORE>_C      the driver of the flash that the segments lie in, by the board's STORE, and what opens it
#   CPU_<SERIES>                   the compiler's flags for the CPU, -mcpu first
# Its Makefile may set EXTRA_OBJECTS, objects that it makes by rules of its own.
NAME := $(BOARD:%_SLOTS=%)
ifeq ($(wildcard boards/$(NAME)/board.c),)
$(error BOARD must be one of: $(notdir $(wildcard boards/*)))
endif
include boards/$(NAME)/board.mk
ifneq ($(BOARD),$(NAME))
ifeq ($(SLOTS),)
$(error $(NAME) has no variant with slots)
endif
CFLAGS_SLOTS = -DMPROM_SLOTS=$(strip $(SLOTS))
endif
ifeq ($(BUILD),)
$(error Set BUILD to the folder to build in)
endif
# See micropython/firmware/Makefile.
override BUILD := $(shell realpath -m --relative-to=. "$(BUILD)")
SHARED ?= $(BUILD)
MICROPYTHON_BUILD = $(abspath $(SHARED))/micropython-$(SERIES_CPU)

CROSS_COMPILE ?= arm-none-eabi-
JOBS ?= -j$(shell nproc)
CC = $(CROSS_COMPILE)gcc
TOP := $(abspath ../..)

include $(addprefix $(TOP)/,src/romfs/sources.mk src/wire/sources.mk src/flash/sources.mk src/rom/sources.mk \
	src/receiver/sources.mk arch/sources.mk chips/kit/sources.mk chips/$(FAMILY)/family.mk)
ifeq ($(CPU_$(SERIES)),)
$(error family.mk has no CPU_$(SERIES), which the SERIES of $(NAME) asks for)
endif
CPU = $(CPU_$(SERIES))
SERIES_CPU = $(patsubst -mcpu=%,%,$(firstword $(CPU)))

LISTS := MPROM_$(shell echo $(FAMILY) | tr a-z A-Z)
PORT_C = $($(LISTS)_PORT_C) $($(LISTS)_PORT_$(SERIES)_C)
STORE_C = $($(LISTS)_STORE_$(STORE)_C)
SOURCES = $(MPROM_CORTEX_M_C) $(MPROM_KIT_C) $(MPROM_KIT_ROM_C) $(PORT_C) chips/$(FAMILY)/boards/$(NAME)/board.c $(STORE_C) \
	$(MPROM_FLASH_C) $(MPROM_WIRE_C) $(MPROM_RECEIVER_C) $(MPROM_ROM_C) $(MPROM_ROM_SLOTS_C) $(MPROM_ROMFS_C)
OBJECTS = $(addprefix $(BUILD)/,$(SOURCES:.c=.o)) $(EXTRA_OBJECTS)
# Tests link a second one, from another memory.ld.
MEMORY ?= $(TOP)/chips/$(FAMILY)/boards/$(NAME)
ELF ?= $(BUILD)/firmware.elf
LIBRARIES = $(MICROPYTHON_BUILD)/named/$(BOARD)/libfirmware.a $(MICROPYTHON_BUILD)/shared/libfirmware.a
SECTIONS = $(TOP)/arch/cortex_m/sections.ld
BUILT_BY = Makefile ../kit/firmware.mk ../kit/sources.mk family.mk boards/$(NAME)/board.mk
.DEFAULT_GOAL := $(ELF)

CFLAGS = $(CPU) -std=c11 -Os -g -DNDEBUG -ffreestanding -ffunction-sections -fdata-sections \
	-Wall -Wextra -Wconversion -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wundef -Wpointer-arith -Wformat=2 \
	-Wswitch-enum -Werror -I$(TOP) -I$(TOP)/include -I$(TOP)/src -MMD -MP $(CFLAGS_SLOTS)
LDFLAGS = $(CPU) -nostartfiles --specs=nano.specs -Wl,--gc-sections -Wl,--fatal-warnings -L$(MEMORY) \
	-L$(TOP)/chips/$(FAMILY)/port -T$(SECTIONS) -Wl,-Map=$(ELF:.elf=.map)

$(ELF): $(BUILT_BY) $(OBJECTS) $(LIBRARIES) $(SECTIONS) $(wildcard port/*.ld) $(MEMORY)/memory.ld
	$(CC) $(LDFLAGS) -o $@ $(OBJECTS) -Wl,--start-group $(LIBRARIES) -Wl,--end-group -lm

$(BUILD)/%.o: $(TOP)/%.c $(BUILT_BY)
	@mkdir -p $(dir $@)
	$(CC) $(CFLAGS) -c -o $@ $<

# The objects of the flash driver, for tests.
.PHONY: list-driver
list-driver:
	@echo $(patsubst %.c,%.o,$(filter-out chips/$(FAMILY)/port/%,$(STORE_C)))

# MicroPython's makefiles know what has changed. Two boards may be built at once.
.PHONY: FORCE
$(LIBRARIES) &: FORCE
	@mkdir -p $(MICROPYTHON_BUILD)
	flock $(MICROPYTHON_BUILD)/lock env -u MAKEFLAGS -u MFLAGS $(MAKE) $(JOBS) -C $(TOP)/micropython/firmware shared \
		MICROPYTHON_DIR=$(MICROPYTHON_DIR) BUILD=$(MICROPYTHON_BUILD) BOARD=$(BOARD) CROSS_COMPILE=$(CROSS_COMPILE) \
		CFLAGS_BOARD="$(CPU)"

-include $(OBJECTS:.o=.d)
