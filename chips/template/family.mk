# The family template: its sources by role, from the top of the tree. CMake, make and the tests read these lists.
MPROM_TEMPLATE_DRIVER_C = \
	chips/template/driver/flash.c \

MPROM_TEMPLATE_MODEL_C = \
	chips/template/model/counter_model.c \
	chips/template/model/flash_model.c \
	chips/template/model/machine.c \
	chips/template/model/uart_model.c \

MPROM_TEMPLATE_PORT_C = \
	chips/template/port/counter.c \
	chips/template/port/port.c \
	chips/template/port/uart.c \

# By the board's STORE: the driver of the flash that its segments lie in.
MPROM_TEMPLATE_STORE_internal_C = chips/template/driver/flash.c

# By the board's SERIES.
CPU_m0 = -mcpu=cortex-m0 -mthumb
