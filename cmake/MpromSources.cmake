# mprom_sources(OUT FILE VARIABLE): a list of a make fragment, as absolute paths. Each list of sources stands once, where
# make can include it.
function(mprom_sources out file variable)
  get_filename_component(top "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/.." ABSOLUTE)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${top}/${file}")
  file(READ "${top}/${file}" text)
  string(REPLACE "\\\n" " " text "${text}")
  if(NOT text MATCHES "(^|\n)${variable} = ([^\n]*)")
    message(FATAL_ERROR "${file} has no list ${variable}")
  endif()
  separate_arguments(names UNIX_COMMAND "${CMAKE_MATCH_2}")
  list(TRANSFORM names PREPEND "${top}/")
  set(${out} "${names}" PARENT_SCOPE)
endfunction()
