# Opens a segment for read_bytes() and all that is made of it.
#
# args: SEGMENT %u, BLOCK_SIZE %u

open_segment(SEGMENT, BLOCK_SIZE)
