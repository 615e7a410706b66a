# The library usermod_mprom: what micropython.mk does for the ports that make builds.
get_filename_component(MPROM_TOP "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
include("${MPROM_TOP}/cmake/MpromSources.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/port_check.cmake")

get_filename_component(mprom_port "${MICROPY_PORT_DIR}" NAME)
include("${CMAKE_CURRENT_LIST_DIR}/${mprom_port}/port.cmake" OPTIONAL)
set(mprom_has_link 1)
if(MPROM_SMALL)
  set(mprom_has_link 0)
endif()
foreach(setting "MPROM_SLOTS 1" "MPROM_BOOT 1" "MPROM_SMALL 0" "MPROM_LINK ${mprom_has_link}")
  separate_arguments(setting)
  list(GET setting 0 name)
  if(NOT DEFINED ${name})
    list(GET setting 1 ${name})
  endif()
endforeach()

set(mprom_files "")
# The words behind a name in sources.mk, which are no files; none if it is not there.
macro(mprom_port_words out name)
  file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/sources.mk" ${out} REGEX "^${name} = ")
  string(REGEX REPLACE "^[^=]* = " "" ${out} "${${out}}")
  separate_arguments(${out})
endmacro()
mprom_port_words(mprom_defines "MPROM_PORT_${mprom_port}_DEFINES")
mprom_port_words(mprom_wraps MPROM_WRAPS)
set(mprom_parts micropython:MPROM_BINDING_C)
if(MPROM_SMALL)
  list(APPEND mprom_parts src/rom:MPROM_ROM_NO_SLOTS_C)
else()
  list(APPEND mprom_parts micropython:MPROM_MODULE_C src/rom:MPROM_ROM_SLOTS_C)
endif()
if(MPROM_LINK)
  list(APPEND mprom_parts micropython:MPROM_LINK_C src/wire:MPROM_WIRE_C src/receiver:MPROM_RECEIVER_C)
endif()
foreach(list ${mprom_parts} micropython:MPROM_VFS_ROM_C micropython:MPROM_ROM_IOCTL_C micropython/port:MPROM_PORT_C
             micropython/port:MPROM_PORT_${mprom_port}_C src/romfs:MPROM_ROMFS_C src/flash:MPROM_FLASH_C
             src/rom:MPROM_ROM_C)
  string(REPLACE ":" ";" list "${list}")
  list(GET list 0 folder)
  list(GET list 1 name)
  mprom_sources(files "${folder}/sources.mk" ${name})
  list(APPEND mprom_files ${files})
endforeach()

add_library(usermod_mprom INTERFACE)
target_sources(usermod_mprom INTERFACE ${mprom_files})
target_include_directories(usermod_mprom INTERFACE "${MPROM_TOP}" "${MPROM_TOP}/include" "${MPROM_TOP}/src")
target_compile_definitions(usermod_mprom INTERFACE MPROM_SLOTS=${MPROM_SLOTS} MPROM_BOOT=${MPROM_BOOT} MPROM_LINK=${MPROM_LINK}
                           MPROM_SMALL=${MPROM_SMALL}
                           MPROM_WRAPS_VFS_ROM=1 ${mprom_defines})

list(TRANSFORM mprom_wraps PREPEND "-Wl,--wrap=" OUTPUT_VARIABLE mprom_wrap_options)
target_link_options(usermod_mprom INTERFACE ${mprom_wrap_options})
# A wrap of what is called inside of one unit is lost without a word, and to link-time optimisation all is one.
set_source_files_properties("${MICROPY_DIR}/extmod/vfs.c" PROPERTIES COMPILE_OPTIONS -fno-lto)
target_link_libraries(usermod INTERFACE usermod_mprom)

# When the port has made its target, behind this file.
cmake_language(DEFER CALL mprom_check_firmware)
