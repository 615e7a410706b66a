# The partition lies right below the port's filesystem, which stays where it is. The port's boards have none of their own.
if(NOT DEFINED MPROM_ROMFS_BYTES)
  set(MPROM_ROMFS_BYTES 262144)
endif()
# For the port's own sources as well, and for the preprocessor that collects the names of Python's.
add_compile_definitions(MICROPY_HW_ROMFS_BYTES=${MPROM_ROMFS_BYTES})
list(APPEND MICROPY_CPP_DEF_EXTRA MICROPY_HW_ROMFS_BYTES=${MPROM_ROMFS_BYTES})
