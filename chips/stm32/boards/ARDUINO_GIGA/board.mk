# What the build must know of ARDUINO_GIGA; everything else stands in board.c. See family.mk for the choices.
SERIES = H7
STORE = quadspi
SLOTS = 2 # of the variant ARDUINO_GIGA_SLOTS
