# What the build must know of ALIF_ENSEMBLE; everything else stands in board.c. See family.mk for the choices.
SERIES = hp
STORE = octal
