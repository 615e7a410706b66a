"""`mprom build` against `mpremote romfs build`: the whole process, into a file that did not exist before."""

import pathlib
import random
import statistics
import subprocess
import tempfile
import time

import trees
from programs import MICROPYTHON_DIR, MPROM, mpremote_environment
from rows import faster

RUNS_OURS = 25
RUNS_THEIRS = 5


def wall(command, image, env=None):
    """Seconds that a command takes to make image."""
    image.unlink(missing_ok=True)
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    seconds = time.perf_counter() - start
    if not image.stat().st_size:
        raise RuntimeError(f"{command} wrote nothing")
    return seconds


def compare(tree, options):
    """Medians of ours and theirs, taken in turns so that both see the same machine."""
    image = tree.parent / "image.romfs"
    ours_command = [MPROM, "build", *options, "-o", image, tree]
    theirs_command = ["/usr/bin/python3", "-m", "mpremote", "romfs", *options, "--output", image, "build", tree]
    ours, theirs = [wall(ours_command, image)], [wall(theirs_command, image, mpremote_environment())]
    ours.clear()
    theirs.clear()
    for _ in range(RUNS_THEIRS):
        theirs.append(wall(theirs_command, image, mpremote_environment()))
        ours += [wall(ours_command, image) for _ in range(RUNS_OURS // RUNS_THEIRS)]
    return statistics.median(ours), statistics.median(theirs)


def basics(folder):
    return trees.basics(MICROPYTHON_DIR, folder / "basics")


def small_and_large(folder):
    """2,000 small text files in 20 directories, and one file of 8 MiB."""
    noise = random.Random(1)
    tree = folder / "tree"
    for number in range(2000):
        path = tree / f"dir{number % 20:02}" / f"file{number:04}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"file {number}: " + "word " * noise.randrange(40) + "\n")
    (tree / "large.bin").write_bytes(noise.randbytes(8 << 20))
    return tree


def row(make, options, goal):
    def measure(name):
        with tempfile.TemporaryDirectory() as folder:
            yield faster(name, *compare(make(pathlib.Path(folder)), options), goal)

    return measure


ROWS = [
    ("build 540 .py, compiled", row(basics, [], 20)),
    ("build 540 .py, as they are", row(basics, ["--no-mpy"], 20)),
    ("build 2,000 files and 8 MiB", row(small_and_large, ["--no-mpy"], 8)),
]
