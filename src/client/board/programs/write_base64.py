# Writes the bytes of the text: ACT does it with `data`, if all have arrived.
#
# args: TEXT %s, SIZE %u, ACT %s
# names: data=x

data = from_base64('$TEXT')
say('did', len(data), len(data) == SIZE and ACT or 0)
