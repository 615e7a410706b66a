"""Takes each protection out of the code in turn: the sweep must fail every time, or it proves nothing.

A mutant differs from the sources in one place. It is run over the cases that the protection is there for; the same
cases pass with the sources as they are.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["MPROM_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "scripts"))
import source_lists  # noqa: E402 (in scripts)

LISTS = ["FLASH", "SPI_NOR", "ROM", "ROM_SLOTS", "ROMFS", "CELLS", "CELLS_STORE"]
FLAGS = ["-std=c11", "-O2", "-w", "-D_GNU_SOURCE", *(f"-I{SOURCE / folder}" for folder in ("include", "src", "tests", ""))]

# What is taken out, the cases that must fail then, and the replacements: (file, old, new).
MUTANTS = [
    ("live-last", "nor4k/first-unsealed", [
        ("src/rom/session.c", "err = mprom_rom_head_prepare(rom, update->segment, update->first);",
         "err = program_at(rom, 0, update->first, update->first_size, update->end);"),
        ("src/rom/session.c", "err = mprom_rom_flash_program(rom, id, 0, update->first, update->first_size);", "err = 0;")]),
    ("the invalid first unit", "nrf/larger-unsealed/0", [
        ("src/rom/head.c", "return break_magic(rom, id, unit);", "return 0;")]),
    ("the seal check", "ecc32/small", [
        ("src/rom/image.c", "check->flags = flags;", "check->flags = flags | MPROM_ROMFS_CHECK_NO_SEAL;")]),
    ("the blank rule", "nrf/equal", [
        ("src/flash/flash.c", "reads < 3 && blank == 1", "reads < 1 && blank == 1")]),
    ("breaking the magic only", "nrf/larger-unsealed", [
        ("src/rom/head.c", "memset(unit, invalid_byte(geometry), MPROM_ROM_MAGIC_SIZE);\n    return",
         "memset(unit, invalid_byte(geometry), mprom_rom_head_size(geometry));\n    return")]),
    ("the first unit without its magic on MRAM", "mram/equal-unsealed", [
        ("src/rom/head.c", "    if (!mprom_rom_head_is_split(geometry)) {\n        return 0;\n    }\n    uint8_t", "    return 0;\n    uint8_t")]),
    ("the erase of what cannot be read behind a new image on MRAM", "mram-ecc/slot-erase", [
        ("src/rom/session.c", "return mend_ahead(rom, off, end);", "return 0;")]),
    ("the blank end behind an unsealed image", "nrf/blocks-unsealed", [
        ("src/rom/session.c", "update->erased_end != image->size ||", "true ||")]),
    ("the head's checksum in the record", "ecc32/slot-again", [
        ("src/rom/image.c", "return err ? err : head_crc == record.head_crc;", "return err ? err : 1;")]),
    ("the record's digest of an unsealed image", "ecc32/slot-first-unsealed", [
        ("src/rom/image.c", "return err ? err : refuse_torn_head(rom, image);", "return err;")]),
    ("three reads of the header", "nor4k/first", [
        ("src/rom/image.c", "reads < 3; reads++", "reads < 1; reads++")]),
    # B1 of the faults that users found: units of more than 4 bytes that may be programmed again.
    ("going live in two parts", "unit32/first-unsealed", [
        ("src/rom/head.c", "return any_count(geometry) || geometry->program_count > 2 ||", "return geometry->overwrites ||")]),
    # B2: the record outlasts a torn erase of the trailer, the mark "rejected" does not.
    ("the trailer's erase behind that of the image", "once8/slot-rejected", [
        ("src/rom/session.c", "    int err = mprom_rom_head_break(rom, id);",
         "    int err = mprom_rom_trailer_void(rom, id);\n    err = err ? err : mprom_rom_head_break(rom, id);")]),
    # B3: D2 CD 31 00.
    ("going live in two parts where flash erases to 00", "zero4/first", [
        ("src/rom/head.c", "return any_count(geometry) || geometry->program_count > 2 ||", "return geometry->overwrites ||")]),
    ("the refusal of what may be left of a longer image", "zero8-once/small", [
        ("src/rom/image.c", "    if (blank == 0) {\n        set_damaged(image, MPROM_ROMFS_FAULT_NONE, image->size",
         "    if (false) {\n        set_damaged(image, MPROM_ROMFS_FAULT_NONE, image->size")]),
    # B4: a torn erase that hits the tag and the seal of a small image.
    ("the mark of an image that is gone", "once8/small", [
        ("src/rom/image.c", "int gone = mprom_rom_head_is_gone(rom, id, image->size);", "int gone = 0;")]),
    ("the mark in the trailer of an image that is gone", "once8/slot-again", [
        ("src/rom/head.c", "has_trailer(rom, id) ? mprom_rom_trailer_gone_read(rom, id)", "has_trailer(rom, id) ? 0")]),
]

failures = 0


def fail(what):
    global failures
    failures += 1
    print(f"mutants: {what}", file=sys.stderr)


def compile_source(path, name, folder):
    """Compiles path, which is, or replaces, the source of that name. Returns the object."""
    target = folder / (name.replace("/", "_") + ".o")
    subprocess.run(["cc", *FLAGS, f"-I{(SOURCE / name).parent}", "-c", str(path), "-o", str(target)], check=True)
    return target


def link(objects, program):
    subprocess.run(["cc", *map(str, objects), "-o", str(program)], check=True)
    return program


def run_sweep(program, cases):
    """Returns (exit status, cases, failed)."""
    done = subprocess.run([program, cases], capture_output=True, text=True, check=False)
    found = re.search(r"^powerloss: (\d+) cases, (\d+) failed$", done.stdout, re.M)
    if not found:
        raise SystemExit(f"mutants: {cases} ended without a summary:\n{done.stdout}{done.stderr}")
    return done.returncode, int(found.group(1)), int(found.group(2))


def compile_mutant(objects, replacements, folder):
    folder.mkdir()
    objects = dict(objects)
    texts = {}
    for name, old, new in replacements:
        text = texts.get(name) or (SOURCE / name).read_text()
        if text.count(old) != 1:
            raise SystemExit(f"mutants: {name} holds {old!r} {text.count(old)} times, not once: adapt this test")
        texts[name] = text.replace(old, new)
    for name, text in texts.items():
        path = folder / pathlib.Path(name).name
        path.write_text(text)
        objects[name] = compile_source(path, name, folder)
    return link(objects.values(), folder / "sweep")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        sources = [source for name in LISTS for source in source_lists.sources(f"MPROM_{name}_C")]
        sources += ["tests/rom/board.c", "tests/rom/image_maker.c"]
        sources += [path.relative_to(SOURCE).as_posix() for path in (SOURCE / "tests/powerloss").glob("*.c")
                    if not path.name.startswith("stranger")]
        objects = {source: compile_source(SOURCE / source, source, folder) for source in sources}
        program = link(objects.values(), folder / "sweep")
        for number, (protection, cases, replacements) in enumerate(MUTANTS):
            status, count, failed = run_sweep(program, cases)
            if status != 0 or count == 0 or failed:
                fail(f"{cases} fails as it is: {failed} of {count}")
            status, count, failed = run_sweep(compile_mutant(objects, replacements, folder / str(number)), cases)
            print(f"mutants: without {protection} {failed} of {count} cases of {cases} fail")
            if status == 0 or failed == 0:
                fail(f"without {protection} the sweep still passes")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
