"""Text size of the reader and VfsRom on a Cortex-M4 with -Os, without index and seal, beside upstream's."""

import re

from libraries import sources
from programs import BUILD, MICROPYTHON_DIR, SOURCE, run
from rows import at_most

# All that a mount, a listing, an import and an open file need.
OURS = [*sources("MPROM_VFS_ROM_C"), "src/romfs/reader.c", "src/romfs/record.c"]
THEIRS = ["extmod/vfs_rom.c", "extmod/vfs_rom_file.c"]


def text_size(objects):
    lines = run("arm-none-eabi-size", *objects).stdout.splitlines()[1:]
    return sum(int(re.match(r"\s*(\d+)", line).group(1)) for line in lines)


def measure(name):
    folder = BUILD / "bench-size"
    run("make", "-C", SOURCE / "bench" / "size", f"MICROPYTHON_DIR={MICROPYTHON_DIR}", f"MPROM_SOURCE_DIR={SOURCE}",
        f"BUILD={folder}", f"MPROM_SIZE_SOURCES={' '.join(OURS)}")
    objects = [(folder / prefix / source).with_suffix(".o") for prefix, sources in (("ours", OURS), (".", THEIRS))
               for source in sources]
    ours, theirs = text_size(objects[:len(OURS)]), text_size(objects[len(OURS):])
    yield at_most(name, ours, theirs, 2300, "B", "<= 2300 B")


ROWS = [("text of reader and VfsRom, M4", measure)]
