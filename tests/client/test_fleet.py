"""Many boards at once: all are served, one that is dead holds up none and is reported, output stays whole lines."""

import json
import os
import pty
import re
import subprocess
import tempfile
import unittest

from board import Board
from command import MPROM, CommandTest
from programs import run
from romfs_writer import file, sealed_image

COUNT = 32
NEW = sealed_image(file("data.bin", bytes(range(256)) * 40))


class Fleet(CommandTest):
    def setUp(self):
        super().setUp()
        self.image = self.write("new.romfs", NEW)
        self.run_dir = self.folder / "run"

    def start(self, count, *options):
        boards = []
        for _ in range(count):
            board = Board(*options)
            self.addCleanup(board.__exit__)
            board.start()
            boards.append(board)
        return boards

    def register(self, boards):
        """Makes the boards those that --all-boards finds."""
        self.run_dir.mkdir(mode=0o700)
        for board in boards:
            entry = {"board": "SIM", "port": board.port, "pid": board.process.pid}
            (self.run_dir / f"{board.process.pid}.json").write_text(json.dumps(entry))
        os.chmod(self.run_dir, 0o700)
        for path in self.run_dir.iterdir():
            os.chmod(path, 0o600)

    def dead_port(self):
        """A terminal at which nothing answers."""
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        return os.ttyname(slave)

    def deploy(self, *args, **kwargs):
        kwargs.setdefault("env", dict(os.environ, MPROM_RUN_DIR=str(self.run_dir)))
        return self.mprom("deploy", self.image, "-n", "2", "--no-restart", *args, **kwargs)

    def assert_holds(self, boards):
        for board in boards:
            flash = os.path.join(board.state, "flash")
            with open(flash, "rb") as contents:
                contents.seek(2 << 20)
                self.assertEqual(contents.read(len(NEW)), NEW, board.port)

    def test_many_and_a_dead_one(self):
        boards = self.start(COUNT)
        dead = self.dead_port()
        ports = [board.port for board in boards[:7]] + [dead] + [board.port for board in boards[7:]]
        done = self.deploy(*(word for port in ports for word in ("-p", port)), status=1)
        self.assert_holds(boards)
        lines = done.stdout.decode().splitlines()
        self.assertEqual(lines[-1], f"{COUNT} done, 1 failed")
        for port, line in zip(ports, lines):
            self.assertRegex(line, rf"^(done|FAILED) +[0-9.]+ s  {re.escape(port)}")
            self.assertEqual(line.startswith("FAILED"), port == dead, line)
        self.assertRegex(done.stderr.decode(), rf"^mprom: {re.escape(dead)}: no MicroPython prompt[^\n]*\n$")

    def test_json_lines(self):
        boards = self.start(3)
        dead = self.dead_port()
        ports = [dead, *(board.port for board in boards)]
        done = self.deploy("--json", *(word for port in ports for word in ("-p", port)), status=1)
        results = {result["port"]: result for result in map(json.loads, done.stdout.decode().splitlines())}
        self.assertEqual(set(results), set(ports))
        for board in boards:
            self.assertEqual((results[board.port]["segment"], results[board.port]["size"]), (2, len(NEW)))
            self.assertGreater(results[board.port]["seconds"], 0)
        self.assertIn("no MicroPython prompt", results[dead]["error"])

    def test_all(self):
        boards = self.start(3)
        self.register(boards)
        (self.run_dir / "1.json").write_text(json.dumps({"board": "SIM", "port": self.dead_port(), "pid": os.getpid()}))
        os.chmod(self.run_dir / "1.json", 0o600)
        done = self.deploy("--all-boards")
        self.assert_holds(boards)
        self.assertRegex(done.stdout.decode(), r"3 done, 0 failed, \d+ skipped\n$")
        self.assertRegex(done.stderr.decode(), r"mprom: skipped /dev/pts/\d+: no MicroPython prompt")

    def test_nobody_there(self):
        self.register([])
        done = self.deploy("--all-boards", status=1)
        self.assertIn(b"no board answers", done.stderr)

    def test_terminal(self):
        """On a terminal a line for each board, drawn anew, and gone at the end."""
        boards = self.start(2)
        master, slave = pty.openpty()
        command = [MPROM, "deploy", self.image, "-n", "2", "--no-restart"]
        command += [word for board in boards for word in ("-p", board.port)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=slave, stdin=subprocess.DEVNULL)
        os.close(slave)
        output, _ = process.communicate(timeout=60)
        drawn = b""
        try:
            while more := os.read(master, 65536):
                drawn += more
        except OSError:
            pass
        os.close(master)
        self.assertEqual(process.returncode, 0)
        self.assertTrue(drawn.endswith(b"\x1b[2A\x1b[J"), drawn[-100:])
        for board in boards:
            self.assertIn(board.port.encode() + b"  ", drawn)
        self.assertTrue(output.endswith(b"2 done, 0 failed\n"))

    def test_usage(self):
        for args in (("--all-boards", "-p", "x"), ("--all-boards", "--follow", "1"), ("-p", "x", "-p", "y", "--follow", "1")):
            self.deploy(*args, status=2)

    def test_unknown_segment(self):
        boards = self.start(2)
        done = self.mprom("deploy", self.image, "-n", "9", *(w for b in boards for w in ("-p", b.port)), status=1)
        self.assertEqual(done.stderr.count(b"there is no segment '9'"), 2)


if __name__ == "__main__":
    unittest.main()
