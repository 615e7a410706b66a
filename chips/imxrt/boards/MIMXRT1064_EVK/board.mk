# What the build must know of MIMXRT1064_EVK; everything else stands in board.c. See family.mk for the choices.
SERIES = RT1064
STORE = flexspi
