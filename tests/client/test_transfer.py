"""The transfer over links that lose, double and change bytes, or stall: a deploy ends with the image whole on the board,
or with a clear message and a board that the next deploy mends."""

import concurrent.futures
import hashlib
import os
import random
import tempfile
import time
import unittest
import zlib

from board import Board
from clients import CLIENTS
from lossy_link import BURST, KINDS, Fault, LossyLink
from romfs_writer import file, sealed_image

SEGMENT = 2
SAMPLE = os.environ.get("MPROM_SAMPLE", "16")
COUNT = 1000 if SAMPLE == "all" else int(SAMPLE)
SEED = os.environ.get("MPROM_SEED") or str(int(time.time()))
OLD = sealed_image(file("data.bin", random.Random("old").randbytes(30_000)))


PACKED = 180_000  # the size of the image that is worth compressing


def image_of(size):
    choose = random.Random(size)
    words = [choose.randbytes(choose.randrange(2, 9)) for _ in range(500)]
    data = b"".join(choose.choice(words) for _ in range(size // 5)) if size == PACKED else choose.randbytes(size)
    return sealed_image(file("data.bin", data))


# One that is sent at once, one before which the link is tried, one that goes as a deflate stream.
NEW = {size: image_of(size) for size in (20_000, 90_000, PACKED)}
IMAGES = {hashlib.sha256(image).digest(): image for image in (OLD, *NEW.values())}


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

    def deploy(self, port, size):
        return CLIENTS["mprom"].deploy(port, SEGMENT, self.paths[size])

    def passed(self, size):
        """How many bytes a deploy takes in each direction."""
        with Board() as board, LossyLink(board.port) as link:
            done = self.deploy(link.port, size)
            self.assertEqual(done.status, 0, done)
            return link.passed

    def case(self, number, passed):
        choose = random.Random(f"{SEED} {number}")
        size = choose.choice(sorted(NEW))
        direction = choose.choice(("board", "board", "client"))
        fault = Fault(choose.choice(KINDS), direction, choose.randrange(passed[size][direction]),
                      choose.randrange(1, BURST))
        what = self.outcome(size, fault)
        return what and f"{fault}, {size} bytes, MPROM_SEED={SEED}: {what}"

    def outcome(self, size, fault):
        """Returns what is wrong, or None."""
        with Board() as board:
            with board.raw() as console:
                console.rom_write(SEGMENT, OLD)
            with LossyLink(board.port, [fault]) as link:
                done = self.deploy(link.port, size)
            holds = held(board)
            if done.status == 0 and holds != NEW[size]:
                return f"is a success, but the board holds another image: {done}"
            if done.status == 1 and not (done.stderr.startswith("mprom: ") and done.stderr.count("\n") == 1):
                return f"has no clear message: {done}"
            if done.status not in (0, 1) or holds not in (None, OLD, NEW[size]):
                return f"leaves something else: {done}"
            again = self.deploy(board.port, size)
            if again.status != 0 or held(board) != NEW[size]:
                return f"cannot be mended: {again}"
        return None

    def test_faults(self):
        print(f"MPROM_SEED={SEED}")
        passed = {size: self.passed(size) for size in NEW}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            wrong = [what for what in pool.map(lambda n: self.case(n, passed), range(COUNT)) if what]
        self.assertEqual(wrong, [])

    def test_damaged_frames_are_sent_again(self):
        """Faults within the stream of frames do not end the deploy."""
        for size in (90_000, PACKED):
            at = self.passed(size)["board"] // 2
            for kind in ("lose", "double", "flip", "stall"):
                with self.subTest(kind, size=size), Board() as board:
                    faults = [Fault(kind, "board", at + 5000 * i, 3) for i in range(1 if kind == "stall" else 3)]
                    with LossyLink(board.port, faults) as link:
                        done = self.deploy(link.port, size)
                    self.assertEqual(done.status, 0, done)
                    self.assertEqual(held(board), NEW[size])

    def test_what_can_be_compressed_is(self):
        passed = self.passed(PACKED)["board"]
        deflate = zlib.compressobj(9, zlib.DEFLATED, -12)
        size = len(deflate.compress(NEW[PACKED]) + deflate.flush())
        self.assertLess(passed, size * 1.05 + 13_000)  # escapes, headers; programs and the trial
        self.assertLess(passed, len(NEW[PACKED]) * 0.8)

    def test_little_memory(self):
        """Down to heaps on which nothing is compressed."""
        for heap in ("128K", "64K", "48K", "32K"):
            with self.subTest(heap), Board("--heap", heap) as board:
                done = self.deploy(board.port, PACKED)
                self.assertEqual(done.status, 0, done)
                self.assertEqual(held(board), NEW[PACKED])

    def test_seven_bits(self):
        """A console that is not clean for 8 bits gets text."""
        for size in NEW:
            with self.subTest(size), Board() as board:
                with LossyLink(board.port, seven_bits=True) as link:
                    done = self.deploy(link.port, size)
                self.assertEqual(done.status, 0, done)
                self.assertEqual(held(board), NEW[size])


if __name__ == "__main__":
    unittest.main(verbosity=2)
