# What the build must know of PYBD_SF6; everything else stands in board.c. See family.mk for the choices.
SERIES = F7
STORE = quadspi
SLOTS = 2 # of the variant PYBD_SF6_SLOTS
