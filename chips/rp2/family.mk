# The family RP2: its sources by role, from the top of the tree. CMake, make and the tests read these lists. Files whose names
# end in a series are of that series only.
MPROM_RP2_DRIVER_C = \
	chips/rp2/driver/flash.c \
	chips/rp2/driver/flash_rp2040.c \
	chips/rp2/driver/flash_rp2350.c \

# The flash of an RP2040, its pins and its window: without an operating system, for other machines too.
MPROM_RP2_FLASH_MODEL_C = \
	chips/rp2/model/qspi_pins_model.c \
	chips/rp2/model/resets_model.c \
	chips/rp2/model/series.c \
	chips/rp2/model/ssi_model.c \
	chips/rp2/model/window_model.c \
	chips/rp2/model/xip_rp2040_model.c \

MPROM_RP2_MODEL_C = \
	chips/rp2/model/bootram_model.c \
	chips/rp2/model/clocks_model.c \
	chips/rp2/model/dma_model.c \
	chips/rp2/model/gpio_model.c \
	chips/rp2/model/machine_rp2040.c \
	chips/rp2/model/machine_rp2350.c \
	chips/rp2/model/machine_series.c \
	chips/rp2/model/qmi_model.c \
	chips/rp2/model/qspi_pins_model.c \
	chips/rp2/model/resets_model.c \
	chips/rp2/model/rom_report_model.c \
	chips/rp2/model/rp2_machine.c \
	chips/rp2/model/series.c \
	chips/rp2/model/sio_model.c \
	chips/rp2/model/ssi_model.c \
	chips/rp2/model/system_model.c \
	chips/rp2/model/ticks_model.c \
	chips/rp2/model/timer_model.c \
	chips/rp2/model/uart_model.c \
	chips/rp2/model/watchdog_model.c \
	chips/rp2/model/window_model.c \
	chips/rp2/model/xip_rp2040_model.c \
	chips/rp2/model/xip_rp2350_model.c \

# The boot ROMs, and of them what tests run on the PC, as they do boot2.
MPROM_RP2_ROM_PC_C = \
	chips/rp2/rom/rom_api_rp2350.c \
	chips/rp2/rom/rom_check.c \
	chips/rp2/rom/rom_crc.c \
	chips/rp2/rom/rom_flash_rp2040.c \
	chips/rp2/rom/rom_flash_rp2350.c \
	chips/rp2/rom/rom_float.c \
	chips/rp2/rom/rom_image_rp2350.c \

MPROM_RP2_ROM_RP2040_C = \
	chips/rp2/rom/rom_boot_rp2040.c \
	chips/rp2/rom/rom_check.c \
	chips/rp2/rom/rom_crc.c \
	chips/rp2/rom/rom_flash_rp2040.c \
	chips/rp2/rom/rom_float.c \
	chips/rp2/rom/rom_lib_rp2040.c \

MPROM_RP2_ROM_RP2350_C = \
	chips/rp2/rom/rom_api_rp2350.c \
	chips/rp2/rom/rom_boot_rp2350.c \
	chips/rp2/rom/rom_check.c \
	chips/rp2/rom/rom_flash_rp2350.c \
	chips/rp2/rom/rom_image_rp2350.c \

# boot2, of an RP2040.
MPROM_RP2_BOOT2_C = \
	chips/rp2/boot2/boot2.c \

MPROM_RP2_PORT_C = \
	chips/rp2/port/clocks.c \
	chips/rp2/port/counter.c \
	chips/rp2/port/port.c \
	chips/rp2/port/uart.c \

# By the board's SERIES: what the port knows of it, its CPU, and what lies at the start of the flash (Makefile).
MPROM_RP2_PORT_rp2040_C = chips/rp2/port/series_rp2040.c
MPROM_RP2_PORT_rp2350_C = chips/rp2/port/series_rp2350.c chips/rp2/port/image_rp2350.c
CPU_rp2040 = -mcpu=cortex-m0plus -mthumb
CPU_rp2350 = -mcpu=cortex-m33 -mthumb -mfpu=fpv5-sp-d16 -mfloat-abi=hard
HAS_BOOT2_rp2040 = yes

# By the board's STORE.
MPROM_RP2_STORE_bootrom_C = chips/rp2/driver/flash.c chips/rp2/driver/flash_rp2040.c
MPROM_RP2_STORE_bootrom_rp2350_C = chips/rp2/driver/flash.c chips/rp2/driver/flash_rp2350.c
