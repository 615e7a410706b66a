"""One fault on the link, anywhere in a deploy: it ends in a complete, verified deploy or in a clear error, and the next
deploy works. Never a false success, a crash, or a part of an image.

    test_link_faults.py            a sample of 10 cases, from a seed that is printed
    test_link_faults.py 1000       so many; MPROM_SEED=N repeats them, MPROM_CASE=I runs only one of them
"""

import concurrent.futures
import hashlib
import os
import random
import sys
import tempfile
import time
import pathlib

from board import Board
from clients import CLIENTS
from link import Link
from romfs_writer import file, sealed_image
from stock_board import SHAPES, SIZE, StockBoard, enter_raw, install_older

AT_ONCE = 12  # waiting for an answer that will not come takes no CPU
KINDS = ("lose", "double", "flip", "noise", "stall", "cut", "reset")
WAYS = ("board", "board", "board", "client")
LINKS = ((), ("--usb",), ("--baud", "921600"), ("--baud", "460800"))
RAISED = (("--baud-max", "921600"), ("--baud", "115200", "--baud-max", "921600"))  # of the board, of its link
# mprom's firmware, which gets the image whole or as a patch, or is of the time when Python had to receive it; others.
BOARDS = (("mprom", ()), ("mprom", ("--receive-buffer", "256")), ("mprom", RAISED[0]), ("patch", RAISED[0]), ("patch", ()), ("older", ()),
          ("view", ()), ("blocks", ("--receive-buffer", "256")), ("device", ()), ("mram", ()))

DATA = random.Random("new").randbytes(30_000)
OLD = sealed_image(file("data.bin", random.Random("old").randbytes(9_000)))
NEAR = sealed_image(file("data.bin", b"moved" + DATA[:8_000] + DATA[4_000:12_000] + OLD[:2_000] + DATA[20_000:]))
NEW = sealed_image(file("data.bin", DATA))
KNOWN = {hashlib.sha256(image).digest(): image for image in (OLD, NEAR, NEW)}


class Case:
    def __init__(self, seed, index, folder):
        pick = random.Random(f"{seed}/{index}")
        self.kind = pick.choice(KINDS)
        self.way = pick.choice(WAYS)
        self.shape, self.board_options = pick.choice(BOARDS)
        # Beyond what is sent the fault does not happen, and the deploy must be as any other.
        sent = 15_000 if self.shape == "patch" else 45_000
        self.at = pick.randrange(sent if self.way == "board" else 1_500)
        self.link_options = RAISED[1] if self.board_options == RAISED[0] else pick.choice(LINKS)
        self.fault = f"{self.kind}:{self.way}:{self.at}:{index}"
        self.folder = folder
        self.image = folder / "new.romfs"

    def __str__(self):
        return f"{self.shape} {' '.join(self.board_options + self.link_options)} --fault {self.fault}"

    def held(self, board):
        """The image that the segment holds, None for none; not asked through mprom."""
        with enter_raw(board) as console:
            console.leave_raw()
        if self.shape in SHAPES:
            flash = board.flash()
            for image in KNOWN.values():
                if flash.startswith(image):
                    return image
            return None if flash[:3] != NEW[:3] else flash
        with board.raw() as console:
            console.soft_reset()
            if console.eval("__import__('romfs').info(2).state") == "empty":
                return None
            size = console.eval("__import__('romfs').info(2).size")
            digest = console.eval(f"__import__('hashlib').sha256(__import__('vfs').rom_ioctl(2, 2)[:{size}]).digest()")
        return KNOWN.get(digest, digest)

    def prepare(self, state):
        """Before the board has its small buffer: what is sent here is not under test."""
        if self.shape in SHAPES:
            pathlib.Path(state, "flash").write_bytes(OLD.ljust(3 * SIZE, b"\xff"))
            return
        with Board("--heap", "1M", state=state) as roomy:
            with roomy.raw() as console:
                console.rom_write(2, NEAR if self.shape == "patch" else OLD)
            if self.shape == "older":
                install_older(roomy)

    def deploy(self, port):
        options = ("--base", self.folder / "near.romfs") if self.shape == "patch" else ()
        return CLIENTS["mprom"].deploy(port, 0 if self.shape in SHAPES else 2, self.image, *options)

    def run(self):
        """What is wrong, or None; and how it ended."""
        with tempfile.TemporaryDirectory(dir=self.folder) as state:
            self.prepare(state)
            if self.shape in SHAPES:
                board = StockBoard(self.shape, *self.board_options, heap="256K", state=state)
            else:
                board = Board(*self.board_options, state=state)
            with board:
                return self.run_on(board)

    def run_on(self, board):
        with Link(board, *self.link_options, "--fault", self.fault) as link:
            done = self.deploy(link.port)
        happened = link.counts["to_board"]["faults"] + link.counts["to_client"]["faults"]
        wrong = self.judge(board, done)
        return wrong, ("deployed" if done.status == 0 else "error") + ("" if happened else " without a fault")

    def judge(self, board, done):
        if board.process.poll() is not None:
            return f"the board ended with status {board.process.poll()}: {board.messages()}"
        if done.status not in (0, 1):
            return f"ends with status {done.status}: {done.stderr}"
        if done.status == 1 and not (done.stderr.startswith("mprom: ") and done.stderr.count("\n") == 1):
            return f"has no clear message: {done.stderr!r}"
        held = self.held(board)
        if done.status == 0 and held != NEW:
            return f"is a success, but the board holds another image: {done.stdout}{done.stderr}"
        if held not in (None, OLD, NEAR, NEW):
            return "leaves something else"
        again = self.deploy(board.port)
        if again.status != 0 or self.held(board) != NEW:
            return f"cannot be mended: {again}"
        return None


def run_case(seed, index, folder):
    case = Case(seed, index, folder)
    try:
        return case, *case.run()
    except Exception as error:  # a board that does not answer is a finding, not the end of the run
        return case, f"{type(error).__name__}: {error}", "exception"


def main(count):
    seed = int(os.environ.get("MPROM_SEED", time.time()))
    only = os.environ.get("MPROM_CASE")
    indices = [int(only)] if only else range(count)
    endings = {}
    failed = 0
    print(f"link_faults: {len(indices)} cases, MPROM_SEED={seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="mprom-test-") as name:
        folder = pathlib.Path(name)
        (folder / "new.romfs").write_bytes(NEW)
        (folder / "near.romfs").write_bytes(NEAR)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for index, (case, wrong, ending) in zip(indices, pool.map(lambda i: run_case(seed, i, folder), indices)):
                endings[ending] = endings.get(ending, 0) + 1
                if wrong:
                    failed += 1
                    print(f"MPROM_SEED={seed} MPROM_CASE={index}: {case}: {wrong}", flush=True)
    print(f"link_faults: {failed} failed; {', '.join(f'{endings[name]} {name}' for name in sorted(endings))}")
    # A PC that is busy enough is a fault as well, but a rare one.
    failed += endings.get("error without a fault", 0) > 1 + count // 100
    # A sweep in which no fault happened, or none was survived, shows nothing.
    return 1 if failed or (count >= 100 and not {"deployed", "error"} <= set(endings)) else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
