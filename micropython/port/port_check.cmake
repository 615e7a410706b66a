# Looks at a firmware when it has been linked; what is wrong with it ends the build.
function(mprom_check_firmware)
  add_custom_command(TARGET ${MICROPY_TARGET} POST_BUILD VERBATIM
    COMMAND "${MPROM_TOP}/micropython/port/check_wraps" "${CMAKE_NM}" "$<TARGET_FILE:${MICROPY_TARGET}>" ${mprom_wraps})
  if(mprom_port STREQUAL "rp2")
    add_custom_command(TARGET ${MICROPY_TARGET} POST_BUILD VERBATIM
      COMMAND "${MPROM_TOP}/micropython/port/rp2/check_fits" "${CMAKE_NM}" "$<TARGET_FILE:${MICROPY_TARGET}>")
  endif()
endfunction()
