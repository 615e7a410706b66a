# What the build must know of SEEED_ARCH_MIX; everything else stands in board.c. See family.mk for the choices.
SERIES = RT1052
STORE = flexspi
