"""Which files of src/romfs are freestanding, and which are for the PC: as src/romfs/CMakeLists.txt has them.

A header belongs to the sources whose names begin with its first word: build_record.h to build.c.
"""

import pathlib
import re

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "src/romfs"


def _sources(command, library):
    text = (FOLDER / "CMakeLists.txt").read_text()
    found = re.search(rf"\b{command}\({library}\s([^)]*)\)", text)
    if found is None or not found.group(1).split():
        raise SystemExit(f"src/romfs/CMakeLists.txt has no {command}({library} ...)")
    return set(found.group(1).split())


FREESTANDING = _sources("mprom_add_freestanding", "romfs")
HOST = _sources("mprom_add_host_library", "romfs_build")
_HOST_WORDS = {name.removesuffix(".c").split("_")[0] for name in HOST}


def is_host(path):
    """Whether this source or header, with or without its folder, is for the PC."""
    path = pathlib.PurePath(path)
    return path.name in HOST or (path.suffix == ".h" and path.stem.split("_")[0] in _HOST_WORDS)
