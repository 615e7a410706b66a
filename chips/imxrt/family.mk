# The family i.MX RT: its sources by role, from the top of the tree. CMake, make and the tests read these lists.
MPROM_IMXRT_DRIVER_C = \
	chips/imxrt/driver/flexspi.c \

MPROM_IMXRT_MODEL_C = \
	chips/imxrt/model/flexspi_lines.c \
	chips/imxrt/model/flexspi_model.c \
	chips/imxrt/model/flexspi_window.c \
	chips/imxrt/model/parts.c \
