# What the build must know of OPENMV_AE3; everything else stands in board.c. See family.mk for the choices.
SERIES = hp
STORE = octal
