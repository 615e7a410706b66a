"""`mprom deploy` over simulated links, against stock mpremote on the same board through the same link.

The board is SIM, whose flash takes no time, so the wire is the limit. Figures are of whole processes, from start to exit.
"""

import collections
import contextlib
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

import trees
from board import Board
from link import Link, overruns
from programs import MICROPYTHON_DIR, MPROM, mprom, mpremote_environment
from romfs_writer import file, sealed_image
from rows import Row, at_most, faster

SEGMENT = 2
UART = ("--baud", "115200")
UART_RATE = 11_520
RAISED = ("--baud-max", "921600")
UART_BUFFER = ("--receive-buffer", "256")
UART_BOARD = ("--plain", *UART_BUFFER)
STOCK_BOARD = ("--compat", "view")  # has one segment, 0
USB = ("--usb",)
USB_RATE = 800_000
FLEET = 32
PATIENCE_S = 100  # longer than any deploy that comes near its goal

Measured = collections.namedtuple("Measured", "seconds bytes turns operations")


class Bench:
    """A SIM that counts the operations of its flash."""

    def __init__(self, folder, *options):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        self.log = self.folder / "log"
        self.board = Board("--log", str(self.log), *options)
        self.segment = 0 if "--compat" in options else SEGMENT

    def __enter__(self):
        self.board.__enter__()
        return self

    def __exit__(self, *rest):
        lost = overruns(self.board)
        self.board.__exit__(*rest)
        # More is the client's own trial of the link, which costs it at most these bytes.
        if lost > 4096:
            raise RuntimeError(f"{lost} bytes did not fit into the board's receive buffer")

    def operations(self):
        return sum(line.startswith("flash ") for line in self.log.read_text().splitlines())

    def run(self, link_options, command, env=None):
        """Runs a client at the far end of a link of its own."""
        before = self.operations()
        with Link(self.board, *link_options) as link:
            start = time.perf_counter()
            done = subprocess.run([str(word).replace("PORT", link.port) for word in command], env=env, timeout=PATIENCE_S,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            seconds = time.perf_counter() - start
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stdout.decode()}")
        count = link.counts["to_board"]["sent"] + link.counts["to_client"]["sent"]
        return Measured(seconds, count, link.counts["turns"], self.operations() - before)

    def ours(self, link_options, what):
        return self.run(link_options, [MPROM, "deploy", "-q", "-p", "PORT", "-n", self.segment, "--no-restart", what],
                        dict(os.environ, XDG_CACHE_HOME=str(self.folder)))  # what it knows is of this bench

    def theirs(self, link_options, image):
        return self.run(link_options, ["/usr/bin/python3", "-m", "mpremote", "connect", "PORT", "romfs", "-p",
                                       self.segment, "deploy", image], mpremote_environment())


@contextlib.contextmanager
def scene(*options):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with Bench(folder, *options) as bench:
            yield folder, bench


def compiled(folder):
    """The tree of 540 files and an image of it, compiled: 200 KB."""
    tree = trees.basics(MICROPYTHON_DIR, folder / "basics")
    image = folder / "image.romfs"
    mprom("build", "-q", "-o", image, tree)
    return tree, image


def noise(folder, size):
    image = folder / "noise.romfs"
    image.write_bytes(sealed_image(file("noise.bin", random.Random(size).randbytes(size))))
    return image


def share(name, part, whole, percent):
    """At least so many percent."""
    value = 100 * part / whole
    return Row(name, f"{value:.1f} %", "-", "-", f">= {percent} %", value >= percent)


def at_most_times(name, ours_s, limit_s, times, of):
    ratio = ours_s / limit_s
    return Row(name, f"{ours_s * 1e3:.0f} ms", f"{limit_s * 1e3:.0f} ms", f"{ratio:.2f}x", f"<= {times}x {of}",
               ratio <= times)


def first_deploy(options, link, client):
    """Of the compiled tree, to a board that holds nothing."""
    with scene(*options) as (folder, bench):
        _, image = compiled(folder)
        return getattr(bench, client)(link, image)


