# The receiver that is built into mprom's firmware takes a patch.
#
# args: SEGMENT %u, SIZE %u, MODE %d, PIECE %u, ROOM %u, CHUNK %u, WINDOW_BITS %d, BAUD %u

import romfs
answer = number, ('did', romfs.receive(SEGMENT, SIZE, MODE, PIECE, ROOM, CHUNK, WINDOW_BITS, BAUD))
print('\nmprom:%d' % number, *answer[1])
