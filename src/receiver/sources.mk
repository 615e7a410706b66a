# receiver: the sources, from the top of the tree. CMake, make and the tests read this list.
MPROM_RECEIVER_C = \
	src/receiver/digest.c \
	src/receiver/frame.c \
	src/receiver/patch.c \
	src/receiver/receiver.c \
