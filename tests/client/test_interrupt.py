"""Ctrl-C, SIGTERM and SIGHUP (L6): one sentence says what the segment holds now and what to do."""

import os
import signal
import subprocess
import time
import tty
import unittest

from board import TIMEOUT_S, Board
from command import MPROM
from link import Link
from romfs_writer import filled_image
from sim import SimTest

LINE = ("--baud", "115200")


class Interrupt(SimTest):
    options = ("--receive-buffer", "256")

    def start(self, *args):
        environment = dict(os.environ, MPROM_RUN_DIR=self.run_dir, XDG_CACHE_HOME=str(self.folder / "cache"))
        ours = subprocess.Popen([MPROM, *args], cwd=self.folder, env=environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
        self.addCleanup(ours.stdout.close)
        self.addCleanup(ours.stderr.close)
        self.addCleanup(ours.wait)
        self.addCleanup(ours.kill)
        return ours

    def end(self, ours, number=signal.SIGINT):
        """Ends it. Returns all that it said on standard error. A shell makes 130 of SIGINT's status."""
        ours.send_signal(number)
        self.assertEqual(ours.wait(TIMEOUT_S), -number)
        said = ours.stderr.read().decode()
        self.assertEqual(said.count("interrupted"), 1, said)
        self.assertTrue(said.endswith("\n"), said)
        return said

    def wait_for(self, is_there, ours):
        end = time.monotonic() + TIMEOUT_S
        while not is_there() and ours.poll() is None and time.monotonic() < end:
            time.sleep(0.002)
        self.assertIsNone(ours.poll())

    def holds(self, segment):
        return self.query()["segments"][segment]["image"]

    def flash_is_written(self):
        with open(os.path.join(self.board.state, "flash"), "rb") as flash:
            flash.seek((2 << 20) + 8192)
            return flash.read(4096) != b"\xff" * 4096

    def test_before_the_board_answers(self):
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        tty.setraw(slave)
        path = os.ttyname(slave)
        image = self.write("image.romfs", filled_image(600))
        for args in ("deploy", image), ("verify", image), ("erase", "-n", "2"), ("dump", "-o", "x"), ("query",):
            with self.subTest(args[0]):
                ours = self.start(*args, "-p", path)
                os.read(master, 1)
                self.assertEqual(self.end(ours), f"mprom: interrupted: {path} had not answered yet; nothing was changed\n")
                while os.read(master, 4096)[-1:] not in (b"\x04", b"\n", b"\x01"):
                    pass

    def test_while_an_image_is_sent(self):
        image = self.write("image.romfs", filled_image(100_000))
        for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
            self.mprom("erase", "-n", "2")
            with self.subTest(number), Link(self.board, *LINE) as link:
                ours = self.start("deploy", image, "-n", "2", "-p", link.port)
                self.wait_for(self.flash_is_written, ours)
                said = self.end(ours, number)
                self.assertIn(f"mprom: interrupted: {link.port}: segment 2 holds no image now; deploy again\n", said)
            self.assertIsNone(self.holds(2))
        self.mprom("deploy", image, "-n", "2")

    def test_while_the_board_is_followed(self):
        self.write("app/main.py", "print('on')\nwhile True: pass")
        ours = self.start("deploy", "app", "--follow", "60")
        self.assertIn(b"deployed", ours.stdout.readline())
        self.assertEqual(ours.stdout.readline(), b"on\n")
        self.assertIn("segment 0 holds the new image, and the board was restarted\n", self.end(ours))

    def test_while_a_reset_is_followed(self):
        self.write("app/main.py", "print('on')\nwhile True: pass")
        self.mprom("deploy", "app")
        ours = self.start("reset", "--follow", "60")
        self.assertIn(b"restarts", ours.stdout.readline())
        while ours.stdout.readline() != b"on\n":
            pass
        self.assertRegex(self.end(ours), r"/dev/\S+: the board was restarted\n")

    def test_dump(self):
        """Nothing is left of the file."""
        self.mprom("deploy", self.write("image.romfs", filled_image(100_000)), "-n", "2", "--no-restart")
        with Link(self.board, *LINE) as link:
            before = self.left()
            ours = self.start("dump", "-n", "2", "-o", "out.romfs", "-p", link.port)
            time.sleep(2)
            said = self.end(ours)
            self.assertIn("nothing on the board was changed; its program is stopped until it is reset\n", said)
            self.assertEqual(self.left(), before)

    def test_many_boards(self):
        image = self.write("image.romfs", filled_image(100_000))
        with Board(*self.options) as second, Link(self.board, *LINE) as slow, Link(second, *LINE) as other:
            ours = self.start("deploy", image, "-n", "2", "-p", slow.port, "-p", other.port)
            self.wait_for(self.flash_is_written, ours)
            time.sleep(0.5)
            self.assertRegex(self.end(ours), r"of 2 boards 0 are done, 0 are not changed, 2 hold the old image or none; "
                             r"deploy again\n")

    def test_a_build(self):
        """Before any board: a tree that takes long to read."""
        os.mkfifo(self.folder / "base")
        ours = self.start("deploy", ".", "--base", "base")
        time.sleep(0.3)
        self.assertEqual(self.end(ours), "mprom: interrupted: no board was asked yet; nothing was changed\n")

    def test_nothing_is_said_when_all_is_done(self):
        self.assertNotIn("interrupted", self.mprom("query").stderr.decode())


if __name__ == "__main__":
    unittest.main()
