# What the build must know of OPENMV_AE3_HE; everything else stands in board.c. See family.mk for the choices.
SERIES = he
STORE = mram
