# Prepares a range of a segment that can be erased in ranges.
#
# args: SEGMENT %u, OFFSET %u, SIZE %u

say('did', rom_ioctl(3, SEGMENT, OFFSET, SIZE))
