"""Builds SIM from sources with a fault planted in them, to see the tests find it."""

import os
import shutil

from programs import BUILD, SOURCE, outside_make, run

SIM = SOURCE / "chips" / "sim"


def options():
    """What CMake gives micropython/firmware/Makefile for SIM."""
    lines = (BUILD / "firmware" / "SIM.options").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def _copy_sources(folder):
    shutil.copytree(SOURCE / "micropython", folder / "micropython")
    for name in ("include", "src", "chips"):
        os.symlink(SOURCE / name, folder / name)


def _plant(path, old, new):
    text = path.read_text()
    if text.count(old) != 1:
        raise AssertionError(f"{path}: {text.count(old)} places hold {old!r}, not one")
    path.write_text(text.replace(old, new))


def build(folder, source, old, new):
    """Builds SIM in folder (a pathlib.Path, not there yet) with `old` in a file of micropython/ replaced by `new`.
    Returns the program."""
    folder.mkdir()
    _copy_sources(folder)
    _plant(folder / "micropython" / source, old, new)
    objects = folder / "firmware"
    shutil.copytree(BUILD / "firmware" / "SIM", objects)
    words = options()
    run("make", "-C", folder / "micropython" / "firmware", f"BUILD={objects}",
        *(f"{name}={value}" for name, value in words.items()), env=outside_make(), timeout=600)
    program = folder / "mprom-sim"
    libraries = [BUILD / "chips" / "sim" / "libsim_driver.a", BUILD / "emulator" / "libemulator_host.a",
                 BUILD / "emulator" / "libcells.a",
                 *(BUILD / "src" / name / f"lib{name}.a" for name in ("receiver", "rom", "flash", "romfs", "wire"))]
    made = BUILD / "chips" / "sim" / "CMakeFiles"
    board = [path for name in ("mprom-sim", "sim_board_*") for path in made.glob(f"{name}.dir/**/*.c.o")]
    run(words["CC"], *words["CFLAGS_BOARD"].split(), "-o", program,
        *sorted(board), objects / "libfirmware.a",
        f"@{SIM / 'compat' / 'link.options'}",
        *(library for library in libraries if library.exists()), "-lm")
    return program
