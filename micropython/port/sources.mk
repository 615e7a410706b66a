# The glue for MicroPython's own ports, from the top of the tree; CMake, make and the tests read these lists.
MPROM_PORT_C = \
	micropython/port/port.c \
	micropython/port/port_console.c \
	micropython/port/port_defaults.c \
	micropython/port/port_wrap.c \

# What the linker puts mprom's own in place of.
MPROM_WRAPS = mp_type_vfs_rom mp_vfs_rom_ioctl mp_vfs_mount_romfs_protected pyexec_file_if_exists

# By port: its flash layer; what else of it is wrapped; what the port never calls; and what flash_device.c must know.
MPROM_PORT_rp2_C = micropython/port/flash_device.c micropython/port/rp2/rp2.c
MPROM_PORT_mimxrt_C = micropython/port/flash_device.c
MPROM_PORT_nrf_C = micropython/port/flash_device.c
# As nRF52832 has it, which allows least: chips/nrf/facts.md.
MPROM_PORT_nrf_DEFINES = MPROM_PORT_WHOLE_PAGES=0 MPROM_PORT_PROGRAM_SIZE=4 MPROM_PORT_PROGRAM_COUNT=1
MPROM_PORT_esp32_C = micropython/port/flash_device.c
MPROM_PORT_esp32_DEFINES = MPROM_PORT_WHOLE_PAGES=0
MPROM_PORT_esp8266_C = micropython/port/flash_esp8266.c
MPROM_PORT_samd_C = micropython/port/flash_samd.c
MPROM_PORT_renesas_ra_C = micropython/port/flash_renesas_ra.c
MPROM_PORT_renesas_ra_DEFINES = MPROM_FLASH_PROGRAM_SIZE_MAX=128

MPROM_PORT_stm32_C = \
	micropython/port/port_flash.c \
	micropython/port/stm32/family_f4.c \
	micropython/port/stm32/family_h7.c \
	micropython/port/stm32/internal.c \
	micropython/port/stm32/serial.c \
	micropython/port/stm32/stm32.c \

MPROM_PORT_stm32_LIBRARIES_C = chips/stm32/driver/flash_h7_word.c arch/cortex_m/cortex_m7.c

MPROM_PORT_alif_C = \
	micropython/port/port_flash.c \
	micropython/port/alif/alif.c \
	micropython/port/alif/mram.c \
	micropython/port/alif/ospi.c \

MPROM_PORT_alif_LIBRARIES_C = chips/alif/driver/mram_load.c

MPROM_PORT_qemu_C = micropython/port/flash_ram.c micropython/port/qemu/qemu.c
MPROM_PORT_qemu_WRAPS = mp_hal_stdio_poll uart_rx_chr
MPROM_PORT_qemu_UNUSED = pyexec_file_if_exists
