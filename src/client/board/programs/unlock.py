# Unlocks a slot. Firmware without the function does not refuse.
#
# args: SEGMENT %u
# names: unlock=g

import romfs
unlock = getattr(romfs, 'unlock', int)
unlock(SEGMENT)
answer = number, ('did',)
print('\nmprom:%d' % number, *answer[1])
