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
	chips/rp2/model/qspi_pins_model.c \
	chips/rp2/model/resets_model.c \
	chips/rp2/model/rom_report_model.c \
	chips/rp2/model/ssi_model.c \
	chips/rp2/model/xip_model.c \

# The boot ROM and boot2: what of them is C. Tests on the PC run these too.
MPROM_RP2_ROM_C = \
	chips/rp2/rom/rom_check.c \
	chips/rp2/rom/rom_flash.c \

MPROM_RP2_BOOT2_C = \
	chips/rp2/boot2/boot2.c \

# By the board's SERIES.
CPU_rp2040 = -mcpu=cortex-m0plus -mthumb
