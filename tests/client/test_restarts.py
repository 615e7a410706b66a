"""Boards whose port goes away with a reset (L2), and boards that restart in the middle of a deploy (L4)."""

import json
import os
import random
import signal
import subprocess
import time
import unittest

from board import Board
from command import MPROM, CommandTest
from link import Link
from romfs_writer import file, sealed_image
from sim import SimTest
from stock_board import StockBoard

TICKS = "import time\nfor i in range(1000):\n print('tick', i)\n time.sleep(.05)\n"
AGAIN = b"the board restarted in the middle of the deploy, which was repeated"


def large_image(size=200_000, seed=1):
    return sealed_image(file("data.bin", random.Random(seed).randbytes(size)))


class RestartTest(SimTest):
    def setUp(self):
        CommandTest.setUp(self)

    def start(self, board):
        self.board = self.enterContext(board)
        self.run_dir = f"{self.board.state}/run"
        self.port = f"{self.board.state}/port"
        return self.board

    def await_port(self):
        end = time.monotonic() + 30
        while not os.path.exists(self.port) and time.monotonic() < end:
            time.sleep(0.02)


class PortGoes(RestartTest):
    """L2: that the port goes away with a reset is expected."""

    def test_without_follow(self):
        for board in (Board("--port-goes", "200"), StockBoard("view", "--port-goes", "200")):
            self.start(board)
            self.write("app/main.py", "print('x')")
            for command in (("deploy", "app", "--hard"), ("reset", "--hard")):
                done = self.mprom(*command, "-p", self.port)
                self.assertNotIn(b"cable", done.stderr)
                self.await_port()
                self.assertEqual(json.loads(self.mprom("query", "--json", "-p", self.port).stdout)[0]["romfs"], True)

    def test_follow(self):
        for port in ("auto", "link", "path"):
            with self.subTest(port):
                self.start(Board("--port-goes", "200"))
                held = os.open(self.board.port, os.O_RDWR | os.O_NOCTTY)  # so that the number is not free
                self.addCleanup(os.close, held)
                name = {"auto": "auto", "link": self.port, "path": self.board.port}[port]
                self.write("app/main.py", TICKS)
                done = self.mprom("deploy", "app", "--follow", "3", "-p", name)
                self.assertIn(b"\ntick ", done.stdout)
                self.assertIn(b"the board came back as /dev/pts/", done.stderr)
                self.board.stop()

    def test_does_not_come_back(self):
        self.start(Board("--port-goes", "60000"))
        self.write("app/main.py", TICKS)
        done = self.mprom("deploy", "app", "--follow", "1")
        self.assertIn(b"the port went away with the reset and did not come back within 1 s", done.stderr)


class Middle(RestartTest):
    """L4: a deploy goes on by itself, once."""

    def boards(self):
        yield "mprom", Board(), "2"
        yield "blocks", StockBoard("blocks"), "0"
        yield "view", StockBoard("view"), "0"

    def deploy_over(self, segment, *faults, size=60_000, **kwargs):
        image = self.write("image.romfs", large_image(size))
        with Link(self.board, *(word for fault in faults for word in ("--fault", fault))) as link:
            return self.mprom("deploy", image, "-n", segment, "-p", link.port, "--no-restart", **kwargs)

    def test_reset(self):
        for name, board, segment in self.boards():
            self.start(board)
            for at in (10_000, 40_000):
                with self.subTest(name, at=at):
                    done = self.deploy_over(segment, f"reset:board:{at}")
                    self.assertIn(AGAIN, done.stderr)
                    self.mprom("verify", self.folder / "image.romfs", "-n", segment)
                    self.mprom("erase", "-n", segment)

    def test_reset_into_a_main(self):
        """The board does not come to its prompt by itself, and what its main prints is no answer."""
        for name, board, segment in self.boards():
            with self.subTest(name):
                self.start(board)
                with self.board.raw() as console:
                    console.exec(f"f = open('/main.py', 'w'); f.write({TICKS!r}); f.close()")
                    console.leave_raw()
                self.assertIn(AGAIN, self.deploy_over(segment, "reset:board:30000").stderr)
                self.mprom("verify", self.folder / "image.romfs", "-n", segment)

    def test_twice(self):
        self.start(Board())
        done = self.deploy_over("2", "reset:board:20000", "reset:board:60000", status=1)
        self.assertIn(b"the board restarted in the middle of the deploy, and again when it was repeated", done.stderr)
        self.assertNotIn(b"makes no sense", done.stderr)

    def test_the_port_goes_too(self):
        self.start(Board("--port-goes", "200"))
        self.board.stop()
        log = self.folder / "log"
        self.board.options += ("--log", str(log))
        self.board.start()
        image = self.write("image.romfs", large_image(900_000))
        deploy = subprocess.Popen([MPROM, "deploy", image, "-n", "2", "-p", self.port, "--no-restart"],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  env=dict(os.environ, MPROM_RUN_DIR=self.run_dir))
        while log.stat().st_size < 100_000 and deploy.poll() is None:
            time.sleep(0.001)
        self.board.process.send_signal(signal.SIGUSR1)
        _, said = deploy.communicate(timeout=120)
        self.assertEqual(deploy.returncode, 0, said)
        self.assertIn(AGAIN, said)
        self.mprom("verify", image, "-n", "2", "-p", self.port)

    def test_a_refusal_is_none(self):
        """What fails without a restart is not tried twice."""
        self.start(StockBoard("view", "--fault", "fails:3"))
        image = self.write("image.romfs", large_image(30_000))
        done = self.mprom("deploy", image, status=1)
        self.assertNotIn(b"restarted", done.stderr)


if __name__ == "__main__":
    unittest.main()
