# The CRC-32 of a range of the open segment.
#
# args: OFFSET %u, SIZE %u
# names: offset=o size=n check=c piece=k

offset, size = OFFSET, SIZE
check = 0
while size > 0:
    piece = min(size, 4096)
    check = crc32(read_bytes(offset, piece), check)
    offset += piece
    size -= piece
say('sum', check)
