# A checksum or a digest of a range, computed by mprom's firmware.
#
# args: FUNCTION %s, SEGMENT %u, OFFSET %u, SIZE %u

import romfs
answer = number, ('sum', romfs.FUNCTION(SEGMENT, OFFSET, SIZE))
print('\nmprom:%d' % number, *answer[1])
