"""Reads the lists of sources, of which each stands once: in sources.mk and family.mk, where make can include it.

    from source_lists import sources
    sources("MPROM_ROM_C")   ->   ["src/rom/head.c", ...], from the top of the tree
"""

import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parent.parent
FRAGMENTS = ("src/*/sources.mk", "emulator/sources.mk", "micropython/sources.mk", "arch/sources.mk", "chips/kit/sources.mk",
             "chips/*/family.mk")


def _lists():
    lists = {}
    for pattern in FRAGMENTS:
        for path in sorted(TOP.glob(pattern)):
            text = path.read_text().replace("\\\n", " ")
            for name, words in re.findall(r"^(MPROM_\w+_C) = (.*)$", text, re.M):
                if name in lists:
                    raise SystemExit(f"{path}: {name} stands in two fragments")
                lists[name] = words.split()
    return lists


def sources(name):
    """A list, as paths from the top of the tree."""
    lists = _lists()
    if not lists.get(name):
        raise SystemExit(f"no sources.mk has the list {name}")
    return lists[name]
