"""The transfer over links that lose, double and change bytes within the stream of frames, and boards of little memory:
what is damaged is sent again. One fault anywhere in a deploy: test_link_faults.py."""

import concurrent.futures
import contextlib
import hashlib
import os
import random
import tempfile
import unittest
import zlib

import stock_board
from board import Board
from clients import CLIENTS
from link import Link
from romfs_writer import file, sealed_image

SEGMENT = 2
PACKED = 180_000  # the size of the image that is worth compressing


def image_of(size):
    choose = random.Random(size)
    words = [choose.randbytes(choose.randrange(2, 9)) for _ in range(500)]
    data = b"".join(choose.choice(words) for _ in range(size // 5)) if size == PACKED else choose.randbytes(size)
    return sealed_image(file("data.bin", data))


# One that is sent at once, one before which the link is tried, one that goes as a deflate stream.
NEW = {size: image_of(size) for size in (12_000, 90_000, PACKED)}
# Every second part of the second one, moved: what is there when it comes as a patch.
NEAR = sealed_image(file("data.bin", b"moved" + b"".join(NEW[90_000][at : at + 5000] for at in range(0, 90_000, 10_000))))
IMAGES = {hashlib.sha256(image).digest(): image for image in (NEAR, *NEW.values())}

# Who receives: the firmware, or, in older firmware and everybody else's, Python.
KINDS = ("builtin", "python")


@contextlib.contextmanager
def board_of(kind, *options):
    with Board(*options) as board:
        if kind == "python":
            stock_board.install_older(board)
        yield board


def held(board):
    """The image in the segment, by what the board's memory shows; None for none."""
    with board.raw() as console:
        console.soft_reset()
        state = console.eval(f"__import__('romfs').info({SEGMENT}).state")
        if state in ("empty", "damaged"):
            return None
        size = console.eval(f"__import__('romfs').info({SEGMENT}).size")
        digest = f"__import__('hashlib').sha256(__import__('vfs').rom_ioctl(2, {SEGMENT})[:{size}]).digest()"
        return IMAGES.get(console.eval(digest), "another one")


class Lossy(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mprom-test-")
        self.addCleanup(folder.cleanup)
        self.paths = {}
        for size, image in NEW.items():
            self.paths[size] = os.path.join(folder.name, f"{size}.romfs")
            with open(self.paths[size], "wb") as f:
                f.write(image)

    def deploy(self, port, size, *options):
        return CLIENTS["mprom"].deploy(port, SEGMENT, self.paths[size], *options)

    def passed(self, kind, size):
        """How many bytes a deploy sends."""
        with board_of(kind) as board, Link(board) as link:
            done = self.deploy(link.port, size)
            self.assertEqual(done.status, 0, done)
        return link.counts["to_board"]["sent"]

    def mended(self, kind, size, fault, at, options):
        """What is wrong after faults within the stream of frames, or None."""
        places = [at + 5000 * i for i in range(1 if fault == "stall" else 3)]
        faults = [word for seed, place in enumerate(places) for word in ("--fault", f"{fault}:board:{place}:{seed}")]
        with board_of(kind) as board:
            with board.raw() as console:
                console.rom_write(SEGMENT, NEAR)
            with Link(board, *faults) as link:
                done = self.deploy(link.port, size, *options)
            if done.status != 0:
                return done
            if link.counts["to_board"]["faults"] < len(places):
                return "was over before the faults"
            return None if held(board) == NEW[size] else "holds something else"

    def test_damaged_frames_are_sent_again(self):
        """Several at a time: most of it is waiting."""
        near = os.path.join(os.path.dirname(self.paths[90_000]), "near.romfs")
        with open(near, "wb") as f:
            f.write(NEAR)
        streams = [(kind, size, self.passed(kind, size) // 2, ()) for kind in KINDS for size in (90_000, PACKED)]
        streams.append(("builtin", 90_000, 20_000, ("--base", near)))  # a patch
        cases = [(kind, size, fault, at, options) for kind, size, at, options in streams
                 for fault in ("lose", "double", "change", "stall")]
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            results = list(pool.map(lambda case: self.mended(*case), cases))
        self.assertEqual([(case, what) for case, what in zip(cases, results) if what], [])

    def without_poll(self, fault, at):
        """What is wrong after a fault on a board where poll() finds nothing, or None."""
        with stock_board.StockBoard("view", "--no-poll") as board:
            options = ("--fault", f"{fault}:board:{at}:1") if fault else ()
            with Link(board, "--baud", "921600", *options) as link:
                done = CLIENTS["mprom"].deploy(link.port, 0, self.paths[12_000], "--no-restart")
            if done.status != 0:
                return str(done)
            if fault and link.counts["to_board"]["faults"] != 1:
                return "was over before the fault"
            return None if board.flash().startswith(NEW[12_000]) else "holds something else"

    def test_without_poll(self):
        """R10: on ports where poll() never finds input, a damaged frame is sent again all the same."""
        cases = [("", 0)] + [(fault, at) for fault in ("lose", "double", "change") for at in range(9_000, 18_000, 1_500)]
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            results = list(pool.map(lambda case: self.without_poll(*case), cases))
        self.assertEqual([(case, what) for case, what in zip(cases, results) if what], [])

    def test_what_can_be_compressed_is(self):
        deflate = zlib.compressobj(9, zlib.DEFLATED, -12)
        size = len(deflate.compress(NEW[PACKED]) + deflate.flush())
        for kind in KINDS:
            with self.subTest(kind):
                passed = self.passed(kind, PACKED)
                self.assertLess(passed, size * 1.05 + 13_000)  # escapes, headers; programs and the trial
                self.assertLess(passed, len(NEW[PACKED]) * 0.8)

    def test_little_memory(self):
        """Down to heaps on which nothing is compressed."""
        for kind in KINDS:
            # What hides the firmware's functions takes memory as well.
            for heap in ("128K", "64K", "48K", "36K" if kind == "python" else "32K"):
                with self.subTest(kind, heap=heap), board_of(kind, "--heap", heap) as board:
                    done = self.deploy(board.port, PACKED)
                    self.assertEqual(done.status, 0, done)
                    self.assertEqual(held(board), NEW[PACKED])

    def test_seven_bits(self):
        """A console that is not clean for 8 bits gets text."""
        for kind in KINDS:
            for size in NEW:
                with self.subTest(kind, size=size), board_of(kind) as board:
                    with Link(board, "--seven-bit") as link:
                        done = self.deploy(link.port, size)
                    self.assertEqual(done.status, 0, done)
                    self.assertEqual(held(board), NEW[size])


if __name__ == "__main__":
    unittest.main(verbosity=2)
