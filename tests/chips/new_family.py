"""Adds a chip family as docs/new-family.md says, in a copy of the tree: commands and files are the blocks of the page.

    new_family.py contract   up to the contract of the flash and the port; after each file it says what the page says
    new_family.py full       and `make boards` of its board, whose steps then fail one by one, each by a mistake
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap

from contract.steps import STEPS
from programs import BUILD, MICROPYTHON_DIR, SOURCE, outside_make, run

PAGE = (SOURCE / "docs" / "new-family.md").read_text()
FAMILY, BOARD = "toy", "TOY"
# A file, whose block follows the last mention of its path, or what the contract says then.
EVENT = re.compile(r"`(chips/toy/[\w./]+)`(?:(?!`chips/toy/)[\s\S])*?\n\n((?: {8}.*\n|\n(?= {8}))+)|^> (next, .*)$", re.M)
# What is broken in a file, and the step of the board that says so.
BROKEN = (
    ("driver/flash.c", "static int flash_sync(", "int flash_sync(", "firmware"),
    (f"boards/{BOARD}/memory.ld", "ORIGIN = 0x20000000", "ORIGIN = 0x20010000", "boot"),
    ("port/uart.c", "mprom_mmio_write32(UART_DATA, byte);", "mprom_mmio_write32(UART_DATA, byte == 'K' ? 'k' : byte);", "console"),
    ("port/counter.c", "mprom_mmio_read32(COUNTER_COUNT);", "mprom_mmio_read32(COUNTER_COUNT) / 2;", "clock"),
    ("driver/flash.c", "return result_of(flash_run(FLASH_ERASE,", "return off == 0x62000 ? 0 : result_of(flash_run(FLASH_ERASE,", "deploy"),
    ("driver/flash.c", "err = result_of(", "err = off > 0x67400 && off < 0x7F000 ? -MPROM_EIO : result_of(", "edits"),
)
BOARD_FILES = ("board.c", "board.mk", "memory.ld")  # which make a board only together


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


def write_file(folder, path, block):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(textwrap.dedent(block))
    if path.endswith((".c", ".h")):
        run("clang-format", "--dry-run", "-Werror", folder / path)


def build(folder, *targets):
    run("cmake", "--build", folder / "build", "-j2", "--target", *targets, timeout=1800)


def run_contract(folder):
    """What the contract says is next; None if all of it is kept."""
    tests = [f"contract_{FAMILY}", f"contract_{BOARD}" if (folder / "chips" / FAMILY / "boards" / BOARD / "board.mk").exists()
             else f"contract_{FAMILY}_board"]
    build(folder, *(f"test_{name}" for name in tests if not name.endswith("_board")))
    done = subprocess.run(["ctest", "--test-dir", folder / "build", "--output-on-failure", "-R", f"^({'|'.join(tests)})$"],
                          capture_output=True, text=True, timeout=600, check=False)
    said = re.findall(r"^next, .*$", done.stdout, re.M)
    if (done.returncode == 0) != (not said) or f" out of {len(tests)}" not in done.stdout:
        raise AssertionError(done.stdout + done.stderr)
    return said[0] if said else None


def expect_next(folder, written, promised):
    said = run_contract(folder)
    print(f"{written}: {said or 'the contract is kept'}", flush=True)
    if said != promised and not (said and promised and said.startswith(promised)):
        raise AssertionError(f"after {written} the page says {promised}, the contract {said}")


def prove_contract(folder):
    copy_template(folder)
    run("cmake", "-S", folder, "-B", folder / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
        f"-DMICROPYTHON_DIR={MICROPYTHON_DIR}", timeout=600)
    written, files = "the template", 0
    for found in EVENT.finditer(PAGE):
        path, block, promised = found.groups()
        if promised:
            expect_next(folder, written, promised)
            written = None
            continue
        if written is not None and not written.endswith(BOARD_FILES[:2]):
            raise AssertionError(f"the page does not say what is next after {written}")
        write_file(folder, path, block)
        written, files = path, files + 1
    expect_next(folder, written, None)
    print(f"{files} files, and the contract says what the page says after each")


def is_ours(path):
    return path.parts[:2] == ("chips", FAMILY) or path.parts[:3] == ("tests", "chips", FAMILY)


def expect_nothing_else_changed(folder):
    """Only the new folders, and a word in the list."""
    for top in ("chips", "tests/chips"):
        names = {path.relative_to(root) for root in (folder, SOURCE) for path in (root / top).rglob("*")
                 if path.is_file() and "__pycache__" not in path.parts}
        changed = [name for name in sorted(names) if not is_ours(name) and
                   not ((folder / name).exists() and (SOURCE / name).exists() and (folder / name).read_bytes() == (SOURCE / name).read_bytes())]
        if [str(name) for name in changed] != (["chips/CMakeLists.txt"] if top == "chips" else []):
            raise AssertionError(f"changed outside the family's folders: {changed}")
    text = (folder / "chips" / "CMakeLists.txt").read_text()
    if re.sub(rf"(foreach\(family .*) {FAMILY}\)", r"\1)", text, count=1) != (SOURCE / "chips" / "CMakeLists.txt").read_text():
        raise AssertionError("more than a word of the list changed")


def make_boards(folder):
    """The page's command. Upstream's programs and the downloads are those that are there."""
    upstream = SOURCE / "build" / "upstream"
    if upstream.exists() and (upstream / "tree").read_text() == str(MICROPYTHON_DIR):
        shutil.rmtree(folder / "build" / "upstream", ignore_errors=True)
        os.symlink(upstream, folder / "build" / "upstream")
    if (SOURCE / "deps").exists():
        os.symlink(SOURCE / "deps", folder / "deps")
    names = ("MPROM_BUILD_DIR", "MPROM_SOURCE_DIR", "PYTHONPATH")
    environment = {key: value for key, value in outside_make().items() if key not in names}
    for command in commands("8."):
        subprocess.run(["sh", "-c", command], cwd=folder, env=environment, check=True, timeout=3000)


def prove_broken(folder, environment, name, old, new, step):
    """A mistake in the firmware: its step fails and says what is next, and nothing comes behind it."""
    path = folder / "chips" / FAMILY / name
    text = path.read_text()
    if text.count(old) != 1:
        raise AssertionError(f"{name} has not once: {old}")
    path.write_text(text.replace(old, new))
    done = subprocess.run([sys.executable, folder / "tests/chips/board_proof.py", "full", BOARD], env=environment, capture_output=True,
                          text=True, timeout=900, check=False)
    path.write_text(text)
    said = done.stdout.rstrip().rsplit("\n", 1)[-1]
    print(f"{name}: {old!r} -> {new!r}: {said}", flush=True)
    if done.returncode != 1 or said != f"next, {FAMILY} ({BOARD}): {STEPS[step]}, see docs/new-family.md":
        raise AssertionError(f"not the step {step}: {done.stdout}{done.stderr}")


def prove_board(folder):
    make_boards(folder)
    environment = dict(os.environ, MPROM_BUILD_DIR=str(folder / "build"), MPROM_SOURCE_DIR=str(folder))
    for broken in BROKEN:
        prove_broken(folder, dict(environment, MPROM_SAMPLE="", MPROM_SEED="1"), *broken)
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
        expect_nothing_else_changed(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
