# rom: the sources, from the top of the tree: segments and the update session; slots; and what takes the slots' place in
# firmware that must be small. CMake, make and the tests read these lists.
MPROM_ROM_C = \
	src/rom/head.c \
	src/rom/image.c \
	src/rom/image_source.c \
	src/rom/ioctl.c \
	src/rom/readable.c \
	src/rom/segment.c \
	src/rom/session.c \
	src/rom/stream.c \

MPROM_ROM_SLOTS_C = \
	src/rom/divide.c \
	src/rom/slot.c \
	src/rom/trailer.c \

MPROM_ROM_NO_SLOTS_C = \
	src/rom/no_slots.c \
