# What the build must know of SIM_PLAIN; everything else stands in board.c. See family.mk for the choices.
SERIES = host
STORE = cells
