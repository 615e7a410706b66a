# What programs use; the first of a session brings it along.
#
# A user's files can hide modules: machine.py in / takes the place of the built-in one. With an empty sys.path
# MicroPython imports the built-in one, whatever was imported before; so does import_module(), unless a program has put
# something else than a module in its place. sys, gc, vfs, deflate and romfs cannot be hidden. A main that was stopped
# has left its variables, and one may be called print or min: those that programs use are removed.
#
# Names that functions on the board use are declared global: after a boot.py that failed inside the body of a class
# MicroPython's names of the outermost level go on to be those of that class.
#
# What later programs use of it:
# shared: import_module=_x removed=_w say=_p rom_ioctl=_q open_segment=_o read_bytes=_v hex_of=_h crc32=_k
# shared: from_base64=_a to_base64=_b digest_of=_c say_digests=_l is_silent=_y answer=_j
# shared: segment=_d segment_block_size=_B segment_view=_m sys=sys vfs=vfs
# Only here:
# names: name=m module=x path=p kept=q number=i block_size=B offset=o size=n data=b value=x byte=i
# names: binascii=m hasher=h piece=k end=e words=a word=n

global import_module, removed
# That it is there tells that Python has not been restarted since.
removed = [globals().pop(word, 0) for word in 'print len int min str bytes range open'.split()]


def import_module(name):
    module = getattr(sys, 'modules', {}).get(name, sys)
    if type(module) != type(sys):
        return module
    path = getattr(sys, 'path', [])
    kept = path[:]
    path.clear()
    try:
        return __import__(name)
    finally:
        path.extend(kept)


# part: the first one has made room for these

global say, rom_ioctl, open_segment, read_bytes, hex_of, crc32, \
    from_base64, to_base64, digest_of, say_digests, is_silent, sys, vfs, sha256
import sys
is_silent = 0


def say(*words):
    """A line of the answer. answer[0] is the number of the program; silent ones only keep it."""
    answer.append(words)
    is_silent or print('\nmprom:%d' % answer[0], *words)


try:
    import vfs
    rom_ioctl = vfs.rom_ioctl
except (ImportError, AttributeError):
    pass


def open_segment(number, block_size):
    """Has read_bytes() read this one. A device gives no memoryview and is read by blocks."""
    global segment, segment_block_size, segment_view
    segment = rom_ioctl(2, number)
    segment_block_size = block_size
    segment_view = None
    try:
        segment_view = memoryview(segment)
    except TypeError:
        pass


def read_bytes(offset, size):
    if segment_view is None:
        data = bytearray(size)
        segment.readblocks(offset // segment_block_size, data, offset % segment_block_size)
        return data
    # Slices of a memoryview start below 16 MiB on 32-bit boards: beyond that bytes are taken one by one.
    try:
        return segment_view[offset:offset + size]
    except OverflowError:
        return bytes(segment_view[byte] for byte in range(offset, offset + size))


def hex_of(data):
    return ''.join('%02x' % value for value in data) or '-'


crc32 = lambda data: -1
try:
    binascii = import_module('binascii')
    from_base64 = binascii.a2b_base64
    to_base64 = binascii.b2a_base64
    crc32 = binascii.crc32
except (ImportError, AttributeError):
    pass
try:
    sha256 = import_module('hashlib').sha256

    def digest_of(offset, size):
        hasher = sha256()
        while size > 0:
            piece = min(size, 1024)
            hasher.update(read_bytes(offset, piece))
            offset += piece
            size -= piece
        return hex_of(hasher.digest()[:4])

    def say_digests(offset, end, block_size):
        """One line with those of all blocks, written one by one: it may be longer than the board has memory for."""
        print('\nmprom:%d blocks ' % answer[0], end='')
        while offset < end:
            sys.stdout.write(digest_of(offset, min(block_size, end - offset)))
            offset += block_size
        print()
except (ImportError, AttributeError):
    pass

# part: the program itself
