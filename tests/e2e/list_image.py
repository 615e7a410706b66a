# Runs under MicroPython, not CPython: mounts an image and prints a line for each entry, "path<TAB>size<TAB>crc", or
# "path<TAB>dir". Paths are printed as the hex of their bytes, so that any name survives the console.
import binascii
import os
import sys
import vfs


def walk(folder, prefix):
    for name, kind, _, size in os.ilistdir(folder):
        path = folder + "/" + name
        shown = (prefix + name).encode()
        if kind == 0x4000:
            print(binascii.hexlify(shown).decode(), "dir", sep="\t")
            walk(path, prefix + name + "/")
        else:
            with open(path, "rb") as f:
                data = memoryview(f)
                assert len(data) == size == os.stat(path)[6], path
                print(binascii.hexlify(shown).decode(), size, binascii.crc32(data), sep="\t")


def list_image(path):
    image = bytearray(os.stat(path)[6])  # read() alone copies what it has again and again while it grows
    with open(path, "rb") as f:
        f.readinto(image)
    vfs.mount(vfs.VfsRom(image), "/image")
    walk("/image", "")


if sys.platform != "webassembly":
    list_image(sys.argv[1])
