"""Adds a board as docs/new-board.md says, in a copy of the tree, and proves it."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap

from board_names import board_names
from programs import BUILD, MICROPYTHON_DIR, SOURCE, run

BOARD = "NUCLEO_F411RE"
FILES = ("board.c", "board.mk", "memory.ld")


def block_behind(text, path):
    """The indented block that follows the mention of a file."""
    at = text.index(path)
    found = re.search(r"\n\n((?: {8}.*\n|\n)+)", text[at:])
    return textwrap.dedent(found.group(1)).strip() + "\n"


def copy_tree(folder):
    """The sources, with a chips/ of its own."""
    for entry in SOURCE.iterdir():
        if entry.name not in ("chips", "build", "deps", ".git"):
            os.symlink(entry, folder / entry.name)
    shutil.copytree(SOURCE / "chips", folder / "chips")


def add_board(folder):
    page = (SOURCE / "docs" / "new-board.md").read_text()
    for name in FILES:
        path = f"chips/stm32/boards/{BOARD}/{name}"
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(block_behind(page, path))


def build_machine(folder):
    build = folder / "build"
    run("cmake", "-S", folder, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DMPROM_TESTS=OFF",
        f"-DMICROPYTHON_DIR={MICROPYTHON_DIR}")
    run("cmake", "--build", build, "-j2", "--target", "mprom-machine", timeout=600)
    os.symlink(BUILD / "mprom", build / "mprom")
    return build


def main():
    with tempfile.TemporaryDirectory(prefix="mprom-test-") as name:
        folder = pathlib.Path(name)
        copy_tree(folder)
        add_board(folder)
        build = build_machine(folder)
        boards = run(build / "mprom-machine", "--list").stdout.split()
        if sorted(boards) != board_names(folder) or BOARD not in boards:
            raise AssertionError(boards)
        environment = dict(os.environ, MPROM_BUILD_DIR=str(build), MPROM_SOURCE_DIR=str(folder))
        subprocess.run([sys.executable, SOURCE / "tests/chips/board_proof.py", "full", BOARD], env=environment,
                       check=True)


if __name__ == "__main__":
    main()
