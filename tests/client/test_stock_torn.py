"""Deploys to stock boards that end half way: what docs/deploy.md promises of each shape, and that the next one works.

    test_stock_torn.py                 a sample of power cuts, from a seed that is printed
    test_stock_torn.py PowerCut 200    so many for each shape; MPROM_SEED=N repeats them
"""

import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import unittest

from command import MPROM, CommandTest
from link import Link
from romfs_writer import file, sealed_image
from stock_board import KINDS, MRAM, RANGED, SHAPES, SIZE, StockBoard, enter_raw

SEED = int(os.environ.get("MPROM_SEED", time.time()))
CUTS = 4
EXIT_CUT = 3
DURING = ("few", "some", "half", "most", "prefix", "suffix", "head", "shaky")
OLD = sealed_image(file("old.bin", random.Random("old").randbytes(30_000)))
NEW = sealed_image(file("new.bin", random.Random("new").randbytes(20_000)))


class TornTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.new = self.write("new.romfs", NEW)

    @contextlib.contextmanager
    def state_with(self, flash):
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as state:
            with open(os.path.join(state, "flash"), "wb") as cells:
                cells.write(flash.ljust(3 * SIZE, b"\xff"))
            yield state

    def deploy(self, board, *args, port=None, **kwargs):
        return self.mprom("deploy", self.new, "-p", port or board.port, *args, **kwargs)

    def operations_of_a_deploy(self, kind):
        with self.state_with(OLD) as state, StockBoard(kind, state=state) as board:
            self.deploy(board)
            return board.operations()

    def found(self, board, is_busy=False):
        """What such a board holds after a start: old, new, none, or torn if it mounts something else."""
        with (enter_raw(board) if is_busy else board.raw()) as console:
            console.soft_reset()
            mounted = "rom" in console.eval("__import__('os').listdir('/')")
            console.leave_raw()
        flash = board.flash()
        whole = "old" if flash.startswith(OLD) else "new" if flash.startswith(NEW) else "torn"
        return whole if mounted else "none"

    def assert_mended(self, board):
        self.deploy(board)
        self.assertEqual(self.found(board), "new")


class PowerCut(TornTest):
    def test_every_shape(self):
        print(f"MPROM_SEED={SEED}", flush=True)
        for shape in SHAPES:
            last = len(self.operations_of_a_deploy(shape)) - 1
            for number, state in self.cuts(shape, last):
                with self.subTest(shape, cut=f"{number}:{state} of {last}"):
                    found = self.cut(shape, f"{number}:{state}")
                    self.assertIn(found, self.promised(shape, number, state.split(":")[0], last))

    def cuts(self, shape, last):
        yield from ((0, "before"), (0, "after"), (last, "before"), (last, "after"))
        pick = random.Random(f"{SEED}/{shape}")
        for _ in range(CUTS):
            number = pick.choice((0, 1, last - 1, last, *range(2, last - 1), *range(2, last - 1)))
            yield number, f"{pick.choice(DURING)}:{pick.randrange(1000)}"

    def cut(self, shape, where):
        with self.state_with(OLD) as state:
            with StockBoard(shape, "--cut", where, state=state) as board:
                done = self.deploy(board, status=None)
                if where.split(":")[1] != "after":
                    self.assertEqual(done.returncode, 1, done.stdout)
                self.assertEqual(board.wait(), EXIT_CUT)
            with StockBoard(shape, state=state) as board:
                found = self.found(board)
                self.assert_mended(board)
            return found

    def promised(self, shape, number, state, last):
        """The first operation makes the old image invalid, the last one completes the new one. Where these two stop in
        the middle stock firmware may be left with a part; but not where the first changes the magic alone."""
        if state == "before":
            return ("old",) if number == 0 else ("none",)
        if state == "after":
            return ("new",) if number == last else ("none",)
        if number == 0:
            return ("old", "none") if shape in MRAM else ("old", "none", "torn")
        return ("none", "new", "torn") if number == last else ("none",)


class Interrupted(TornTest):
    """What ends a deploy without the power: never anything but the old image, none, or the new one."""

    def test_client_killed(self):
        pick = random.Random(SEED)
        for kind in KINDS:
            operations = len(self.operations_of_a_deploy(kind))
            for number in (1, pick.randrange(2, operations - 1)):
                with self.subTest(kind, MPROM_SEED=SEED, number=number), self.state_with(OLD) as state:
                    with StockBoard(kind, state=state) as board:
                        self.kill_at(board, number)
                        self.assertIn(self.found(board, is_busy=True), ("none", "new"))
                        self.assert_goes_on(board, kind)

    def kill_at(self, board, number):
        with Link(board, "--baud", "460800") as link:
            ours = subprocess.Popen([MPROM, "deploy", "-p", link.port, self.new], stdout=subprocess.DEVNULL)
            seen = 0
            while seen < number and ours.poll() is None:
                seen += len(board.operations())
                time.sleep(0.002)
            ours.kill()
            ours.wait()

    def assert_goes_on(self, board, kind):
        """What arrived is not sent again where blocks can stay."""
        there = sum(board.flash()[off : off + 4096] == NEW[off : off + 4096] for off in range(4096, 20480, 4096))
        (done,) = json.loads(self.deploy(board, "--json").stdout)
        self.assertLessEqual(done["sent"], len(NEW) - 4096 * there if kind in RANGED else len(NEW))
        self.assertEqual(self.found(board), "new")

    def test_cable_pulled(self):
        for kind in KINDS:
            with self.subTest(kind), self.state_with(OLD) as state, StockBoard(kind, state=state) as board:
                with Link(board, "--usb", "--fault", "cut:board:20000") as link:
                    done = self.deploy(board, port=link.port, status=1)
                self.assertRegex(done.stderr.decode(), r"^mprom: .*\n$")
                self.assertEqual(self.found(board, is_busy=True), "none")
                self.assert_mended(board)

    def test_board_restarts(self):
        for kind in ("view", "device"):
            number = len(self.operations_of_a_deploy(kind)) // 2
            with self.subTest(kind), self.state_with(OLD) as state:
                with StockBoard(kind, "--cut", f"{number}:half:1", "--power-returns", state=state) as board:
                    done = self.deploy(board)
                    self.assertIn("the board restarted in the middle of the deploy, which was repeated", done.stderr.decode())
                    self.assertEqual(self.found(board), "new")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        CUTS = int(sys.argv.pop())
    unittest.main()
