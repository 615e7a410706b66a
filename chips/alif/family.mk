# The family Alif Ensemble: its sources by role, from the top of the tree. CMake, make and the tests read these lists.
MPROM_ALIF_DRIVER_C = \
	chips/alif/driver/mram.c \
	chips/alif/driver/mram_load.c \
	chips/alif/driver/octal.c \
	chips/alif/driver/octal_chips.c \
	chips/alif/driver/octal_start.c \
	chips/alif/driver/ospi.c \

MPROM_ALIF_MODEL_C = \
	chips/alif/model/alif_machine.c \
	chips/alif/model/armv8m_model.c \
	chips/alif/model/mram_model.c \
	chips/alif/model/octal_chip.c \
	chips/alif/model/octal_parts.c \
	chips/alif/model/octal_single.c \
	chips/alif/model/ospi_model.c \
	chips/alif/model/ospi_window.c \
	chips/alif/model/pins_model.c \
	chips/alif/model/timer_model.c \
	chips/alif/model/uart_model.c \

MPROM_ALIF_PORT_C = \
	chips/alif/port/counter.c \
	chips/alif/port/pins.c \
	chips/alif/port/port.c \
	chips/alif/port/uart.c \

# By the board's STORE.
MPROM_ALIF_STORE_mram_C = chips/alif/port/port_mram.c chips/alif/driver/mram.c chips/alif/driver/mram_load.c
MPROM_ALIF_STORE_octal_C = chips/alif/port/port_octal.c $(MPROM_ALIF_DRIVER_C)

# By the board's SERIES: its core. CORE is the compiler's word for it.
CORE ?= cortex-m33
FPU_cortex-m33 = fpv5-sp-d16
FPU_cortex-m55 = auto
CPU_hp = -mcpu=$(CORE) -mthumb -mfpu=$(FPU_$(CORE)) -mfloat-abi=hard
CPU_he = -mcpu=$(CORE) -mthumb -mfpu=$(FPU_$(CORE)) -mfloat-abi=hard
