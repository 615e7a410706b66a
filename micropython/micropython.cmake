# mprom inside those of MicroPython's own ports that CMake builds (docs/ports.md):
#
#   make -C ports/rp2 BOARD=RPI_PICO USER_C_MODULES=<mprom>/micropython/micropython.cmake
#
# Variables as in port/micropython.mk, given to CMake: CMAKE_ARGS="-DMPROM_SLOTS=2".
include(${CMAKE_CURRENT_LIST_DIR}/port/port.cmake)
