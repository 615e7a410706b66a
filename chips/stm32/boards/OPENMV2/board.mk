# What the build must know of OPENMV2; everything else stands in board.c. See family.mk for the choices.
SERIES = F4
STORE = internal
