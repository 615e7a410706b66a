# What the build must know of MIMXRT1170_EVKB; everything else stands in board.c. See family.mk for the choices.
SERIES = RT1170
STORE = flexspi
