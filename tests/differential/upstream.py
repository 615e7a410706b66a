# Runs under MicroPython's unix port, not CPython: reads images with its own VfsRom and prints a line for each.
#
#     micropython upstream.py BATCH FIRST COUNT (guard|plain)
#
# BATCH holds images, each behind its size in 4 bytes; the first FIRST are left out, COUNT are read. With "guard" an
# image lies directly in front of memory that cannot be read, so that reading behind its end is a crash; with "plain" it
# lies on the heap, as any buffer of a user would. A line that is missing is that of the image that ended the process:
# by a crash, or by the timer, which allows each image so much CPU time.
#
# Lines are as tests/differential/ours.c prints them, or "!" and the exception, or "@" and what was seen outside.
import binascii
import ffi
import struct
import sys
import uctypes
import vfs

PAGE = 4096
ROOM = 16 * PAGE
BEHIND = 256 * PAGE
MAP_PRIVATE_ANONYMOUS = 0x22
PROT_READ_WRITE = 3
ITIMER_VIRTUAL = 1
CPU_US = 250000  # of one image, which takes less than a millisecond
LISTED_MAX = 20  # times the size of the image: what a listing may show of it before it is called endless

libc = ffi.open(None)
setitimer = libc.func("i", "setitimer", "iPp")
timer = struct.pack("qqqq", 0, 0, 0, CPU_US)


def make_room():
    """The address of the first byte that cannot be read, with ROOM bytes in front of it that can."""
    start = libc.func("p", "mmap", "pLiiil")(None, PAGE + ROOM + BEHIND, 0, MAP_PRIVATE_ANONYMOUS, -1, 0)
    if libc.func("i", "mprotect", "pLi")(start + PAGE, ROOM, PROT_READ_WRITE) != 0:
        raise OSError("mprotect")
    return start + PAGE + ROOM


class Outside(Exception):
    pass


class Endless(Exception):
    pass


class Reader:
    def __init__(self, image):
        self.first = uctypes.addressof(image)
        self.end = self.first + len(image)
        self.left = LISTED_MAX * len(image)
        self.words = ["="]
        self.fs = vfs.VfsRom(image)

    def file(self, path, size):
        """The checksum of the contents, and their size if it is not the one that was listed."""
        with self.fs.open(path, "rb") as f:
            contents = memoryview(f)
            at = uctypes.addressof(contents)
            # A length of 2**63 and more shows as a negative one here.
            if at < self.first or len(contents) < 0 or len(contents) > self.end - at:
                raise Outside("contents")
            shown = "%08x" % binascii.crc32(contents)
            return shown if len(contents) == size else "%s of %d bytes" % (shown, len(contents))

    def directory(self, path):
        seen = set()
        for name, kind, _, size in self.fs.ilistdir(path or b"/"):
            self.left -= len(name) + 4  # an entry takes that at least
            if self.left < 0:
                raise Endless
            usable = name and b"/" not in name and b"\0" not in name and name not in seen
            seen.add(name)
            shown = binascii.hexlify(name).decode()
            if kind == 0x4000:
                self.words.append("d%s:%d" % (shown, size))
                if usable:
                    self.words.append("(")
                    self.directory(path + b"/" + name)
                    self.words.append(")")
            else:
                crc = self.file(path + b"/" + name, size) if usable else "-"
                self.words.append("f%s:%d:%s" % (shown, size, crc))


def line_of(image):
    try:
        reader = Reader(image)
        reader.directory(b"")
        return " ".join(reader.words)
    except Outside as e:
        return "@ " + e.args[0]
    except Endless:
        return "@ endless"
    except Exception as e:
        return "! %s %s" % (type(e).__name__, e)


def main(path, first, count, how):
    end = make_room()
    with open(path, "rb") as batch:
        for i in range(first + count):
            size = struct.unpack("<I", batch.read(4))[0]
            image = batch.read(size)
            if i < first:
                continue
            if how == "guard":
                placed = uctypes.bytearray_at(end - size, size)
                placed[:] = image
                image = placed
            setitimer(ITIMER_VIRTUAL, timer, None)
            line = line_of(image)
            sys.stdout.write(line + "\n")


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
