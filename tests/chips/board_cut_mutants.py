"""Takes protections of src/rom out of the firmware of OPENMV2: board_cut.py must find each, or it proves nothing."""

import pathlib
import shutil
import sys
import tempfile

from board_cut import Cut
from programs import BUILD, MICROPYTHON_DIR, SOURCE, outside_make, run

BOARD = "OPENMV2"
LIVE_LAST = [("src/rom/session.c", "err = mprom_rom_head_prepare(rom, update->segment, update->first);",
              "err = program_at(rom, 0, update->first, update->first_size, update->end);"),
             ("src/rom/session.c", "err = mprom_rom_flash_program(rom, id, 0, update->first, update->first_size);", "err = 0;")]
INVALID_FIRST_UNIT = [("src/rom/head.c", "return mprom_rom_flash_program(rom, id, 0, unit, mprom_rom_head_size(geometry));",
                       "return 0;")]
SEAL_CHECK = [("src/rom/image.c", "check->flags = flags;", "check->flags = flags | MPROM_ROMFS_CHECK_NO_SEAL;")]

# What is taken out, and the deploy that must fail then.
MUTANTS = [
    ("the first unit written last", LIVE_LAST, ("--no-seal",)),
    ("the first unit made invalid before the erase", INVALID_FIRST_UNIT, ("--no-seal",)),
    ("that and the seal check", INVALID_FIRST_UNIT + SEAL_CHECK, ()),
]


def build_mutant(folder, replacements):
    """The board's firmware from changed sources. Objects of unchanged ones are taken over."""
    for name in ("src", "include", "arch", "chips", "micropython"):
        shutil.copytree(SOURCE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(BUILD / "boards" / BOARD, folder / "build")
    for name, old, new in replacements:
        text = (folder / name).read_text()
        if text.count(old) != 1:
            raise SystemExit(f"board_cut_mutants: {name} holds {old!r} {text.count(old)} times, not once: adapt this test")
        (folder / name).write_text(text.replace(old, new))
    run("make", "-j2", "-C", folder / "chips" / "stm32", f"BOARD={BOARD}", f"BUILD={folder / 'build'}",
        f"SHARED={BUILD / 'firmware'}", f"MICROPYTHON_DIR={MICROPYTHON_DIR}", env=outside_make(), timeout=900)
    return folder / "build" / "firmware.elf"


def sweep(firmware, options):
    """Returns how many states fail."""
    cut = Cut(BOARD, firmware)
    cut.mends = 0
    cut.shows = 1
    cut.some = 1
    try:
        cut.next_deploy(*options)
        return cut.failed, cut.states
    finally:
        cut.close()


def main():
    missed = 0
    for protection, replacements, options in MUTANTS:
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
            failed, states = sweep(build_mutant(pathlib.Path(folder), replacements), options)
        print(f"board_cut_mutants: without {protection} {failed} of {states} states fail", flush=True)
        missed += failed == 0
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
