"""Segments, slots, patches and a sample of the power-loss sweep on other processors: 32-bit ARM, and 32-bit big-endian PowerPC,
emulated by qemu. What is on flash must be the same everywhere: the tests compare it byte by byte.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

from libraries import library_sources

SOURCE = pathlib.Path(os.environ["MPROM_SOURCE_DIR"])
TARGETS = {
    "arm": ("arm-linux-gnueabihf-gcc", "qemu-arm"),
    "powerpc, big-endian": ("powerpc-linux-gnu-gcc", "qemu-ppc"),
}
SHARED = ["tests/rom/board.c", "tests/rom/image_maker.c"]
PROGRAMS = {
    "segment": (["tests/rom/segment.c"], []),
    "slots": (["tests/rom/slots.c"], []),
    "receiver": (["tests/receiver/receiver.c", "tests/receiver/check.c", "tests/receiver/client.c"], []),
    "powerloss": (["tests/powerloss/main.c", "tests/powerloss/scenario.c", "tests/powerloss/world.c"],
                  ["--sample", "2000"]),
}
# Warnings are the business of the ordinary build; the stand-in for cmocka compares numbers of any two types.
FLAGS = ["-std=c11", "-O2", "-w", "-static", "-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64", "-D_TIME_BITS=64",
         *(f"-I{SOURCE / folder}" for folder in ("tests/romfs/lite", "tests", "include", "src", ""))]

# An emulated processor takes hours for the whole sweep, which the real one does: here it stays a sample.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "MPROM_SAMPLE"}


def run(command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=ENVIRONMENT)
    if done.returncode != 0:
        sys.exit(f"portable: {' '.join(str(part) for part in command)}\n{done.stdout}")
    return done.stdout.strip()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for target, (compiler, emulator) in TARGETS.items():
            library = []
            sources = [SOURCE / source for source in SHARED]
            for part in ("cells", "cells_store", "romfs", "wire", "flash", "rom", "receiver"):
                sources += library_sources(part)
            for source in sources:
                library.append(folder / f"{source.parent.name}-{source.stem}.o")
                run([compiler, *FLAGS, "-c", source, "-o", library[-1]])
            for program, (own, arguments) in PROGRAMS.items():
                run([compiler, *FLAGS, *(SOURCE / source for source in own), *library, "-o", folder / program])
                last = run([emulator, folder / program, *arguments]).splitlines()[-1]
                print(f"{target}: {program}: {last}", flush=True)


main()
