"""R5: one board at two ports is one board."""

import json
import os
import pty
import random
import shutil
import subprocess
import tempfile
import time
import unittest

from board import Board, Console
from command import MPROM
from romfs_writer import file, sealed_image
from sim import SimTest
from stock_board import StockBoard
from two_ports import TwoPorts

RUNS = 5
PROGRAM = "print('started')\nwhile True: pass"


class TwoPortsTest(SimTest):
    def setUp(self):
        super().setUp()
        self.image = self.write("image.romfs", sealed_image(file("data.bin", random.Random(5).randbytes(150_000))))

    def connect(self, board=None):
        self.two = self.enterContext(TwoPorts(board or self.board))
        self.run_dir = self.enterContext(tempfile.TemporaryDirectory(prefix="mprom-test-"))
        self.two.register(self.run_dir)
        self.env = dict(os.environ, MPROM_RUN_DIR=self.run_dir, MPROM_PORTS="emulated")
        self.named = [word for port in self.two.ports for word in ("-p", port)]

    def one(self, *args, status=0):
        """Runs a command for both ports; one is used, the other named. Returns the line about the one that is used."""
        done = self.mprom(*args, "--json", status=status, env=self.env)
        lines = {line["result"]: line for line in map(json.loads, done.stdout.splitlines())}
        self.assertEqual(set(lines), {"ok" if status == 0 else "failed", "skipped"}, done)
        used, other = lines["ok" if status == 0 else "failed"], lines["skipped"]
        self.assertEqual({used["port"], other["port"]}, set(self.two.ports))
        self.assertEqual(other["same_board_as"], used["port"])
        sentence = f"{other['port']} leads to the same board as {used['port']}, which is used"
        self.assertEqual(other["error"], sentence)
        self.assertEqual(done.stderr.decode().count(f"skipped: {sentence}\n"), 1)
        return used


