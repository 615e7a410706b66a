# mprom's firmware erases a whole segment.
#
# args: SEGMENT %u

import romfs
romfs.erase(SEGMENT)
answer = number, ('did',)
print('\nmprom:%d' % number, *answer[1])
