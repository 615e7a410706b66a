# The partition lies right below the port's filesystem, which stays where it is. A board of newer trees may say how large it
# is; those of 1.25 have none.
if(NOT DEFINED MPROM_ROMFS_BYTES)
  set(MPROM_ROMFS_BYTES 262144)
  if(MICROPY_HW_ROMFS_BYTES)
    set(MPROM_ROMFS_BYTES ${MICROPY_HW_ROMFS_BYTES})
  endif()
endif()
# Newer trees go by this variable. Older ones have it from us: for the port's own sources, and for the preprocessor that
# collects the names of Python's.
set(MICROPY_HW_ROMFS_BYTES ${MPROM_ROMFS_BYTES})
add_compile_definitions(MICROPY_HW_ROMFS_BYTES=${MPROM_ROMFS_BYTES})
list(APPEND MICROPY_CPP_DEF_EXTRA MICROPY_HW_ROMFS_BYTES=${MPROM_ROMFS_BYTES})
