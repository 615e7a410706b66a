# Prepares the start of a segment.
#
# args: SEGMENT %u, SIZE %u

say('did', rom_ioctl(3, SEGMENT, SIZE))
