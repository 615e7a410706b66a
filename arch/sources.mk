# Sources, from the top of the tree. CMake, make and the tests read these lists.
MPROM_CORTEX_M_C = \
	arch/cortex_m/startup.c \

MPROM_CORTEX_M7_C = \
	arch/cortex_m/cortex_m7.c \
