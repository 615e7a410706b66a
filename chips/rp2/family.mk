# The family RP2: its sources by role, from the top of the tree. CMake, make and the tests read these lists.
MPROM_RP2_DRIVER_C = \
	chips/rp2/driver/flash.c \

# The flash, its pins and its window: without an operating system, for other machines too.
MPROM_RP2_FLASH_MODEL_C = \
	chips/rp2/model/qspi_pins_model.c \
	chips/rp2/model/resets_model.c \
	chips/rp2/model/ssi_model.c \
	chips/rp2/model/xip_model.c \

MPROM_RP2_MODEL_C = \
	chips/rp2/model/clocks_model.c \
	chips/rp2/model/dma_model.c \
	chips/rp2/model/gpio_model.c \
	chips/rp2/model/qspi_pins_model.c \
	chips/rp2/model/resets_model.c \
	chips/rp2/model/rom_report_model.c \
	chips/rp2/model/rp2_machine.c \
	chips/rp2/model/sio_model.c \
	chips/rp2/model/ssi_model.c \
	chips/rp2/model/system_model.c \
	chips/rp2/model/timer_model.c \
	chips/rp2/model/uart_model.c \
	chips/rp2/model/watchdog_model.c \
	chips/rp2/model/xip_model.c \

# The boot ROM, and of it what tests run on the PC, as they do boot2.
MPROM_RP2_ROM_FLASH_C = \
	chips/rp2/rom/rom_check.c \
	chips/rp2/rom/rom_crc.c \
	chips/rp2/rom/rom_flash.c \
	chips/rp2/rom/rom_float.c \

MPROM_RP2_ROM_C = \
	chips/rp2/rom/rom_boot.c \
	chips/rp2/rom/rom_check.c \
	chips/rp2/rom/rom_crc.c \
	chips/rp2/rom/rom_flash.c \
	chips/rp2/rom/rom_float.c \
	chips/rp2/rom/rom_lib.c \

MPROM_RP2_BOOT2_C = \
	chips/rp2/boot2/boot2.c \

MPROM_RP2_PORT_C = \
	chips/rp2/port/clocks.c \
	chips/rp2/port/counter.c \
	chips/rp2/port/port.c \
	chips/rp2/port/uart.c \

# By the board's STORE.
MPROM_RP2_STORE_bootrom_C = $(MPROM_RP2_DRIVER_C)

# By the board's SERIES.
CPU_rp2040 = -mcpu=cortex-m0plus -mthumb
