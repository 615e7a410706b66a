# Runs under MicroPython, with `image` set: prints the bytes of heap that a VfsRom, an open file and an import take.
import gc
import sys
import vfs


def used():
    gc.collect()
    return gc.mem_alloc()


def measure():
    fs = f = big = None  # noqa: F841 (their own places are there before anything is counted)
    used()
    before = used()
    fs = vfs.VfsRom(image)  # noqa: F821
    mounted = used()
    f = fs.open("data.bin", "rb")  # noqa: F841
    opened = used()
    vfs.mount(fs, "/probe")
    sys.path.append("/probe")
    importing = used()
    import big  # noqa: F841

    return mounted - before, opened - mounted, used() - importing


print("heap", *measure())
