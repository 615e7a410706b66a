# How tests are declared. Every test is a ctest; labels: sweep (long, sampled by `make check`), e2e (runs programs).

# mprom_add_test(NAME SOURCES file... [LIBRARIES target...]): a cmocka program.
function(mprom_add_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  add_executable(test_${name} ${ARG_SOURCES})
  set_target_properties(test_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  target_compile_definitions(test_${name} PRIVATE _GNU_SOURCE)
  target_include_directories(test_${name} PRIVATE "${CMAKE_SOURCE_DIR}/tests")
  target_link_libraries(test_${name} PRIVATE mprom_flags ${ARG_LIBRARIES} cmocka)
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 1800 LABELS "${ARG_LABELS}")
endfunction()

# mprom_add_script_test(NAME SCRIPT [args...]): a Python program (Debian's /usr/bin/python3) that exits 0 when all is
# well. It finds the programs under test through MPROM_BUILD_DIR and the sources through MPROM_SOURCE_DIR.
function(mprom_add_script_test name script)
  add_test(NAME ${name} COMMAND /usr/bin/python3 "${CMAKE_CURRENT_SOURCE_DIR}/${script}" ${ARGN})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600 LABELS e2e
    ENVIRONMENT "MPROM_BUILD_DIR=${CMAKE_BINARY_DIR};MPROM_SOURCE_DIR=${CMAKE_SOURCE_DIR};MICROPYTHON_DIR=${MICROPYTHON_DIR};PYTHONPATH=${CMAKE_SOURCE_DIR}/tests/support;XDG_CACHE_HOME=${CMAKE_BINARY_DIR}/cache")
endfunction()

# mprom_tests_begin_first(name...): those of these tests that there are begin before all others, because they take or
# wait long: the others fill the time, and none of them is left over at the end.
function(mprom_tests_begin_first)
  foreach(name ${ARGN})
    if(TEST ${name})
      set_tests_properties(${name} PROPERTIES COST 1)
    endif()
  endforeach()
endfunction()
