"""Deploys over a UART whose rate is raised meanwhile, and what becomes of that when something goes wrong."""

import os
import random
import signal
import subprocess
import termios
import time
import unittest

from command import MPROM, CommandTest
from board import Board
from link import Link
from romfs_writer import file, sealed_image

LINE = ("--baud", "115200", "--baud-max", "921600")
RAISED = [115200, 921600, 115200]
SEGMENT = 2


class RateTest(CommandTest):
    options = ("--baud-max", "921600")

    def setUp(self):
        super().setUp()
        self.image = sealed_image(file("data.bin", random.Random(1).randbytes(20_000)))
        self.path = self.write("image.romfs", self.image)
        self.board = Board(*self.options)
        self.board.start()
        self.addCleanup(self.board.__exit__)

    def deploy(self, *options, line=LINE, status=0, image=None):
        """Returns the rates that the line had, and the finished process."""
        with Link(self.board, *line) as link:
            done = self.mprom("deploy", image or self.path, "-n", SEGMENT, "--no-restart", "-p", link.port, *options, status=status)
        return link.counts["bauds"], done

    def assert_holds(self, image=None):
        self.assertEqual(self.mprom("dump", "-n", SEGMENT, "-p", self.board.port).stdout, image or self.image)

    def start_deploy(self, link):
        """A deploy that is in the middle of what it sends at the raised rate."""
        self.image = sealed_image(file("data.bin", random.Random(2).randbytes(90_000)))
        self.path.write_bytes(self.image)
        ours = subprocess.Popen([MPROM, "deploy", str(self.path), "-n", str(SEGMENT), "--no-restart", "-p", link.port],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(ours.stdout.close)
        self.addCleanup(ours.stderr.close)
        port = os.open(link.port, os.O_RDWR | os.O_NOCTTY)
        while termios.tcgetattr(port)[5] != termios.B921600 and ours.poll() is None:
            time.sleep(0.01)
        os.close(port)
        time.sleep(0.2)
        self.assertIsNone(ours.poll(), "it has come to its end already")
        return ours


class Raised(RateTest):
    def test_up_and_back(self):
        self.assertEqual(self.deploy()[0], RAISED)
        self.assert_holds()

    def test_as_far_as_is_allowed(self):
        for allowed, rates in ((0, []), (115200, []), (9600, []), (460800, [460800]), (700000, [576000]), (4000000, [921600])):
            with self.subTest(allowed):
                self.assertEqual(self.deploy("--full", "--deploy-baud", allowed)[0], [115200, *rates, *[115200] * bool(rates)])
                self.assert_holds()

    def test_what_is_small_stays(self):
        small = self.write("small.romfs", sealed_image(file("data.bin", b"x" * 500)))
        self.assertEqual(self.deploy(image=small)[0], [115200])

    def test_nothing_to_do(self):
        self.deploy()
        self.assertEqual(self.deploy()[0], [115200])

    def test_small_buffer(self):
        self.board.stop()
        self.board = Board("--baud-max", "921600", "--receive-buffer", "256")
        self.board.start()
        self.addCleanup(self.board.__exit__)
        self.assertEqual(self.deploy()[0], RAISED)
        self.assert_holds()

    def test_a_board_that_does_less(self):
        self.board.stop()
        self.board = Board("--baud-max", "250000")
        self.board.start()
        self.addCleanup(self.board.__exit__)
        self.assertEqual(self.deploy()[0], [115200, 230400, 115200])

    def test_a_board_that_does_not(self):
        with Board() as board:
            self.board = board
            self.assertEqual(self.deploy()[0], [115200])
            self.assert_holds()

    def test_a_port_that_cannot(self):
        """Nothing comes through at the rate that the board has then: both go back."""
        for line in (("--baud", "115200"), ("--baud", "115200", "--baud-max", "460800")):
            with self.subTest(line):
                self.assertEqual(self.deploy("--full", line=line)[0], [115200])
                self.assert_holds()

    def test_wrong_rates_are_noise(self):
        """What the other tests rely on: at another rate the board understands nothing."""
        with Link(self.board, *LINE) as link:
            self.mprom("query", "-p", link.port)
            done = self.mprom("query", "-p", link.port, "--baud", "230400", status=1)
            self.mprom("query", "-p", link.port)
        self.assertIn(b"no MicroPython prompt", done.stderr)


class Broken(RateTest):
    def test_the_client_is_killed(self):
        with Link(self.board, *LINE) as link:
            ours = self.start_deploy(link)
            ours.kill()
            ours.wait()
            done = self.mprom("deploy", self.path, "-n", SEGMENT, "--no-restart", "-p", link.port)
        self.assertIn(b"deployed", done.stdout)
        self.assert_holds()

    def test_interrupted_by_its_user(self):
        with Link(self.board, *LINE) as link:
            ours = self.start_deploy(link)
            ours.send_signal(signal.SIGINT)
            self.assertNotEqual(ours.wait(), 0)
            self.mprom("deploy", self.path, "-n", SEGMENT, "--no-restart", "-p", link.port)
        self.assert_holds()

    def test_the_client_sleeps(self):
        """Longer than the board waits for it: it comes back to a board at the old rate."""
        with Link(self.board, *LINE) as link:
            ours = self.start_deploy(link)
            ours.send_signal(signal.SIGSTOP)
            time.sleep(4)
            ours.send_signal(signal.SIGCONT)
            if ours.wait() != 0:
                said = ours.stderr.read()
                self.assertRegex(said.splitlines()[-1], rb"^mprom: .*(try|deploy) (it )?again|reset")
                self.mprom("deploy", self.path, "-n", SEGMENT, "--no-restart", "-p", link.port)
        self.assert_holds()

    def test_the_flash_fails(self):
        """The board's own words come through, and the line is as before."""
        self.board.stop()
        self.board = Board("--baud-max", "921600", "--fault", "fails:30")
        self.board.start()
        self.addCleanup(self.board.__exit__)
        rates, done = self.deploy(status=1)
        self.assertEqual(rates, RAISED)
        self.assertRegex(done.stderr, rb"segment 2, offset \d+: .*flash")
        self.assertEqual(self.deploy()[0], RAISED)
        self.assert_holds()

    def test_an_exception_on_the_board(self):
        """Ctrl-C from elsewhere: Python's text arrives at the old rate."""
        with Link(self.board, *LINE) as link:
            ours = self.start_deploy(link)
            port = os.open(link.port, os.O_RDWR | os.O_NOCTTY)
            os.write(port, b"\x03")
            os.close(port)
            self.assertEqual(ours.wait(), 1)
            self.assertIn(b"Ctrl-C", ours.stderr.read())
            self.mprom("deploy", self.path, "-n", SEGMENT, "--no-restart", "-p", link.port)
        self.assert_holds()


if __name__ == "__main__":
    unittest.main()
