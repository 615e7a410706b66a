"""R4: a board on which another task prints a line each 10, 20 or 50 ms, between any two bytes of its answers. Queries,
deploys and verifies work as on any other board: none fails.

    test_noisy.py          a sample: 4 commands in each case
    test_noisy.py 200      so many in each case
"""

import concurrent.futures
import contextlib
import os
import random
import subprocess
import sys
import tempfile

from board import Board
from link import Link
from programs import MPROM
from romfs_writer import file, sealed_image
from stock_board import KINDS, NO_HASHES, POOR, SIZE, StockBoard

AT_ONCE = 4
INTERVALS_MS = (10, 20, 50)
LINKS = {"pty": (), "115200": ("--baud", "115200")}
SEGMENT = {"mprom": 2, "older": 2}
# What the board lacks makes answers long: contents are read back.
LACKING = {"poor": POOR, "without hashes": NO_HASHES}


def kind_of_board(kind):
    return "view" if kind in LACKING else kind


def run(port, command, *args):
    done = subprocess.run([MPROM, command, "-p", port, *args], capture_output=True, text=True, timeout=120)
    return "" if done.returncode == 0 else f"{command}: {done.stderr}"


def held(state, segment, size):
    with open(os.path.join(state, "flash"), "rb") as flash:
        flash.seek(segment << 20)
        return flash.read(size)


def board_of(kind, interval_ms, state):
    """A board that prints; what it needs is installed before."""
    if kind == "mprom":
        return Board("--chatter", str(interval_ms), state=state)
    if kind in ("bare", *LACKING):
        boot = LACKING.get(kind, "")
        with StockBoard("bare" if kind == "bare" else "view", boot=boot, state=state):
            pass
    shape = {"bare": "device"}.get(kind, kind_of_board(kind))
    return StockBoard(shape, "--chatter", str(interval_ms), state=state)


def commands(kind, port, state, count, seed):
    """What went wrong, one after the other."""
    segment = SEGMENT.get(kind, 0)
    chosen = random.Random(seed)
    path = os.path.join(state, "image.romfs")
    size = 6_000 if kind in LACKING else 20_000
    data = bytearray(chosen.randbytes(size))
    wrong = []
    for number in range(count):
        what = number % 4
        if what == 0:
            at = chosen.randrange(len(data))
            data[at : at + 100] = chosen.randbytes(100)
            del data[size:]
            image = sealed_image(file("data.bin", bytes(data)))
            with open(path, "wb") as out:
                out.write(image)
            said = run(port, "deploy", "-q", "-n", str(segment), "--no-restart", path)
            if not said and held(state, segment, len(image)) != image:
                said = "deploy: the segment holds something else"
        elif what == 1:
            said = run(port, "query")
        elif what == 2:
            said = run(port, "verify", "-q", "-n", str(segment))
        else:
            said = run(port, "verify", "-q", "-n", str(segment), path)
        if said:
            wrong.append(f"command {number}: {said}")
    return wrong


def case(kind, interval_ms, link, count):
    with tempfile.TemporaryDirectory(prefix="mprom-test-") as state, contextlib.ExitStack() as stack:
        board = stack.enter_context(board_of(kind, interval_ms, state))
        port = board.port
        if LINKS[link]:
            port = stack.enter_context(Link(board, *LINKS[link])).port
        wrong = commands(kind, port, state, count, f"{kind} {interval_ms} {link}")
    return [f"{kind}, {interval_ms} ms, {link}: {said}" for said in wrong]


def case_or_why(kind, interval_ms, link, count):
    try:
        return case(kind, interval_ms, link, count)
    except Exception as error:  # a command or a board that does not end is a finding, not the end of the run
        return [f"{kind}, {interval_ms} ms, {link}: {type(error).__name__}: {error}"]


def main(count):
    cases = [(kind, interval_ms, link) for kind in ("mprom", *KINDS, *LACKING) for interval_ms in INTERVALS_MS for link in LINKS]
    if count < 200:
        cases = [one for at, one in enumerate(cases) if at % 5 == 0]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(lambda one: case_or_why(*one, count), cases))
    wrong = [said for result in results for said in result]
    print("\n".join(wrong))
    print(f"noisy: {len(cases)} cases of {count} commands, {len(wrong)} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 4))
