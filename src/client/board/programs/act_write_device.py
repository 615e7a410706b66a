# Writes `data` to a device; for write_base64.py and write_hex.py.
#
# args: BLOCK %u, OFFSET %u
# names: data=x

segment.writeblocks(BLOCK, data, OFFSET)
