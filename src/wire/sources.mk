# wire: the sources, from the top of the tree. CMake, make and the tests read this list.
MPROM_WIRE_C = \
	src/wire/digest.c \
	src/wire/frame.c \
	src/wire/number.c \
