"""Boards that are hard to reach, in each stock shape and in combination: the client gets in, and what it does is right.

R6: slow boots. And each of: memory full, a program that catches Ctrl-C, a task that prints all the time, a slow boot.
"""

import concurrent.futures
import os
import pty
import random
import subprocess
import tempfile
import threading
import unittest

import trouble
from programs import MPROM
from romfs_writer import file, sealed_image
from stock_board import SHAPES, StockBoard
from stubborn import STUBBORN

# Does not look at Ctrl-C, as the start of a chip with slow peripherals. Prints a line a second.
SLOW_BOOT = """
import micropython, time
micropython.kbd_intr(-1)
for i in range({seconds}):
    print("booting", i)
    time.sleep(1)
micropython.kbd_intr(3)
"""

MAINS = {
    "memory full": trouble.full_memory(4096),
    "catches Ctrl-C": STUBBORN["pause after it"],
    "prints": "print('running')\n",
    "slow boot": "print('running')\n",
}


def deploys(shape, troubles):
    """What is wrong with a query, a deploy and a verify of a board with these troubles, or None."""
    contents = sealed_image(file("data.bin", random.Random(shape).randbytes(8_000)))
    main = MAINS[troubles[0]]
    boot = SLOW_BOOT.format(seconds=3) if "slow boot" in troubles else ""
    options = (["--chatter", "20"] if "prints" in troubles else []) + ["--interrupts"]
    with tempfile.TemporaryDirectory(prefix="mprom-test-") as state:
        trouble.prepare(shape, state, main=main, boot=boot)
        path = trouble.image_path(state)
        with open(path, "wb") as image:
            image.write(contents)
        with StockBoard(shape, *options, state=state, heap=trouble.HEAP) as board:
            for command in (["query"], ["deploy", "-q", "--no-restart", path], ["verify", "-q", path]):
                trouble.press_reset(board, until=b"boot" if boot else b"running")
                done = trouble.run_mprom(command[0], "-p", board.port, "--wait", "30", *command[1:])
                if done.returncode != 0:
                    return f"{command[0]}: {done.stderr}"
            return None if board.flash().startswith(contents) else "the segment holds something else"


class Entry(unittest.TestCase):
    maxDiff = None

    def run_all(self, cases):
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            ends = list(pool.map(lambda case: deploys(*case), cases))
        self.assertEqual([(case, end) for case, end in zip(cases, ends) if end], [])

    def test_each_shape(self):
        self.run_all([(shape, (name,)) for shape in SHAPES for name in MAINS])

    def test_together(self):
        self.run_all([("view", ("memory full", "prints")), ("device", ("catches Ctrl-C", "prints")),
                      ("blocks", ("memory full", "slow boot")), ("mram", ("catches Ctrl-C", "prints", "slow boot")),
                      ("device", ("memory full", "prints", "slow boot"))])

    def test_a_boot_of_fourteen_seconds(self):
        """R6: longer than the usual ten; on a terminal it is said what is waited for."""
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as state:
            trouble.prepare("view", state, boot=SLOW_BOOT.format(seconds=14))
            with StockBoard("view", state=state) as board:
                trouble.press_reset(board, until=b"boot")
                short = trouble.run_mprom("query", "-p", board.port, "--wait", "2")
                self.assertEqual(short.returncode, 1)
                self.assertIn("no MicroPython prompt within 2 s, though text came", short.stderr)
                trouble.press_reset(board, until=b"boot")
                master, slave = pty.openpty()
                said = []
                reader = threading.Thread(target=lambda: said.extend(iter(lambda: read(master), b"")))
                reader.start()
                done = subprocess.run([MPROM, "query", "-p", board.port, "--wait", "30"], stdout=subprocess.PIPE, stderr=slave,
                                      timeout=120)
                os.close(slave)
                reader.join()
                os.close(master)
                self.assertEqual(done.returncode, 0, said)
                self.assertIn(b"the board prints text, but its prompt has not come yet", b"".join(said))

    def test_what_wait_takes(self):
        for bad in ("0", "soon", "3601"):
            done = trouble.run_mprom("query", "--wait", bad)
            self.assertEqual(done.returncode, 2, done)
        done = trouble.run_mprom("query", "--dtr", "low")
        self.assertEqual((done.returncode, "takes on, off or keep" in done.stderr), (2, True))


def read(fd):
    try:
        return os.read(fd, 4096)
    except OSError:  # the other end was closed
        return b""


if __name__ == "__main__":
    unittest.main(verbosity=2)
