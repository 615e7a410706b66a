# What the build must know of WEACTSTUDIO_MINI_STM32H723; everything else stands in board.c. See family.mk for the choices.
SERIES = H7
STORE = octospi
SLOTS = 2 # of the variant WEACTSTUDIO_MINI_STM32H723_SLOTS
