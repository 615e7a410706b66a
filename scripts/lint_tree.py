"""Checks rules about the tree as a whole; scripts/lint runs it. Prints a line for each fault; exits 1 if there are any.

- A folder includes only from those that its role allows, by their path (lint_roles.py).
- No two sources and no two folders use each other (lint_circles.py).
- Sources, functions and headers have an end, and public names a prefix (lint_code.py).
- A line of a page has at most 126 characters, except in tables and in what is shown as a program writes it.
- What a comment or a page cites is in the tree.
- No file names a machine's own paths or unfinished work.

    lint_tree.py [TOP]      TOP: another tree than this one
"""

import pathlib
import re
import subprocess
import sys

import lint_circles
import lint_code
import lint_roles

TOP = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
TOP = TOP if TOP.is_dir() else TOP.parent.parent

PAGE_LINE_SIZE_MAX = 126
FORBIDDEN = [
    (re.compile(r"/tmp/wt|/tmp/mp\b|/work/(main|shared)|/root/"), "a path of one machine"),
    (re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"), "a mark of unfinished work"),
    (re.compile(r"\bfact sheet\b|\.\./shared\b", re.I), "a citation of what is not in the tree"),
]
# A path of this tree in a comment: docs/update.md, src/rom/slot.c.
CITED = re.compile(r"(?<![\w/.-])((?:arch|bench|chips|cli|cmake|docs|emulator|examples|include|micropython|scripts|src|tests)"
                   r"/[\w/.-]*\.(?:c|h|md|mk|py|ld))\b")


# Files of other projects, which are called as they are there.
CITED_ELSEWHERE = {"tests/extmod/vfs_rom.py", "src/flash/nor/stm32f2x.c", "src/flash/nor/nrf5.c",
                   "scripts/libraries/_boot.py"}


GUARD = re.compile(r"^#ifndef (\w+)\n#define \1$", re.M)


def tracked():
    out = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=TOP, check=True,
                         capture_output=True, text=True).stdout
    return [name for name in out.splitlines() if (TOP / name).is_file()]


def page_faults(text):
    """Lines that are too long: (line number, fault)."""
    is_fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            is_fenced = not is_fenced
        if len(line) > PAGE_LINE_SIZE_MAX and not is_fenced and not line.startswith("|"):
            yield number, f"has {len(line)} characters, more than {PAGE_LINE_SIZE_MAX}: wrap the line"


def word_faults(text):
    """What must not be written: (line number, fault)."""
    for pattern, what in FORBIDDEN:
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, f"holds {what}: {match.group()}"


def citation_faults(text, names):
    """Comments and pages that cite a file which is not there: (line number, fault)."""
    for match in CITED.finditer(text):
        if match[1] not in names and match[1] not in CITED_ELSEWHERE and "NAME" not in match[1]:
            yield text.count("\n", 0, match.start()) + 1, f"cites {match[1]}, which is not in the tree"


def guard_faults(texts):
    """Two headers with one guard: whichever comes second is empty. (file, fault)"""
    seen = {}
    for name, text in texts.items():
        found = GUARD.search(text)
        if name.endswith(".h") and found:
            first = seen.setdefault(found[1], name)
            if first != name:
                yield name, f"has the guard {found[1]}, as {first} does"


def file_faults(name, text, names):
    if name.endswith((".c", ".h")):
        yield from ((name, fault) for fault in lint_roles.faults(name, text, names))
        yield from ((name, fault) for fault in lint_code.faults(name, text))
    numbered = []
    if name.endswith(".md"):
        numbered += page_faults(text)
    if not name.startswith(("scripts/lint", "tests/lint/")):
        numbered += word_faults(text)
    if (name.endswith((".c", ".h")) and not name.startswith("tests/")) or (name.endswith(".md") and name not in ("CHANGELOG.md", "docs/new-board.md", "docs/new-family.md")):
        numbered += citation_faults(text, names)
    yield from ((f"{name}:{number}", fault) for number, fault in numbered)


def main():
    names = set(tracked())
    contents = {name: (TOP / name).read_bytes() for name in sorted(names)}
    texts = {name: data.decode("utf-8", "replace") for name, data in contents.items() if b"\0" not in data}
    faults = [fault for name, text in texts.items() for fault in file_faults(name, text, names)]
    faults += guard_faults(texts)
    for name, fault in faults:
        print(f"lint: {name} {fault}", file=sys.stderr)
    circles = list(lint_circles.faults(TOP))
    for circle in circles:
        print(f"lint: {circle}", file=sys.stderr)
    return 1 if faults or circles else 0


if __name__ == "__main__":
    sys.exit(main())
