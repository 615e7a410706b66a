# The digests of the blocks of a range of the open segment. The board prints them by itself.
#
# args: OFFSET %u, END %u, BLOCK_SIZE %u

say_digests(OFFSET, END, BLOCK_SIZE)
