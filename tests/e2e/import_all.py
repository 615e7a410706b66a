# Runs under MicroPython, not CPython: imports every module at the top of a directory, one after the other, and prints a
# line before each. SystemExit (a test that skips itself) and other exceptions are printed by name and do not stop it.
import builtins
import os
import sys
import vfs

original_import = __import__


def import_all(folder):
    sys.path.insert(0, folder)
    known = set(sys.modules)
    for entry in sorted(os.ilistdir(folder)):
        name = entry[0].rsplit(".", 1)[0]
        if name == "sys_path":
            continue  # reads its own source, so it prints something else once it is compiled
        print("import", name)
        try:
            original_import(name)
        except BaseException as er:
            print("raised", type(er).__name__)
        builtins.__import__ = original_import  # one of the tests replaces it
        for module in set(sys.modules) - known:
            del sys.modules[module]


def import_image(path):
    image = bytearray(os.stat(path)[6])  # read() alone copies what it has again and again while it grows
    with open(path, "rb") as f:
        f.readinto(image)
    vfs.mount(vfs.VfsRom(image), "/image")
    import_all("/image")


if sys.platform != "webassembly":
    if sys.argv[1] == "image":
        import_image(sys.argv[2])
    else:
        import_all(sys.argv[2])
