# Writes `data` to `offset` of a device; for receive_frames.py.
#
# args: BLOCK_SIZE %u
# names: offset=o data=x

segment.writeblocks(offset // BLOCK_SIZE, data, offset % BLOCK_SIZE)
