"""How often a deploy waits for the board: on USB each wait is a millisecond, whatever is sent."""

import os
import random
import tempfile
import unittest

from board import Board
from link import Link
from programs import mprom
from romfs_writer import file, sealed_image
from stock_board import StockBoard

UNCHANGED = 2  # into the raw REPL, and what the board is; what its segment holds
OTHERS = 3  # what a board is that does not say it by itself takes one of its own
FIRST = 90
TRIES = 10
SIZE = 100_000


class Turns(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mprom-test-")
        self.addCleanup(folder.cleanup)
        self.image = os.path.join(folder.name, "image.romfs")
        self.make(SIZE)

    def make(self, size):
        with open(self.image, "wb") as image:
            image.write(sealed_image(file("data.bin", random.Random(1).randbytes(size))))

    def turns(self, board, *options, segment="2", tries=TRIES):
        """The least: on a machine that is busy, what does not come in time is asked for again."""
        counts = []
        for _ in range(tries):
            with Link(board, *options) as link:
                mprom("deploy", "-q", "-p", link.port, "-n", segment, "--no-restart", self.image)
            counts.append(link.counts["turns"])
            if counts[-1] <= UNCHANGED:
                break
        return min(counts)

    def test_usb(self):
        for options in ([], ["--plain"]):
            with self.subTest(options), Board(*options) as board:
                self.assertLessEqual(self.turns(board, "--usb", tries=1), FIRST)
                self.assertLessEqual(self.turns(board, "--usb"), UNCHANGED)

    def test_uart(self):
        with Board("--receive-buffer", "256") as board:
            mprom("deploy", "-q", "-p", board.port, "-n", "2", "--no-restart", self.image)
            self.assertLessEqual(self.turns(board, "--baud", "115200"), UNCHANGED)

    def test_others(self):
        with StockBoard("view") as board:
            self.make(50_000)
            mprom("deploy", "-q", "-p", board.port, "-n", "0", "--no-restart", self.image)
            self.assertLessEqual(self.turns(board, "--usb", segment="0"), OTHERS)


if __name__ == "__main__":
    unittest.main()
