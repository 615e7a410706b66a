# Bytes of the open segment, with their CRC-32.
#
# args: OFFSET %u, SIZE %u
# names: data=x

data = read_bytes(OFFSET, SIZE)
say('data', crc32(data), to_base64(data).decode().strip())
