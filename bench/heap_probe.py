# Runs under MicroPython, not CPython, with `image` set to the bytes of an image that holds data.bin and big.mpy: prints
# the bytes of heap that a mounted image, an open file, and the import of a module from it take.
import gc
import sys
import vfs


def used():
    gc.collect()
    return gc.mem_alloc()


def probe():
    fs = f = big = None  # the names' own memory is there before anything is counted
    base = used()
    base = used()
    fs = vfs.VfsRom(image)  # noqa: F821
    mounted = used() - base
    base = used()
    f = fs.open("data.bin", "rb")
    opened = used() - base
    f.close()
    vfs.mount(fs, "/probe")
    sys.path.append("/probe")
    base = used()
    import big

    imported = used() - base
    assert big.ROWS[-1]
    return mounted, opened, imported


print("heap", *probe())
