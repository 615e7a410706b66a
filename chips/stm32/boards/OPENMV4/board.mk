# What the build must know of OPENMV4; everything else stands in board.c. See family.mk for the choices.
SERIES = H7
STORE = internal_h7
