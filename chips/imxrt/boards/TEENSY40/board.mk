# What the build must know of TEENSY40; everything else stands in board.c. See family.mk for the choices.
SERIES = RT1060
STORE = flexspi
