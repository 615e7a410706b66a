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

# mprom_sources(OUT FILE VARIABLE): a list of a make fragment, as absolute paths. Each list of sources stands once, where
# make can include it.
function(mprom_sources out file variable)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${file}")
  file(READ "${CMAKE_SOURCE_DIR}/${file}" text)
  string(REPLACE "\\\n" " " text "${text}")
  if(NOT text MATCHES "(^|\n)${variable} = ([^\n]*)")
    message(FATAL_ERROR "${file} has no list ${variable}")
  endif()
  separate_arguments(names UNIX_COMMAND "${CMAKE_MATCH_2}")
  list(TRANSFORM names PREPEND "${CMAKE_SOURCE_DIR}/")
  set(${out} "${names}" PARENT_SCOPE)
endfunction()

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
