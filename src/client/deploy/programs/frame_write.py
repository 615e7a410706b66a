# Writes `data` to `offset` by rom_ioctl(); for receive_frames.py.
#
# args: SEGMENT %u
# names: offset=o data=x

rom_ioctl(4, SEGMENT, offset, data)
