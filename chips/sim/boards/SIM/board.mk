# What the build must know of SIM; everything else stands in board.c. See family.mk for the choices.
SERIES = host
STORE = cells
