# The family i.MX RT: its sources by role, from the top of the tree, and the flags of its CPU. CMake, make and the tests read
# these lists.
MPROM_IMXRT_DRIVER_C = \
	chips/imxrt/driver/flexspi.c \

# The boot header is linked where the board's memory.ld has a place for it.
MPROM_IMXRT_PORT_C = \
	chips/imxrt/boot/boot_header.c \
	chips/imxrt/boot/power_up.c \
	chips/imxrt/port/counter.c \
	chips/imxrt/port/port.c \
	chips/imxrt/port/ram_wait.c \
	chips/imxrt/port/uart.c \

MPROM_IMXRT_MODEL_C = \
	chips/imxrt/model/boot_model.c \
	chips/imxrt/model/ccm_model.c \
	chips/imxrt/model/dma_model.c \
	chips/imxrt/model/flexspi_lines.c \
	chips/imxrt/model/flexspi_model.c \
	chips/imxrt/model/flexspi_window.c \
	chips/imxrt/model/gpt_model.c \
	chips/imxrt/model/imxrt_machine.c \
	chips/imxrt/model/iomuxc_model.c \
	chips/imxrt/model/lpuart_model.c \
	chips/imxrt/model/parts.c \
	chips/imxrt/model/rtwdog_model.c \

# By the board's SERIES.
MPROM_IMXRT_PORT_RT1052_C = chips/imxrt/port/series_rt1052.c
MPROM_IMXRT_PORT_RT1060_C = chips/imxrt/port/series_rt1060.c
MPROM_IMXRT_PORT_RT1064_C = chips/imxrt/port/series_rt1064.c
MPROM_IMXRT_PORT_RT1170_C = chips/imxrt/port/series_rt1170.c
CPU_RT1052 = -mcpu=cortex-m7 -mthumb -mfpu=fpv5-sp-d16 -mfloat-abi=hard
CPU_RT1060 = $(CPU_RT1052)
CPU_RT1064 = $(CPU_RT1052)
CPU_RT1170 = $(CPU_RT1052)

# By the board's STORE: FlexSPI, whose chip holds the program too.
MPROM_IMXRT_STORE_flexspi_C = chips/imxrt/driver/flexspi.c $(MPROM_CORTEX_M7_C) $(MPROM_SPI_NOR_C)
