# Whether a segment lies at an address that is aligned; if the address cannot be known, it is taken to be.
#
# args: SEGMENT %u, ALIGNMENT %u
# names: is_aligned=a

try:
    import vfs, uctypes
    is_aligned = uctypes.addressof(vfs.rom_ioctl(2, SEGMENT)) % ALIGNMENT == 0
except Exception:
    is_aligned = 1
answer = number, ('aligned', int(is_aligned))
print('\nmprom:%d aligned %d' % (number, is_aligned))
