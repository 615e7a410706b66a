"""Checks rules about the tree as a whole; scripts/lint runs it.

- Arrows between layers go down only: a source may include headers of its own folder and of the folders below it.
- Freestanding folders include nothing of the host.
- A source has at most 600 lines and at most three #if.
- A line of a page has at most 126 characters, except in tables and in what is shown as a program writes it.
- No file names a machine's own paths or unfinished work.
"""

import pathlib
import re
import subprocess
import sys

import romfs_files

TOP = pathlib.Path(__file__).resolve().parent.parent

# Folder -> folders that it may include from, besides itself and include/mprom.
LAYERS = {
    "src/romfs": [],
    "src/wire": ["src/romfs"],
    "src/flash": [],
    "src/rom": ["src/romfs", "src/flash"],
    "src/receiver": ["src/rom", "src/wire", "src/romfs", "src/flash"],
    "src/compile": [],
    "src/client": ["src/wire", "src/romfs"],
    "emulator": ["src/flash", "src/rom", "src/romfs", "micropython"],
    "micropython": ["src/receiver", "src/rom", "src/wire", "src/romfs", "src/flash", "emulator"],
    "chips": ["src/flash", "src/rom", "src/romfs", "micropython", "emulator"],
    "cli": ["src/client", "src/compile", "src/romfs"],
}

# Public headers that a folder may use: its own and those of the layers below.
HEADERS = {
    "src/romfs": {"error.h", "romfs.h", "romfs_check.h", "romfs_build.h"},
    "src/wire": {"romfs.h", "wire.h", "digest.h"},
    "src/flash": {"error.h", "flash.h", "spi_nor.h"},
    "src/rom": {"error.h", "romfs.h", "romfs_check.h", "flash.h", "rom.h"},
    "src/receiver": {"error.h", "romfs.h", "rom.h", "wire.h", "receiver.h"},
    "src/compile": {"error.h"},
    "src/client": {"error.h", "romfs.h", "romfs_check.h", "wire.h", "digest.h", "client.h"},
}

FREESTANDING_HEADERS = {"stdint.h", "stddef.h", "stdbool.h", "limits.h", "string.h"}
FREESTANDING = ["src/wire", "src/flash", "src/rom", "src/receiver"]

PAGE_LINE_SIZE_MAX = 126

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)
CONDITION = re.compile(r"^\s*#\s*(?:if|ifdef|ifndef)\b", re.M)
FORBIDDEN = [
    (re.compile(r"/tmp/wt|/tmp/mp\b|/work/(main|shared)|/root/"), "a path of one machine"),
    (re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"), "a mark of unfinished work"),
]


def tracked():
    out = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=TOP, check=True, capture_output=True, text=True,
    ).stdout
    return [name for name in out.splitlines() if (TOP / name).is_file()]


def layer_of(name):
    for folder in LAYERS:
        if name.startswith(folder + "/"):
            return folder
    return None


def include_faults(name, text):
    layer = layer_of(name)
    if layer is None:
        return
    freestanding = layer in FREESTANDING or (layer == "src/romfs" and not romfs_files.is_host(name))
    for bracket, header in INCLUDE.findall(text):
        if header.startswith("mprom/"):
            if layer in HEADERS and header[len("mprom/"):] not in HEADERS[layer]:
                yield f"includes <{header}>, which belongs to a layer above"
        elif bracket == "<":
            if freestanding and header not in FREESTANDING_HEADERS:
                yield f"is freestanding and includes <{header}>"
        else:
            folder = str(pathlib.PurePosixPath(header).parent)
            for other in LAYERS:
                if folder == other.removeprefix("src/") or folder == other:
                    if other != layer and other not in LAYERS[layer]:
                        yield f'includes "{header}": {layer} may not use {other}'


def size_faults(name, text):
    lines = text.count("\n")
    if lines > 600 and not name.startswith("tests/golden/"):
        yield f"has {lines} lines, more than 600: split it by concept"
    conditions = len(CONDITION.findall(text))
    limit = 4 if name.endswith(".h") else 3  # a header's guard is one
    if conditions > limit and "mpconfig" not in name:
        yield f"has {conditions} conditional sections, more than {limit}"


def page_faults(text):
    """Lines that are too long: (line number, fault)."""
    is_fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            is_fenced = not is_fenced
        if len(line) > PAGE_LINE_SIZE_MAX and not is_fenced and not line.startswith("|"):
            yield number, f"has {len(line)} characters, more than {PAGE_LINE_SIZE_MAX}: wrap the line"


def main():
    faults = []
    for name in tracked():
        data = (TOP / name).read_bytes()
        if b"\0" in data:
            continue
        text = data.decode("utf-8", "replace")
        if name.endswith((".c", ".h")):
            faults += [(name, fault) for fault in include_faults(name, text)]
            faults += [(name, fault) for fault in size_faults(name, text)]
        if name.endswith(".md"):
            faults += [(f"{name}:{number}", fault) for number, fault in page_faults(text)]
        if name != "scripts/lint_tree.py":
            for pattern, what in FORBIDDEN:
                for match in pattern.finditer(text):
                    line = text.count("\n", 0, match.start()) + 1
                    faults.append((f"{name}:{line}", f"holds {what}: {match.group()}"))
    for name, fault in faults:
        print(f"lint: {name} {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
