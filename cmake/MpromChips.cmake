# How a chip family is built for the PC. The firmware of its boards is built by chips/kit/firmware.mk.

# mprom_add_chip_family(NAME [DRIVER sources...] [DRIVER_LIBRARIES target...] [MODEL_LIBRARIES target...]):
#
#   <name>_driver   the family's flash drivers, which run over the test bus: MPROM_<NAME>_DRIVER_C of its family.mk, and
#                   DRIVER
#   <name>_models   the chip models, MPROM_<NAME>_MODEL_C, and the facts of its boards
#
# Each folder in boards/ is a board: its `mprom_<name>_board_facts` get the board's own name, <name>_facts_<BOARD>, and
# `<name>_machine_family` opens it. One whose board.mk says SLOTS has a variant, whose facts are compiled once more.
function(mprom_add_chip_family name)
  cmake_parse_arguments(ARG "" "" "DRIVER;DRIVER_LIBRARIES;MODEL_LIBRARIES" ${ARGN})
  string(TOUPPER "MPROM_${name}" lists)
  mprom_sources(model "chips/${name}/family.mk" ${lists}_MODEL_C)
  mprom_add_host_library(${name}_models ${model})
  target_link_libraries(${name}_models PUBLIC cells kit_models ${ARG_MODEL_LIBRARIES})
  target_include_directories(${name}_models PUBLIC "${CMAKE_SOURCE_DIR}")

  mprom_sources(driver "chips/${name}/family.mk" ${lists}_DRIVER_C)
  mprom_add_host_library(${name}_driver ${driver} ${ARG_DRIVER})
  target_link_libraries(${name}_driver PUBLIC flash ${ARG_DRIVER_LIBRARIES})
  target_include_directories(${name}_driver PUBLIC "${CMAKE_SOURCE_DIR}")
  set_property(GLOBAL APPEND PROPERTY MPROM_CHIP_FAMILIES ${name})

  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/boards/*/board.mk")
  foreach(file IN LISTS files)
    cmake_path(GET file PARENT_PATH folder)
    cmake_path(GET folder FILENAME board)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    file(STRINGS "${file}" slots REGEX "^SLOTS = ")
    string(REGEX MATCH "[0-9]+" slots "${slots}")
    mprom_add_board(${name} "${folder}" ${board})
    if(slots)
      mprom_add_board(${name} "${folder}" ${board}_SLOTS MPROM_SLOTS=${slots})
    endif()
  endforeach()
  if(files)
    set_property(GLOBAL APPEND PROPERTY MPROM_MODELS ${name}_models)
  endif()
endfunction()

# One board, or a variant of it: mprom_add_board(FAMILY FOLDER NAME [definitions...]).
function(mprom_add_board family folder name)
  set(target ${family}_board_${name})
  add_library(${target} OBJECT "${folder}/board.c")
  target_compile_definitions(${target} PRIVATE "mprom_${family}_board_facts=${family}_facts_${name}" ${ARGN})
  target_link_libraries(${target} PRIVATE mprom_flags)
  target_include_directories(${target} PRIVATE "${CMAKE_SOURCE_DIR}")
  target_sources(${family}_models PRIVATE $<TARGET_OBJECTS:${target}>)
  set_property(GLOBAL APPEND PROPERTY MPROM_BOARDS "${name}" "${family}_facts_${name}" ${family}_machine_family)
endfunction()

# mprom_board_says(OUT FILE WORD): what a board.mk says of its SERIES or STORE.
function(mprom_board_says out file word)
  file(STRINGS "${file}" line REGEX "^${word} = ")
  string(REGEX REPLACE "^${word} = *([^ ]*).*" "\\1" value "${line}")
  set(${out} "${value}" PARENT_SCOPE)
endfunction()

# mprom_port_sources(OUT FAMILY SERIES STORE): what a board's port is made of, as chips/kit/firmware.mk chooses it. The
# drivers are in <family>_driver.
function(mprom_port_sources out family series store)
  string(TOUPPER "MPROM_${family}" lists)
  file(READ "${CMAKE_SOURCE_DIR}/chips/${family}/family.mk" text)
  string(REPLACE "\\\n" " " text "${text}")
  set(names ${lists}_PORT_C ${lists}_PORT_${series}_C ${lists}_STORE_${store}_C)
  set(sources "")
  while(names)
    list(POP_FRONT names name)
    string(REGEX MATCH "(^|\n)${name} = ([^\n]*)" found "${text}")
    set(value "${CMAKE_MATCH_2}")
    string(REGEX MATCHALL "[^ \t]+" words "${value}")
    foreach(word IN LISTS words)
      if(word MATCHES "^\\$\\((.*)\\)$")
        list(APPEND names "${CMAKE_MATCH_1}")
      elseif(word MATCHES "^chips/${family}/port/")
        list(APPEND sources "${CMAKE_SOURCE_DIR}/${word}")
      endif()
    endforeach()
  endwhile()
  list(REMOVE_DUPLICATES sources)
  set(${out} "${sources}" PARENT_SCOPE)
endfunction()
