"""How often a deploy waits for the board: on USB each wait is a millisecond, whatever is sent."""

import os
import random
import tempfile
import unittest

from board import Board
from link import Link
from programs import mprom
from romfs_writer import file, sealed_image

UNCHANGED = 3  # into the raw REPL; what the board is; what its segment holds
PASTED = 12  # more, if this machine keeps the SIM from reading for the 22 ms that its buffer takes to run over
FIRST = 90
SIZE = 100_000


class Turns(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mprom-test-")
        self.addCleanup(folder.cleanup)
        self.image = os.path.join(folder.name, "image.romfs")
        with open(self.image, "wb") as image:
            image.write(sealed_image(file("data.bin", random.Random(1).randbytes(SIZE))))

    def turns(self, board, *options):
        with Link(board, *options) as link:
            mprom("deploy", "-q", "-p", link.port, "-n", "2", "--no-restart", self.image)
        return link.counts["turns"]

    def test_usb(self):
        for options in ([], ["--plain"]):
            with self.subTest(options), Board(*options) as board:
                self.assertLessEqual(self.turns(board, "--usb"), FIRST)
                self.assertLessEqual(self.turns(board, "--usb"), UNCHANGED)

    def test_uart(self):
        with Board("--receive-buffer", "256") as board:
            mprom("deploy", "-q", "-p", board.port, "-n", "2", "--no-restart", self.image)
            self.assertLessEqual(self.turns(board, "--baud", "115200"), UNCHANGED + PASTED)


if __name__ == "__main__":
    unittest.main()
