"""R2: programs that catch Ctrl-C in every shape. The client finds the rhythm that ends them; where nothing does, it says
what helps, and a press of reset meanwhile lets it in."""

import concurrent.futures
import signal
import subprocess
import tempfile
import time
import unittest

import trouble
from board import Board
from link import Link
from programs import MPROM
from stock_board import StockBoard
from stubborn import HOPELESS, STUBBORN

WAIT_S = 60  # a busy machine makes several Ctrl-C one


def start(kind, state, main):
    with Board(state=state) if kind == "mprom" else StockBoard(kind, state=state) as board:
        trouble.install(board, "main.py", main)
    options = ("--interrupts",)
    return Board(*options, state=state) if kind == "mprom" else StockBoard(kind, *options, state=state)


def query(kind, name, baud):
    with tempfile.TemporaryDirectory(prefix="mprom-test-") as state:
        with start(kind, state, STUBBORN[name]) as board:
            trouble.press_reset(board)
            if not baud:
                return trouble.run_mprom("query", "--wait", WAIT_S, "-p", board.port)
            with Link(board, "--baud", baud) as link:
                return trouble.run_mprom("query", "--wait", WAIT_S, "-p", link.port)


class Stubborn(unittest.TestCase):
    def test_every_shape(self):
        cases = [(kind, name, baud) for name in STUBBORN for kind, baud in (("mprom", 115200), ("view", None))]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            ends = list(pool.map(lambda case: query(*case), cases))
        self.assertEqual([(case, end.stderr) for case, end in zip(cases, ends) if end.returncode != 0], [])

    def test_what_helps_is_said(self):
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as state, start("view", state, HOPELESS) as board:
            trouble.press_reset(board)
            time.sleep(0.5)
            done = trouble.run_mprom("query", "--wait", "2", "-p", board.port)
            self.assertEqual(done.returncode, 1)
            self.assertIn("no MicroPython prompt within 2 s", done.stderr)
            self.assertIn("--wait 60", done.stderr)
            self.assertIn("reset", done.stderr)

    def test_reset_lets_it_in(self):
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as state, start("view", state, HOPELESS) as board:
            trouble.press_reset(board)
            command = subprocess.Popen([MPROM, "query", "--wait", "60", "-p", board.port], stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            time.sleep(1)
            for _ in range(20):  # a busy machine may miss one
                board.process.send_signal(signal.SIGUSR1)
                try:
                    command.wait(3)
                    break
                except subprocess.TimeoutExpired:
                    pass
            output, errors = command.communicate(timeout=60)
            self.assertEqual(command.returncode, 0, errors)


if __name__ == "__main__":
    unittest.main(verbosity=2)
