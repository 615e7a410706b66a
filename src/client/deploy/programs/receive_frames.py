# Receives frames: WRITE writes `data` to `offset`, KEEP lets `size` bytes at `offset` stay.
#
# args: FROM %u, TO %u, PIECE %u, ROOM %u, WRITE %s, KEEP %s, WINDOW_BITS %d, CHUNK %u
# names: offset=o data=x size=n

say('did', receive(FROM, TO, PIECE, ROOM, lambda offset, data: WRITE, lambda offset, size: KEEP, WINDOW_BITS, CHUNK))
