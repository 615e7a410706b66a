# The family STM32: its sources by role, from the top of the tree, and the flags of its CPUs. CMake, make and the tests read
# these lists.
MPROM_STM32_DRIVER_C = \
	chips/stm32/driver/flash_f4.c \
	chips/stm32/driver/flash_h7.c \
	chips/stm32/driver/flash_h7_word.c \
	chips/stm32/driver/octospi.c \
	chips/stm32/driver/quadspi.c \
	chips/stm32/driver/serial_bus.c \

MPROM_STM32_PORT_C = \
	chips/stm32/port/counter.c \
	chips/stm32/port/pins.c \
	chips/stm32/port/port.c \
	chips/stm32/port/rates.c \
	chips/stm32/port/uart.c \

MPROM_STM32_MODEL_C = \
	chips/stm32/model/clock_model.c \
	chips/stm32/model/constant_model.c \
	chips/stm32/model/dma_model.c \
	chips/stm32/model/dma_requests.c \
	chips/stm32/model/flash_f4_model.c \
	chips/stm32/model/flash_h7_model.c \
	chips/stm32/model/flash_keys.c \
	chips/stm32/model/gpio_model.c \
	chips/stm32/model/internal_flash_model.c \
	chips/stm32/model/octospi_model.c \
	chips/stm32/model/parts.c \
	chips/stm32/model/pwr_model.c \
	chips/stm32/model/quadspi_model.c \
	chips/stm32/model/rcc_gate.c \
	chips/stm32/model/rcc_model.c \
	chips/stm32/model/serial_flash_model.c \
	chips/stm32/model/serial_lines.c \
	chips/stm32/model/serial_window.c \
	chips/stm32/model/stm32_machine.c \
	chips/stm32/model/timer_model.c \
	chips/stm32/model/usart_model.c \

# By the board's SERIES: its port, and its CPU.
MPROM_STM32_PORT_F4_C = chips/stm32/port/family_f4.c
MPROM_STM32_PORT_F7_C = chips/stm32/port/family_f7.c chips/stm32/port/pll_f7.c
MPROM_STM32_PORT_H7_C = chips/stm32/port/family_h7.c
CPU_F4 = -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard
CPU_F7 = -mcpu=cortex-m7 -mthumb -mfpu=fpv5-sp-d16 -mfloat-abi=hard
CPU_H7 = $(CPU_F7)

# By the board's STORE, which is where its segments lie: the drivers, and what opens them.
MPROM_STM32_STORE_internal_C = chips/stm32/port/port_internal.c chips/stm32/driver/flash_f4.c
MPROM_STM32_STORE_internal_h7_C = chips/stm32/port/port_internal_h7.c chips/stm32/driver/flash_h7.c \
	chips/stm32/driver/flash_h7_word.c $(MPROM_CORTEX_M7_C)
MPROM_STM32_STORE_serial_C = chips/stm32/port/port_serial.c chips/stm32/driver/serial_bus.c $(MPROM_CORTEX_M7_C) \
	$(MPROM_SPI_NOR_C)
MPROM_STM32_STORE_quadspi_C = chips/stm32/port/port_quadspi.c chips/stm32/driver/quadspi.c $(MPROM_STM32_STORE_serial_C)
MPROM_STM32_STORE_octospi_C = chips/stm32/port/port_octospi.c chips/stm32/driver/octospi.c $(MPROM_STM32_STORE_serial_C)
