# The digest of a range of the open segment.
#
# args: OFFSET %u, SIZE %u
# names: offset=o size=n

offset, size = OFFSET, SIZE
say('sum', int(digest_of(offset, size), 16))
