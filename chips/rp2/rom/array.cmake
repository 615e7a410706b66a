# Writes a binary as an array in C: cmake -DBINARY=rom_rp2040.bin -DNAME=rp2040 -DSOURCE=rom_rp2040_image.c -P array.cmake. No
# BINARY: an empty one.
set(bytes "0")
set(size 0)
if(BINARY)
  file(READ "${BINARY}" hex HEX)
  string(LENGTH "${hex}" size)
  math(EXPR size "${size} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
endif()
file(WRITE "${SOURCE}" "#include \"chips/rp2/model/rom_image.h\"\n\nconst uint32_t ${NAME}_rom_size = ${size};\n"
     "const uint8_t ${NAME}_rom_bytes[] = {${bytes}};\n")
