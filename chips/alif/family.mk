# The family Alif Ensemble: its sources by role, from the top of the tree. CMake, make and the tests read these lists.
MPROM_ALIF_DRIVER_C = \
	chips/alif/driver/mram.c \

MPROM_ALIF_MODEL_C = \
	chips/alif/model/armv8m_model.c \
	chips/alif/model/mram_model.c \

