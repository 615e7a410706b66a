"""The transfer over links that lose, double and change bytes within the stream of frames, and boards of little memory:
what is damaged is sent again. One fault anywhere in a deploy: test_link_faults.py."""

import hashlib
import os
import random
import tempfile
import unittest
import zlib

from board import Board
from clients import CLIENTS
from lossy_link import Fault, LossyLink
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
IMAGES = {hashlib.sha256(image).digest(): image for image in NEW.values()}


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
