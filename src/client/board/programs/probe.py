# What a board is, what its firmware has, and how many segments.
#
# names: implementation=i has=_has module=m attribute=a bits=w value=v free=f piece=x has_ioctl=r count=n mprom=c
# names: identity=b

implementation = sys.implementation


def has(module, attribute):
    try:
        return int(hasattr(import_module(module), attribute))
    except ImportError:
        return 0


bits, value = 0, getattr(sys, 'maxsize', 0)
while value:
    bits += 1
    value >>= 1
try:
    import gc
    gc.collect()
    free = gc.mem_free()
except (ImportError, AttributeError):
    free = 0
value = implementation[1]
value = '.'.join(str(piece) for piece in value[:3]) + ''.join('-' + piece for piece in value[3:] if piece)
say('python', value, getattr(implementation, '_mpy', 0), bits, free, sys.platform, getattr(implementation, '_machine', ''))
has_ioctl = has('vfs', 'rom_ioctl')
count, mprom = 0, 0
if has_ioctl:
    count = rom_ioctl(1)
    # Operation 0x6d70 is mprom's own: 1 with the module romfs, 2 without; others answer a negative error number.
    try:
        mprom = max(0, rom_ioctl(0x6d70))
    except Exception:
        pass
say('able', has('binascii', 'crc32'), has('binascii', 'a2b_base64'), has('deflate', 'DeflateIO'), has_ioctl, mprom,
    has('hashlib', 'sha256'))

# part: machine may be large
try:
    identity = hex_of(import_module('machine').unique_id()[:32])
except Exception:
    identity = '-'
say('segments', count, identity)
