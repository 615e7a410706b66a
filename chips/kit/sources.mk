# What every bare board's firmware has, from the top of the tree. Make and the tests read this list.
MPROM_KIT_C = \
	chips/kit/kit_clock.c \
	chips/kit/kit_console.c \
	chips/kit/kit_main.c \
	chips/kit/kit_wait.c \

# Without registers: it runs on the PC too.
MPROM_KIT_ROM_C = \
	chips/kit/kit_rom.c \

# For the PC: what the chip models of every family share.
MPROM_KIT_MODEL_C = \
	chips/kit/model/kit_segments.c \
