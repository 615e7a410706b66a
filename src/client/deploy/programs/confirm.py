# Confirms the image on trial.
#
# args: SEGMENT %u

import romfs
romfs.confirm(SEGMENT)
answer = number, ('did',)
print('\nmprom:%d' % number, *answer[1])
