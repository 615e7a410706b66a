# What the build must know of PYBD_SF2; everything else stands in board.c. See family.mk for the choices.
SERIES = F7
STORE = quadspi
