# Erases blocks of a device: ACT does it with the block `place`.
#
# args: FIRST %u, END %u, ACT %s
# names: place=i refused=r

for place in range(FIRST, END):
    refused = ACT or 0
    if refused:
        break
say('did', refused)
