#!/usr/bin/python3
"""Builds a fuzz target with clang's libFuzzer and the sanitizers, and runs it for some seconds.

    fuzz.py TARGET [SECONDS]

Inputs that crash the target are kept in build/fuzz/TARGET/ and named in the output; once mended they belong among the
golden images. What the fuzzer learns stays there too, for the next run.
"""
import os
import pathlib
import subprocess
import sys

SOURCE_DIR = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(SOURCE_DIR / "tests/support"))
from libraries import freestanding_sources  # noqa: E402

SECONDS_DEFAULT = 10

CELLS = ["emulator/cells.c", "emulator/cells_store.c", "emulator/cells_torn.c", "tests/rom/image_maker.c"]

# Target -> its own sources, the libraries that it needs, the folders of its seeds.
TARGETS = {
    "romfs_read": (
        ["tests/fuzz/romfs_read.c", "tests/romfs/exercise.c"], ["romfs"],
        ["tests/golden/valid", "tests/golden/invalid"],
    ),
    "client_reply": (
        ["tests/fuzz/client_reply.c", "src/client/answer.c", "src/client/board_parse.c", "src/client/failure.c",
         "src/client/repl_reply.c"], ["romfs"],
        ["tests/fuzz/client_reply.seeds"],
    ),
    "rom_ioctl": (["tests/fuzz/rom_ioctl.c", *CELLS], ["romfs", "flash", "rom"], ["tests/fuzz/rom_ioctl.seeds"]),
    "rom_trailer": (["tests/fuzz/rom_trailer.c", *CELLS], ["romfs", "flash", "rom"], ["tests/fuzz/rom_trailer.seeds"]),
}


def build(folder, target, sources, libraries):
    program = folder / target
    files = [SOURCE_DIR / source for source in sources]
    for library in libraries:
        files += freestanding_sources(library)
    subprocess.run(["clang", "-std=c11", "-O1", "-g", "-D_GNU_SOURCE", "-fno-sanitize-recover=all",
                    "-fsanitize=fuzzer,address,undefined", "-I", SOURCE_DIR / "include", "-I", SOURCE_DIR / "src",
                    "-I", SOURCE_DIR / "tests", "-I", SOURCE_DIR, *files, "-o", program], check=True)
    return program


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in TARGETS:
        sys.exit(f"usage: fuzz.py {{{','.join(TARGETS)}}} [SECONDS]")
    target = sys.argv[1]
    seconds = int(sys.argv[2]) if len(sys.argv) == 3 else int(os.environ.get("MPROM_FUZZ_SECONDS", SECONDS_DEFAULT))
    sources, libraries, seeds = TARGETS[target]
    folder = SOURCE_DIR / "build" / "fuzz" / target
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    program = build(folder, target, sources, libraries)
    run = subprocess.run([program, f"-max_total_time={seconds}", "-max_len=1024", "-timeout=10", "-print_final_stats=1",
                          f"-dict={SOURCE_DIR}/tests/fuzz/romfs.dict", f"-artifact_prefix={folder}/", corpus,
                          *(SOURCE_DIR / seed for seed in seeds)],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    lines = run.stdout.splitlines()
    if run.returncode != 0:
        sys.exit("\n".join(lines[-60:]))
    print("\n".join(line for line in lines if line.startswith(("stat::number_of_executed", "Done"))))


main()
