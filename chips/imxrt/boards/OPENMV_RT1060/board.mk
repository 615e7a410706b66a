# What the build must know of OPENMV_RT1060; everything else stands in board.c. See family.mk for the choices.
SERIES = RT1060
STORE = flexspi
SLOTS = 2 # of the variant OPENMV_RT1060_SLOTS
