# Writes `data` by rom_ioctl(); for write_base64.py and write_hex.py.
#
# args: SEGMENT %u, OFFSET %u
# names: data=x

rom_ioctl(4, SEGMENT, OFFSET, data)
