# rom: the sources, from the top of the tree. CMake, make and the tests read this list.
MPROM_ROM_C = \
	src/rom/divide.c \
	src/rom/head.c \
	src/rom/image.c \
	src/rom/image_source.c \
	src/rom/ioctl.c \
	src/rom/readable.c \
	src/rom/segment.c \
	src/rom/session.c \
	src/rom/slot.c \
	src/rom/stream.c \
	src/rom/trailer.c \
