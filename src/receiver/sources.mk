# receiver: the sources, from the top of the tree. CMake, make and the tests read this list.
MPROM_RECEIVER_C = \
	src/receiver/patch.c \
	src/receiver/receiver.c \
