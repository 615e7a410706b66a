"""The tests of the image library on other processors: 32-bit ARM, and 32-bit big-endian PowerPC, emulated by qemu.

Each test is compiled with the freestanding sources themselves, for the target, and with a stand-in for cmocka.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

from libraries import library_sources

SOURCE_DIR = pathlib.Path(os.environ["MPROM_SOURCE_DIR"])
TARGETS = {
    "arm": ("arm-linux-gnueabihf-gcc", "qemu-arm"),
    "powerpc, big-endian": ("powerpc-linux-gnu-gcc", "qemu-ppc"),
}
TESTS = {
    "check": [],
    "crc32": [],
    "golden": ["exercise.c"],
    "index": [],
    "info": [],
    "mutate": ["exercise.c"],
    "reader": [],
}


def run(command, **options):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          **options)
    if done.returncode != 0:
        sys.exit(f"portable: {' '.join(str(part) for part in command)}\n{done.stdout}")
    return done.stdout.strip()


def main():
    tests_dir = SOURCE_DIR / "tests/romfs"
    flags = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64",
             f'-DMPROM_GOLDEN_DIR="{SOURCE_DIR}/tests/golden"',
             "-I", tests_dir / "lite", "-I", SOURCE_DIR / "tests", "-I", SOURCE_DIR / "include", "-I", SOURCE_DIR / "src"]
    environment = dict(os.environ, MPROM_SAMPLE="1000")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for target, (compiler, emulator) in TARGETS.items():
            library = []
            for source in library_sources("romfs"):
                library.append(folder / f"{source.stem}.o")
                run([compiler, *flags, "-c", source, "-o", library[-1]])
            for test, more in TESTS.items():
                sources = [tests_dir / source for source in (f"{test}.c", "blob.c", *more)]
                run([compiler, *flags, *sources, *library, "-o", folder / test])
                print(f"{target}: {test}: {run([emulator, folder / test], env=environment)}", flush=True)


main()