def measure_compiled(options, link, goal, runs=1):
    """Medians, where a run is so short that other work on the machine shows."""

    def measure(name):
        theirs, ours = (statistics.median_low(first_deploy(options, link, client) for _ in range(runs))
                        for client in ("theirs", "ours"))
        yield faster(name, ours.seconds, theirs.seconds, goal)
        if link == USB:
            yield at_most_times(f"{name}, wire", ours.seconds, ours.bytes / USB_RATE, 1.3, "the wire")

    return measure


def measure_line_rate(name):
    with scene(*UART_BOARD) as (folder, bench):
        image = noise(folder, 200_000)
        ours = bench.ours(UART, image)
        yield share(name, image.stat().st_size / UART_RATE, ours.seconds, 95)


def change_a_function(tree):
    """One function of one file does something else, in more words than before."""
    path = tree / "class_bases.py"
    text = path.read_text()
    if "    pass\n" not in text:
        raise RuntimeError(f"{path} is not what it was")
    path.write_text(text.replace("    pass\n", "    def added(self, x):\n        return x * 3 + len('changed')\n", 1))


def measure_changed(name):
    with scene(*UART_BOARD) as (folder, bench):
        tree, _ = compiled(folder)
        first = bench.ours(UART, tree)
        change_a_function(tree)
        again = bench.ours(UART, tree)
        yield at_most(f"{name}, bytes", again.bytes, first.bytes, first.bytes * 3 // 100, "B", "<= 3 % of the first")
        yield at_most_times(f"{name}, time", again.seconds, first.seconds, 0.05, "the first")


def measure_unchanged(name):
    with scene("--plain") as (folder, bench):
        tree, _ = compiled(folder)
        bench.ours(USB, tree)
        again = bench.ours(USB, tree)
        yield at_most(f"{name}, turns", again.turns, 0, 3, "", "<= 3")
        yield at_most(f"{name}, ms", round(again.seconds * 1e3), 0, 100, "ms", "< 100 ms")
        yield at_most(f"{name}, flash", again.operations, 0, 0, "operations", "none")


def measure_large(name):
    with scene("--plain", "--segment-size", "32M") as (folder, bench):
        image = noise(folder, 20 << 20)
        ours = bench.ours(USB, image)
        yield at_most_times(name, ours.seconds, image.stat().st_size / USB_RATE, 1.3, "the wire")


def deploy_all(image, links):
    command = [MPROM, "deploy", "-q", "-n", str(SEGMENT), "--no-restart", image]
    for link in links:
        command += ["-p", link.port]
    start = time.perf_counter()
    subprocess.run(command, check=True, timeout=PATIENCE_S, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure_fleet(name):
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        image = noise(pathlib.Path(folder), 60_000)
        boards = [stack.enter_context(Board(*UART_BOARD)) for _ in range(FLEET + 1)]
        links = [stack.enter_context(Link(board, *UART)) for board in boards]
        one = deploy_all(image, links[:1])
        yield at_most_times(name, deploy_all(image, links[1:]), one, 1.5, "one board")


def told(measure):
    """A deploy that fails or takes for ever is a row as well, not the end of the bench."""
    def rows(name):
        try:
            yield from measure(name)
        except subprocess.TimeoutExpired:
            yield Row(name, f"> {PATIENCE_S} s", "-", "-", "to end", False)
        except (RuntimeError, subprocess.CalledProcessError) as error:
            print(error, file=sys.stderr)
            yield Row(name, "failed", "-", "-", "to succeed", False)

    return rows


ROWS = [(name, told(measure)) for name, measure in [
    ("deploy 200 KB, 115200 baud", measure_compiled(UART_BOARD, UART, 4)),
    ("deploy 200 KB, rate raised", measure_compiled((*UART_BOARD, *RAISED), (*UART, *RAISED), 4)),
    ("deploy 200 KB, USB", measure_compiled(("--plain",), USB, 10, runs=5)),
    ("deploy 200 KB, 115200, stock", measure_compiled((*STOCK_BOARD, *UART_BUFFER), UART, 4)),
    ("deploy 200 KB, USB, stock", measure_compiled(STOCK_BOARD, USB, 10, runs=3)),
    ("deploy noise, 115200, of the line", measure_line_rate),
    ("deploy one function changed", measure_changed),
    ("deploy nothing changed", measure_unchanged),
    ("deploy 20 MiB, USB", measure_large),
    (f"deploy to {FLEET} boards at once", measure_fleet),
]]
