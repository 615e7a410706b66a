# flash: the sources, from the top of the tree. CMake, make and the tests read this list.
MPROM_FLASH_C = \
	src/flash/flash.c \
	src/flash/geometry.c \

# SPI-NOR chips, for boards that have one.
MPROM_SPI_NOR_C = \
	src/flash/spi_nor.c \
	src/flash/spi_nor_sfdp.c \
	src/flash/spi_nor_start.c \
