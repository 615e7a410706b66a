# What the build must know of TEENSY41; everything else stands in board.c. See family.mk for the choices.
SERIES = RT1060
STORE = flexspi
