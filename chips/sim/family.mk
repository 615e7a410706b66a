# The family SIM: its sources by role, from the top of the tree. CMake and the tests read these lists. Its boards run on the
# PC, so CMake builds them, and there is no compiler for a SERIES to choose: all are `host`, and their STORE is `cells`.
MPROM_SIM_DRIVER_C = \
	chips/sim/driver/sim_flash.c \

MPROM_SIM_MODEL_C = \
	chips/sim/model/sim_machine.c \

MPROM_SIM_PORT_C = \
	chips/sim/port/clock.c \
	chips/sim/port/console.c \
	chips/sim/port/flash.c \
	chips/sim/port/main.c \
	chips/sim/port/options.c \
	chips/sim/port/restart.c \
	chips/sim/port/segments.c \

# --compat: what poses as stock MicroPython. The first list needs none of MicroPython's headers.
MPROM_SIM_COMPAT_C = \
	chips/sim/compat/compat_flash.c \

# They are compiled with MicroPython.
MPROM_SIM_COMPAT_MODULE_C = \
	chips/sim/compat/device.c \
	chips/sim/compat/rom_ioctl.c \
	chips/sim/compat/scripts.c \
