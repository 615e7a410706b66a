"""Which files of src/romfs are freestanding, and which are for the PC: as src/romfs/sources.mk has them.

A header belongs to the sources whose names begin with its first word: build_record.h to build.c.
"""

import pathlib

from source_lists import sources

HOST = {pathlib.PurePath(path).name for path in sources("MPROM_ROMFS_BUILD_C")}
_HOST_WORDS = {name.removesuffix(".c").split("_")[0] for name in HOST}


def is_host(path):
    """Whether this source or header, with or without its folder, is for the PC."""
    path = pathlib.PurePath(path)
    return path.name in HOST or (path.suffix == ".h" and path.stem.split("_")[0] in _HOST_WORDS)
