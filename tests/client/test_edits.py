"""
The contract of every board (L0): deploy, edit, deploy again, and the segment holds what the tree does, each time.

Boards with mprom's firmware and with stock MicroPython in every shape, filled to 10 to 99 %, after 20 random edits.
A sample takes a few edits at one fill each; MPROM_SAMPLE=all takes all, MPROM_SEED another seed than 1.
"""

import json
import os
import shutil
import unittest
import zlib

from board import Board
from command import CommandTest
from edits import EditedTree
from stock_board import ALL_KINDS, MORE_RANGED, RANGED, OLD_DESCRIPTION, StockBoard, install_boot

ALL = os.environ.get("MPROM_SAMPLE") == "all"
SEED = int(os.environ.get("MPROM_SEED", 1))
FILLS = (0.10, 0.50, 0.80, 0.90, 0.95, 0.99)
EDITS = 20 if ALL else 4
KIB = 1024

# mprom's firmware: the options of SIM, the size of a segment, its first and its largest block, and what its boot.py does.
MPROM_BOARDS = {
    "even": (("--plain",), 128 * KIB, 4 * KIB, 4 * KIB, ""),
    "uneven": (("--plain", "--uneven"), 256 * KIB, 16 * KIB, 128 * KIB, ""),
    "uneven, says nothing of it": (("--plain", "--uneven"), 256 * KIB, 16 * KIB, 128 * KIB, OLD_DESCRIPTION),
}
HEAD = 32  # bytes of an image at most that are sent once more, at the end


def unchanged(before, after, block):
    """How many bytes lie in blocks that hold the same before and after."""
    starts = range(0, len(after), block)
    return sum(len(after[at : at + block]) for at in starts if before[at : at + block] == after[at : at + block])


class EditsTest(CommandTest):
    def mprom_in(self, *args, **kwargs):
        env = dict(os.environ, MPROM_RUN_DIR=os.path.join(self.board.state, "run"),
                   XDG_CACHE_HOME=str(self.folder / "cache"))
        return self.mprom(*args, env=env, **kwargs)

    def held(self, off, size):
        with open(os.path.join(self.board.state, "flash"), "rb") as file:
            file.seek(off)
            return file.read(size)

    def deploy(self, tree, off, size, *options):
        """Returns how many bytes were sent, of how many, and what the segment held before and holds now."""
        before = self.held(off, size)
        done = json.loads(self.mprom_in("deploy", tree.folder, "--json", "--no-restart", *options).stdout)[0]
        after = self.held(off, size)
        self.write("held.romfs", after[: done["size"]])
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        self.mprom("check", "held.romfs")
        self.mprom("extract", "held.romfs", "-C", "out")
        tree.assert_is(self.folder / "out")
        return done["sent"], done["size"], before, after

    def edit_and_deploy(self, name, fill, off, size, *options):
        seed = f"{SEED} {name} {fill}"
        tree = EditedTree(self.folder / "app", seed, size, fill)
        self.deploy(tree, off, size, *options)
        sent = []
        for number in range(EDITS):
            what = tree.edit()
            with self.subTest(f"seed {seed!r}, edit {number}: {what}"):
                sent.append(self.deploy(tree, off, size, *options))
        shutil.rmtree(tree.folder)
        return sent

    def fills(self, name):
        return FILLS if ALL else (0.5, 0.9) if name in MPROM_BOARDS else (FILLS[zlib.crc32(name.encode()) % len(FILLS)],)

    def check_stock(self, kind):
        for fill in self.fills(kind):
            with StockBoard(kind, boot="", heap="1M") as self.board, self.subTest(fill):
                board = self.board
                for sent, size, _, _ in self.edit_and_deploy(kind, fill, board.off, board.size - board.off):
                    self.assertTrue(kind in RANGED + MORE_RANGED or sent in (0, size), (sent, size))

    def check_mprom(self, name):
        options, size, first, largest, boot = MPROM_BOARDS[name]
        for fill in self.fills(name):
            with Board("--heap", "1M", "--segment-size", str(size), *options) as self.board, self.subTest(fill):
                if boot:
                    install_boot(self.board, boot)
                done = self.edit_and_deploy(name, fill, size, size, "-n", "1")
                for sent, whole, before, after in [] if boot else done:
                    # The first block is erased first, so that the old image is gone, and is sent again.
                    kept = max(unchanged(before[:whole], after[:whole], largest) - first, 0)
                    self.assertLessEqual(sent, whole - kept + HEAD)

    def check_nearly_full(self, kind):
        """L8: four files of 27,000 bytes in 128 KiB, one grows to 28,500. The last layout has no place for that."""
        with StockBoard(kind, "--segment-size", "128K", heap="1M") as self.board:
            size = 128 * KIB - self.board.off
            share = size / (128 * KIB)
            self.check_growth(self.board.off, size, [int(length * share) for length in (27000, 28500, 31000)])

    def check_growth(self, off, size, lengths, *options):
        tree = EditedTree(self.folder / "app", 1, 0, 0)
        tree.room = size
        for name in list(tree.contents):
            tree.remove(name)
        for name in ("a", "b", "c", "d"):
            tree.put(name, tree.random.randbytes(lengths[0]))
        self.deploy(tree, off, size, *options)
        for length in lengths[1:]:
            tree.put("b", tree.random.randbytes(length))
            self.deploy(tree, off, size, *options)
        shutil.rmtree(tree.folder)

    def test_nearly_full_mprom(self):
        """L8"""
        for name, (options, *_) in MPROM_BOARDS.items():
            with self.subTest(name), Board("--heap", "1M", "--segment-size", "128K", *options) as self.board:
                self.check_growth(128 * KIB, 128 * KIB, (27000, 28500, 31000), "-n", "1")


def add_tests(names, check):
    for name in names:
        def test(self, name=name):
            getattr(self, check)(name)
        word = "".join(c if c.isalnum() else "_" for c in name)
        setattr(EditsTest, f"test_{check}_{word}", test)


add_tests(ALL_KINDS, "check_stock")
add_tests(MPROM_BOARDS, "check_mprom")
add_tests(ALL_KINDS, "check_nearly_full")


if __name__ == "__main__":
    unittest.main()