class Works(TwoPortsTest):
    def test_deploy(self):
        self.connect()
        for run, ports in enumerate([["--all"], self.named] * RUNS):
            with self.subTest(run):
                used = self.one("deploy", "-n", "2", "--full", "--no-restart", *ports, self.image)
                self.assertEqual(used["size"], os.path.getsize(self.image))
        if ports == self.named:
            self.assertEqual(used["port"], self.two.ports[0])

    def test_the_first_one_that_is_named(self):
        self.connect()
        used = self.one("deploy", "-n", "2", "-p", self.two.ports[1], "-p", self.two.ports[0], self.image)
        self.assertEqual(used["port"], self.two.ports[1])

    def test_as_text(self):
        self.connect()
        done = self.mprom("deploy", "-n", "2", *self.named, self.image, env=self.env)
        first, second = self.two.ports
        self.assertEqual(done.stdout.decode().count("deployed"), 1)
        said = [line for line in done.stderr.decode().splitlines() if ": sending: " not in line]  # on a slow machine
        self.assertEqual(len(said), 1, said)
        self.assertIn(f"skipped: {second} leads to the same board as {first}, which is used", done.stderr.decode())
        self.assertRegex(done.stdout.decode(), rf"(?m)^{first} .* ok +\d")
        self.assertRegex(done.stdout.decode(), rf"(?m)^{second} .* skipped +\d")

    def test_other_commands(self):
        self.connect()
        self.assertEqual(len(self.one("query", "--all")["segments"]), 3)
        self.one("deploy", "-n", "2", *self.named, self.image)
        self.one("verify", "-n", "2", *self.named, self.image)
        self.one("erase", "-n", "2", *self.named)
        self.one("reset", "--all")

    def test_status_is_that_of_the_one(self):
        self.connect()
        self.assertIn("error", self.one("verify", "-n", "2", *self.named, status=1))
        self.one("deploy", "-n", "9", *self.named, self.image, status=1)

    def test_a_program_that_runs(self):
        self.connect()
        for _ in range(RUNS):
            with Console(self.two.ports[1]) as console:
                console.enter_raw()
                console.write(PROGRAM.encode() + b"\x04")
                console.read_until(b"OKstarted")
            self.assertTrue(self.one("query", "--all")["stopped"])

    def test_what_was_stopped(self):
        """A program is said to be stopped if it ran, and never if only the two ports disturbed each other."""
        with StockBoard("view") as board:
            self.connect(board)
            for run in range(4 * RUNS):
                if run % 4 == 3:
                    with Console(self.two.ports[run // 4 % 2]) as console:
                        console.enter_raw()
                        console.write(PROGRAM.encode() + b"\x04")
                        console.read_until(b"OKstarted")
                used = self.one("query", *(self.named if run % 2 else ["--all"]))
                self.assertEqual(used.get("stopped", False), run % 4 == 3, run)

    def list_as_one_device(self, *ports):
        """Puts ports on the list of running boards under names in this order, and returns these."""
        names = [os.path.join(self.run_dir, f"port{number}") for number in range(len(ports))]
        for name, port in zip(names, ports):
            os.symlink(port, name)
        self.two.ports = names
        self.two.register(self.run_dir)
        return names

    def test_without_a_name(self):
        """Two ports of one device are one board; the first one is used."""
        self.connect()
        first, second = self.list_as_one_device(*self.two.ports)
        done = self.mprom("query", "--json", env=self.env)
        self.assertEqual(json.loads(done.stdout)[0]["port"], first)
        with Board() as other:
            (entry,) = os.listdir(os.path.join(other.state, "run"))
            shutil.copy(os.path.join(other.state, "run", entry), self.run_dir)
            message = self.error("query", env=self.env)
        self.assertIn("there are 2 boards", message)
        self.assertIn(first, message)
        self.assertNotIn(second, message)

    def test_the_other_port_is_named_if_no_prompt_comes(self):
        silent, held = pty.openpty()
        self.addCleanup(os.close, silent)
        self.addCleanup(os.close, held)
        self.connect()
        first, second = self.list_as_one_device(os.ttyname(held), self.two.ports[0])
        other = f"the board has another port: try -p {second}"
        self.assertIn(other, self.error("query", "--wait", "1", env=self.env))
        self.assertNotIn(other, self.error("query", "--wait", "1", "-p", first, env=self.env))

    def test_another_board_beside_it(self):
        with Board() as other:
            self.connect()
            done = self.mprom("deploy", "-n", "2", "--json", *self.named, "-p", other.port, self.image, env=self.env)
            results = {line["port"]: line["result"] for line in map(json.loads, done.stdout.splitlines())}
            self.assertEqual(results, {self.two.ports[0]: "ok", self.two.ports[1]: "skipped", other.port: "ok"})

    def test_a_port_where_nothing_is_heard(self):
        """It is no port of the board that answers, and does not keep that waiting."""
        self.connect()
        silent, held = pty.openpty()
        self.addCleanup(os.close, silent)
        self.addCleanup(os.close, held)
        with subprocess.Popen([MPROM, "query", "--json", *self.named, "-p", os.ttyname(held)], env=self.env,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as done:
            start = time.monotonic()
            results = {}
            for line in map(json.loads, done.stdout):
                results[line["port"]] = (line["result"], time.monotonic() - start)
        self.assertEqual([results[port][0] for port in self.two.ports], ["ok", "skipped"])
        self.assertEqual(results[os.ttyname(held)][0], "failed")
        self.assertGreater(results[os.ttyname(held)][1], results[self.two.ports[0]][1] + 2)

    def test_stock(self):
        for shape in ("view", "blocks"):
            with self.subTest(shape), StockBoard(shape) as board:
                self.connect(board)
                image = self.write("small.romfs", sealed_image(file("data.bin", random.Random(5).randbytes(20_000))))
                for run in range(RUNS):
                    self.one("deploy", "-n", "0", "--full", *(self.named if run % 2 else ["--all"]), image)


NOT_UNIQUE = """
import sys
class Machine:
    @staticmethod
    def unique_id():
        return {id}
sys.modules["machine"] = Machine
"""


class Ids(TwoPortsTest):
    def board_ids(self, *boards):
        ids = []
        for board in boards:
            with board.raw() as console:
                ids.append(console.eval("__import__('machine').unique_id()"))
        return ids

    def test_each_board_has_its_own_and_keeps_it(self):
        with Board() as other:
            ids = self.board_ids(self.board, other)
            other.stop()
            copy = tempfile.mkdtemp(prefix="mprom-test-")
            self.addCleanup(shutil.rmtree, copy)
            shutil.copytree(other.state, copy, dirs_exist_ok=True)
            other.start()
            with Board(state=copy) as copied:
                ids += self.board_ids(copied)
            self.assertEqual(len(set(ids)), 3)
            self.assertEqual(self.board_ids(self.board, other), ids[:2])
            self.assertEqual({len(board_id) for board_id in ids}, {8})

    def test_what_is_not_unique_is_no_id(self):
        """Two boards that say the same nothing are two boards."""
        for board_id in (bytes(8), b"\xff" * 8, b"abc", b"", None, "a text"):
            with self.subTest(board_id), StockBoard("view", boot=NOT_UNIQUE.format(id=repr(board_id))) as one, \
                    StockBoard("view", boot=NOT_UNIQUE.format(id=repr(board_id))) as other:
                done = self.mprom("query", "--json", "-p", one.port, "-p", other.port)
                self.assertEqual([json.loads(line)["result"] for line in done.stdout.splitlines()], ["ok", "ok"])

    def test_users_own_machine(self):
        """A machine.py of the user's is not asked."""
        with StockBoard("view") as board:
            with board.raw() as console:
                console.exec("f = open('/machine.py', 'w')\nf.write('raise ValueError')\nf.close()")
            self.connect(board)
            self.one("query", *self.named)


if __name__ == "__main__":
    unittest.main()
