#!/usr/bin/python3
"""Builds the fuzz targets with clang's libFuzzer and the sanitizers, and shares a span of time among them.

    fuzz.py [--seconds N] [TARGET...]      all targets if none is named; building counts, too

Prints a line for each target: how many inputs it ran, what was covered by the corpus at the start and at the end, and
crashes. The corpus starts with the seeds in the tree; what is learnt stays in build/fuzz/TARGET/corpus for the next
run, and an input that crashes in build/fuzz/TARGET/, where every further run tries it first. Exit status 1 after a
crash. MPROM_SEED repeats a run, as far as the clock lets it.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

SOURCE_DIR = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(SOURCE_DIR / "tests/support"))
from libraries import library_sources, sources  # noqa: E402

FOLDER = SOURCE_DIR / "build" / "fuzz"
BOARD_PROGRAMS = FOLDER / "programs"  # headers that the client includes
SECONDS_DEFAULT = 60
SECONDS_MIN = 2  # of one target, however long building took
INPUT_SIZE_MAX = 1024

CELLS = [*sources("MPROM_CELLS_C"), *sources("MPROM_CELLS_STORE_C"), "tests/rom/image_maker.c"]
IMAGES = ["tests/golden/valid", "tests/golden/invalid"]

# Target -> its own sources, the libraries that it needs, the folders of its seeds.
TARGETS = {
    "romfs_read": (["tests/fuzz/romfs_read.c", "tests/romfs/exercise.c"], ["romfs"], IMAGES),
    "romfs_index": (["tests/fuzz/romfs_index.c"], ["romfs"], ["tests/fuzz/romfs_index.seeds"]),
    "build_roundtrip": (["tests/fuzz/build_roundtrip.c"], ["romfs", "romfs_build"],
                        ["tests/fuzz/build_roundtrip.seeds"]),
    "rom_ioctl": (["tests/fuzz/rom_ioctl.c", *CELLS], ["romfs", "flash", "rom"], ["tests/fuzz/rom_ioctl.seeds"]),
    "rom_trailer": (["tests/fuzz/rom_trailer.c", *CELLS], ["romfs", "flash", "rom"], ["tests/fuzz/rom_trailer.seeds"]),
    "receiver": (["tests/fuzz/receiver.c", *CELLS], ["romfs", "wire", "flash", "rom", "receiver"], ["tests/fuzz/receiver.seeds"]),
    "client_reply": (["tests/fuzz/client_reply.c"], ["client", "wire", "romfs"], ["tests/fuzz/client_reply.seeds"]),
    "rfc2217": (["tests/fuzz/rfc2217.c"], ["client"], ["tests/fuzz/rfc2217.seeds"]),
}

FLAGS = ["-std=c11", "-O1", "-g", "-D_GNU_SOURCE", '-DMPROM_VERSION="fuzz"', "-fno-sanitize-recover=all",
         *(word for folder in ("include", "src", "tests", "") for word in ("-I", SOURCE_DIR / folder)),
         "-I", BOARD_PROGRAMS]
SANITIZERS = "address,undefined"


def own_sources(target):
    return [SOURCE_DIR / source for source in TARGETS[target][0]]


def libraries_of(targets):
    return sorted({name for target in targets for name in TARGETS[target][1]})


def object_of(source):
    return FOLDER / "objects" / str(source.relative_to(SOURCE_DIR)).replace("/", "-").replace(".c", ".o")


def archive_of(library):
    return FOLDER / "objects" / f"lib{library}.a"


def compile_source(source):
    subprocess.run(["clang", *FLAGS, f"-fsanitize=fuzzer-no-link,{SANITIZERS}", "-c", source, "-o", object_of(source)],
                   check=True)


def archive(library):
    """An archive, made anew, so that the linker takes what a target calls, and no list here has to say what that is."""
    archive_of(library).unlink(missing_ok=True)
    subprocess.run(["ar", "rcs", archive_of(library), *map(object_of, library_sources(library))], check=True)


def link(target):
    (FOLDER / target / "corpus").mkdir(parents=True, exist_ok=True)
    _, libraries, _ = TARGETS[target]
    system_libraries = [*(["-ldeflate", "-pthread"] if "romfs_build" in libraries else []),
                        *(["-ltelnet", "-lz"] if target == "rfc2217" else [])]
    subprocess.run(["clang", f"-fsanitize=fuzzer,{SANITIZERS}", *map(object_of, own_sources(target)),
                    "-Wl,--start-group", *map(archive_of, libraries), "-Wl,--end-group", *system_libraries,
                    "-o", FOLDER / target / target], check=True)


def build(targets):
    """Compiles each source once, however many targets it is in."""
    (FOLDER / "objects").mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-B", SOURCE_DIR / "scripts/board_programs.py", BOARD_PROGRAMS], check=True)
    sources = {source for target in targets for source in own_sources(target)}
    sources |= {source for library in libraries_of(targets) for source in library_sources(library)}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(compile_source, sources))
        list(pool.map(archive, libraries_of(targets)))
        list(pool.map(link, targets))


def kept_crashes(folder):
    return sorted(path for kind in ("crash", "timeout", "oom", "leak") for path in folder.glob(f"{kind}-*"))


def execute(target, *arguments):
    done = subprocess.run([FOLDER / target / target, "-timeout=10", *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    return done.returncode, done.stdout.splitlines()


def run(target, seconds):
    """Prints the line of a target. Returns the inputs that crash it."""
    folder = FOLDER / target
    seeds = [SOURCE_DIR / seed for seed in TARGETS[target][2]]
    kept = kept_crashes(folder)
    if kept:
        status, lines = execute(target, *kept)
        if status != 0:
            print(f"{target}: crashes as before", "\n".join(lines[-40:]), sep="\n")
            return kept
    status, lines = execute(target, f"-max_total_time={seconds}", f"-max_len={INPUT_SIZE_MAX}", "-print_final_stats=1",
                            f"-seed={os.environ.get('MPROM_SEED') or 0}", f"-dict={SOURCE_DIR}/tests/fuzz/romfs.dict",
                            f"-artifact_prefix={folder}/", folder / "corpus", *seeds)
    coverage = [int(n) for n in re.findall(r"\bcov: (\d+)", "\n".join(lines))] or [0]
    runs = re.findall(r"^stat::number_of_executed_units: (\d+)", "\n".join(lines), re.M) or ["?"]
    crashes = [path for path in kept_crashes(folder) if path not in kept] if status != 0 else []
    print(f"{target}: {runs[0]} runs in {seconds} s, coverage {coverage[0]} -> {coverage[-1]}, {len(crashes)} crashes",
          flush=True)
    if status != 0:
        print("\n".join(lines[-60:]))
    return crashes or ([folder] if status != 0 else [])


def explain(crashes):
    for target, paths in crashes.items():
        for path in paths:
            print(f"fuzz: {target} crashes with {path.relative_to(SOURCE_DIR)}")
        if TARGETS[target][2] == IMAGES:
            print("fuzz: once mended, keep it: describe the image and its faults in tests/golden/make_golden.py")
        else:
            print(f"fuzz: once mended, keep it: copy it to {TARGETS[target][2][0]}/ under a name that says what it is")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=SECONDS_DEFAULT)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    args = parser.parse_args()
    targets = args.targets or list(TARGETS)
    unknown = set(targets) - set(TARGETS)
    if unknown:
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    end = time.monotonic() + args.seconds
    build(targets)
    crashes = {}
    for done, target in enumerate(targets):
        share = (end - time.monotonic()) / (len(targets) - done)
        found = run(target, max(SECONDS_MIN, int(share)))
        if found:
            crashes[target] = found
    explain(crashes)
    return 1 if crashes else 0


if __name__ == "__main__":
    sys.exit(main())
