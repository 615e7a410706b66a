# What the build must know of RPI_PICO2; everything else stands in board.c. See family.mk for the choices.
SERIES = rp2350
STORE = bootrom_rp2350
