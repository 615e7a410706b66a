# How the libraries and programs of this project are compiled.

find_package(Threads REQUIRED)

add_library(mprom_flags INTERFACE)
target_include_directories(mprom_flags INTERFACE "${CMAKE_SOURCE_DIR}/include" "${CMAKE_SOURCE_DIR}/src")
target_compile_options(mprom_flags INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wundef -Wcast-qual -Wpointer-arith
  -Wvla -Wformat=2 -Wswitch-enum $<$<BOOL:${MPROM_WERROR}>:-Werror>)
if(MPROM_SANITIZE)
  set(mprom_sanitize -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(mprom_flags INTERFACE ${mprom_sanitize})
  target_link_options(mprom_flags INTERFACE ${mprom_sanitize})
endif()

include("${CMAKE_CURRENT_LIST_DIR}/MpromSources.cmake")

# A library that may use nothing of the host: it is also built for a Cortex-M0 without a C library (tests/freestanding).
function(mprom_add_freestanding name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PRIVATE mprom_flags)
  target_include_directories(${name} PUBLIC "${CMAKE_SOURCE_DIR}/include" "${CMAKE_SOURCE_DIR}/src")
  set_property(GLOBAL APPEND PROPERTY MPROM_FREESTANDING_TARGETS ${name})
endfunction()

# A library for the PC, with POSIX and the GNU extensions of the C library.
function(mprom_add_host_library name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PRIVATE mprom_flags)
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  target_include_directories(${name} PUBLIC "${CMAKE_SOURCE_DIR}/include" "${CMAKE_SOURCE_DIR}/src")
endfunction()

# A program for the PC.
function(mprom_add_program name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE mprom_flags)
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
endfunction()
