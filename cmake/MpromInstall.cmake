# What `make install` puts where. The command looks for the emulators in ../libexec/mprom, and they for the firmware of
# boards in ../../share/mprom/boards, as far as `make boards` has built any when it is installed.
include(GNUInstallDirs)

install(TARGETS mprom DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
foreach(program mprom-sim mprom-machine)
  if(TARGET ${program})
    install(TARGETS ${program} DESTINATION libexec/mprom)
  endif()
endforeach()
install(CODE [[
  file(GLOB firmware_files "${CMAKE_CURRENT_LIST_DIR}/boards/*/firmware.elf")
  foreach(file IN LISTS firmware_files)
    cmake_path(GET file PARENT_PATH folder)
    cmake_path(GET folder FILENAME board)
    file(INSTALL "${file}" DESTINATION "${CMAKE_INSTALL_PREFIX}/share/mprom/boards/${board}")
  endforeach()
]])
