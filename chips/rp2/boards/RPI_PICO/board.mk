# What the build must know of RPI_PICO; everything else stands in board.c. See family.mk for the choices.
SERIES = rp2040
STORE = bootrom
SLOTS = 2 # of the variant RPI_PICO_SLOTS
