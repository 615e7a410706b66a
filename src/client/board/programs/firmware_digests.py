# The digests of the blocks of a range. mprom's firmware prints them by itself.
#
# args: SEGMENT %u, OFFSET %u, END %u, BLOCK_SIZE %u

import romfs
romfs.digests(number, SEGMENT, OFFSET, END, BLOCK_SIZE)
