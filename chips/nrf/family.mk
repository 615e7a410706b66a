# The family nRF: its sources by role, from the top of the tree. CMake, make and the tests read these lists.
MPROM_NRF_DRIVER_C = \
	chips/nrf/driver/nvmc.c \

MPROM_NRF_MODEL_C = \
	chips/nrf/model/nvmc_model.c \
