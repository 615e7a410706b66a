"""Adds a chip family as docs/new-family.md says, in a copy of the tree: commands and files are the blocks of the page.

    new_family.py contract   up to the flash contract
    new_family.py full       with a board, its firmware, and its proofs
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap

from new_board import block_behind
from programs import BUILD, MICROPYTHON_DIR, SOURCE, run

PAGE = (SOURCE / "docs" / "new-family.md").read_text()
FAMILY, BOARD = "toy", "TOY"
DRIVER = ("regs/chip_regs.h", "model/flash_model.c", "driver/flash.c")
REST = ("port/uart.c", "port/counter.c", "model/uart_model.c", "model/counter_model.c",
        *(f"boards/{BOARD}/{name}" for name in ("board.c", "board.mk", "memory.ld")))


def link_entries(source, folder, own):
    folder.mkdir(exist_ok=True)
    for entry in source.iterdir():
        if entry.name not in (*own, "build", "deps", ".git"):
            os.symlink(entry, folder / entry.name)


def copy_tree(folder):
    """The sources, with a chips/ and a tests/chips/ of its own."""
    link_entries(SOURCE, folder, ("chips", "tests"))
    link_entries(SOURCE / "tests", folder / "tests", ("chips",))
    for name in ("chips", "tests/chips"):
        shutil.copytree(SOURCE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))


def section(title):
    """A section of the page, without what is not under its title."""
    return PAGE.split(f"\n## {title}", 1)[1].split("\n## ", 1)[0]


def commands(title):
    """The blocks of a section that are commands, those of the build left out."""
    blocks = re.findall(r"\n\n((?: {4}[^ \n].*\n)+)", section(title))
    return [line for block in blocks for line in textwrap.dedent(block).splitlines() if not line.startswith(("cmake", "build/"))]


def copy_template(folder):
    for command in commands("1."):
        run("sh", "-c", command, cwd=folder)
    path = folder / "chips" / "CMakeLists.txt"
    path.write_text(re.sub(r"foreach\(family (.*)\)", rf"foreach(family \1 {FAMILY})", path.read_text(), count=1))


def write_files(folder, names):
    for name in names:
        path = f"chips/{FAMILY}/{name}"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(block_behind(PAGE, f"`{path}`"))
        if name.endswith((".c", ".h")):
            run("clang-format", "--dry-run", "-Werror", folder / path)


def build(folder, *targets):
    run("cmake", "--build", folder / "build", "-j2", "--target", *targets, timeout=1800)


def run_contract(folder):
    """What the contract tests say is next; None if they all pass."""
    build(folder, f"test_contract_{FAMILY}")
    done = subprocess.run([folder / "build" / "tests" / f"test_contract_{FAMILY}"], capture_output=True, text=True, timeout=600,
                          check=False)
    said = re.search(r"^next, .*$", done.stdout + done.stderr, re.M)
    if (done.returncode == 0) != (said is None):
        raise AssertionError(done.stdout + done.stderr)
    return said.group() if said else None


def prove_contract(folder):
    copy_template(folder)
    run("cmake", "-S", folder, "-B", folder / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
        f"-DMICROPYTHON_DIR={MICROPYTHON_DIR}", timeout=600)
    promised = re.search(r"^> (next, .*)$", section("1."), re.M)[1]
    said = run_contract(folder)
    print(f"the template: {said}")
    if said is None or not said.startswith(promised):
        raise AssertionError(f"the page says {promised}, the tests say {said}")
    write_files(folder, DRIVER)
    said = run_contract(folder)
    if said is not None:
        raise AssertionError(said)
    print("driver and model: the flash contract holds")


def prove_board(folder):
    write_files(folder, REST)
    run("cmake", "-S", folder, "-B", folder / "build", timeout=600)
    build(folder, "mprom-machine", "power_cut")
    os.symlink(BUILD / "mprom", folder / "build" / "mprom")
    environment = dict(os.environ, MPROM_BUILD_DIR=str(folder / "build"), MPROM_SOURCE_DIR=str(folder))
    for script in (("board_proof.py", "full"), ("board_cut.py",)):
        subprocess.run([sys.executable, folder / "tests/chips" / script[0], *script[1:], BOARD], env=environment, check=True)
    for option in (["--write"], []):
        subprocess.run([sys.executable, folder / "tests/chips/describe.py", *option], env=environment, check=True)
    if f"| {BOARD} | TOY1 |" not in (folder / "chips" / FAMILY / "README.md").read_text():
        raise AssertionError("the board is not in the family's table")


def main(what):
    with tempfile.TemporaryDirectory(prefix="mprom-test-") as name:
        folder = pathlib.Path(name)
        copy_tree(folder)
        prove_contract(folder)
        if what == "full":
            prove_board(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
