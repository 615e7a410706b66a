# What the build must know of OPENMV4P; everything else stands in board.c. See family.mk for the choices.
SERIES = H7
STORE = quadspi
SLOTS = 2 # of the variant OPENMV4P_SLOTS
