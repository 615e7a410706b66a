# The same for boards without base64.
#
# args: OFFSET %u, SIZE %u
# names: data=x

data = read_bytes(OFFSET, SIZE)
say('data', crc32(data), hex_of(data))
