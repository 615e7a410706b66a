# The digests of the blocks of a range of the open segment, as an answer that can be asked for once more.
#
# args: OFFSET %u, END %u, BLOCK_SIZE %u
# names: offset=o end=e block_size=B

offset, end, block_size = OFFSET, END, BLOCK_SIZE
say('blocks', ''.join(digest_of(offset, min(block_size, end - offset)) for offset in range(offset, end, block_size)))
