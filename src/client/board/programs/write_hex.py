# The same for boards without base64.
#
# args: TEXT %s, SIZE %u, ACT %s
# names: text=s data=x place=i

text = '$TEXT'
data = bytes(int(text[place:place + 2], 16) for place in range(0, len(text), 2))
say('did', len(data), len(data) == SIZE and ACT or 0)
