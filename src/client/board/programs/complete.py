# Tells the board that the image is whole.
#
# args: SEGMENT %u

say('did', rom_ioctl(5, SEGMENT) or 0)
