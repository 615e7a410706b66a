# The same as an answer that can be asked for once more.
#
# args: SEGMENT %u, OFFSET %u, END %u, BLOCK_SIZE %u
# names: digest=d segment=i offset=o end=e block_size=B

import romfs, vfs
digest = romfs.digest
segment, offset, end, block_size = SEGMENT, OFFSET, END, BLOCK_SIZE
vfs.rom_ioctl(2, segment)
answer = number, ('blocks', ''.join('%08x' % digest(segment, offset, min(block_size, end - offset))
                                    for offset in range(offset, end, block_size)))
print('\nmprom:%d' % number, *answer[1])
