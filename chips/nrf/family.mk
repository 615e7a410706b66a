# The family nRF: its sources by role, from the top of the tree. CMake, make and the tests read these lists.
MPROM_NRF_DRIVER_C = \
	chips/nrf/driver/nvmc.c \

MPROM_NRF_MODEL_C = \
	chips/nrf/model/clock_model.c \
	chips/nrf/model/nrf_machine.c \
	chips/nrf/model/nvmc_model.c \
	chips/nrf/model/timer_model.c \
	chips/nrf/model/uart_model.c \

MPROM_NRF_PORT_C = \
	chips/nrf/port/counter.c \
	chips/nrf/port/port.c \
	chips/nrf/port/uart.c \

# By the board's STORE.
MPROM_NRF_STORE_internal_C = $(MPROM_NRF_DRIVER_C)

# By the board's SERIES.
CPU_nrf51 = -mcpu=cortex-m0 -mthumb
