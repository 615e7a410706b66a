"""A PC, a link or a board that is too busy to do anything for a second, anywhere in a deploy: it takes longer, and that
is all."""

import concurrent.futures
import os
import random
import signal
import tempfile
import threading
import unittest

from board import Board
from clients import CLIENTS
from link import Link, overruns
from romfs_writer import file, sealed_image
from stock_board import StockBoard

AT_ONCE = 12  # being late takes no CPU
OLD = sealed_image(file("data.bin", random.Random("old").randbytes(20_000)))
NEW = sealed_image(file("data.bin", random.Random("new").randbytes(20_000)))
PROGRAMS_SIZE = 8_000  # bytes in which most of what the client sends first is of another kind than what was before


class Late(unittest.TestCase):
    late_ms = 1000

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mprom-test-")
        self.addCleanup(folder.cleanup)
        self.new = os.path.join(folder.name, "new.romfs")
        with open(self.new, "wb") as f:
            f.write(NEW)

    def passed(self, board, segment, late_at):
        """How many bytes a deploy sends that waits before one of them, if that is named; or how it failed."""
        late = () if late_at is None else ("--stall", str(self.late_ms), "--fault", f"stall:board:{late_at}")
        with Link(board, *late) as link:
            done = CLIENTS["mprom"].deploy(link.port, segment, self.new)
        return link.counts["to_board"]["sent"] if done.status == 0 else str(done)

    def stock(self, late_at=None):
        with StockBoard("view") as board:
            board.put(OLD)
            passed = self.passed(board, 0, late_at)
            return passed if board.flash().startswith(NEW) else f"{passed}; holds something else"

    def own(self, late_at=None):
        with Board() as board:
            with board.raw() as console:
                console.rom_write(2, OLD)
            passed = self.passed(board, 2, late_at)
            with board.raw() as console:
                held = console.eval(f"bytes(__import__('vfs').rom_ioctl(2, 2)[:{len(NEW)}])")
            return passed if held == NEW else f"{passed}; holds something else"

    def check(self, deploy, places_of=lambda total: [*range(0, PROGRAMS_SIZE, 500), *range(PROGRAMS_SIZE, total, 4_000)]):
        total = deploy()
        self.assertIsInstance(total, int, total)
        places = places_of(total)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            ends = list(pool.map(deploy, places))
        self.assertEqual([(at, end) for at, end in zip(places, ends) if not isinstance(end, int)], [])

    def test_what_woke_the_board_is_not_left(self):
        """So late that the client takes bytes for lost, in the last frame: what it sends then is not at the next prompt."""
        self.late_ms = 7000
        self.check(self.stock, lambda total: range(total - 1200, total, 100))
        self.check(self.own, lambda total: range(total - 1200, total, 200))

    def test_a_small_buffer_does_not_run_over(self):
        """A board that does not read is sent no more than that holds: what is lost would only be sent again."""
        with Board("--receive-buffer", "256") as board, Link(board, "--baud", "115200") as link:
            ended = threading.Event()

            def stop_now_and_then():
                while not ended.wait(0.05):
                    board.process.send_signal(signal.SIGSTOP)
                    ended.wait(0.05)  # 576 bytes on the line
                    board.process.send_signal(signal.SIGCONT)

            thread = threading.Thread(target=stop_now_and_then)
            thread.start()
            try:
                done = CLIENTS["mprom"].deploy(link.port, 2, self.new)
            finally:
                ended.set()
                thread.join()
            self.assertEqual((done.status, overruns(board)), (0, 0), str(done))

    def test_stock(self):
        self.check(self.stock)

    def test_mprom(self):
        self.check(self.own)


if __name__ == "__main__":
    unittest.main()
