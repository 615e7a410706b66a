"""Instructions to find the last of 540 names of a directory, counted by callgrind."""

import pathlib
import re
import tempfile

import trees
from programs import BUILD, MICROPYTHON, MICROPYTHON_DIR, mprom, run
from rows import fewer

STAT = """
import os, sys, vfs
with open(sys.argv[1], "rb") as f:
    vfs.mount(vfs.VfsRom(f.read()), "/image")
assert os.stat("/image/" + sys.argv[2])[0] == 0x8000
"""


def instructions(function, *command):
    """Instructions inside a function and what it calls, for a program that calls it once."""
    done = run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--toggle-collect={function}", *command)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def measure(name):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        tree = trees.basics(MICROPYTHON_DIR, folder / "basics")
        image = folder / "image.romfs"
        mprom("build", "--no-mpy", "-o", image, tree)
        last = max(path.name for path in tree.iterdir())
        script = folder / "stat.py"
        script.write_text(STAT)
        ours = instructions("mprom_romfs_lookup", BUILD / "bench_lookup", image, last)
        theirs = instructions("mp_vfs_rom_search_filesystem", MICROPYTHON, script, image, last)
        yield fewer(name, ours, theirs, 20, "instr")


ROWS = [("look up the last of 540 names", measure)]
