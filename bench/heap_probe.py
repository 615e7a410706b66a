# Runs under MicroPython, not CPython: prints the bytes of heap that a mounted image, an open file and an import take.
# Needs `image`, the bytes of an image that holds data.bin and big.mpy, made before this runs.
import gc
import vfs


def used():
    gc.collect()
    return gc.mem_alloc()


def probe():
    base = used()
    fs = vfs.VfsRom(image)  # noqa: F821
    mounted = used()
    fs.open("data.bin", "r")  # warms up what opening needs once
    opened_base = used()
    f = fs.open("data.bin", "rb")
    opened = used()
    f = None
    vfs.mount(fs, "/probe")
    import sys

    sys.path.append("/probe")
    import_base = used()
    import big

    imported = used()
    return mounted - base, opened - opened_base, imported - import_base, len(big.__name__)


probe_result = probe()
print("heap", probe_result[0], probe_result[1], probe_result[2])
