# What the build must know of MICROBIT; everything else stands in board.c. See family.mk for the choices.
SERIES = nrf51
STORE = internal
