"""scripts/first_hardware_run.py, on the board SIM in several shapes, and with a command that does something wrong."""

import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import tempfile
import unittest

from board import Board
from programs import MPROM, SOURCE, mpremote_environment, run

SCRIPT = SOURCE / "scripts" / "first_hardware_run.py"
PAGE = (SOURCE / "docs" / "first-hardware-run.md").read_text()
STEPS = re.findall(r"^\| ([a-z_]+) \| ", PAGE.split("## Run it")[1].split("## The report")[0], re.MULTILINE)[1:]
OLD = "print('what was here before')\n"
# A command that reads one byte wrong.
WRONG_BYTE = """if command == "dump" and "--raw" not in words and os.path.exists(words[words.index("-o") + 1]):
    path = words[words.index("-o") + 1]
    data = bytearray(open(path, "rb").read())
    data[-1 - len(data) // 4] ^= 1
    open(path, "wb").write(data)
"""
SHIM = """#!{python}
import os, subprocess, sys
words = sys.argv[1:]
command = words[0]
status = subprocess.run(["{mprom}", *words]).returncode
{wrong}
sys.exit(status)
"""


class FirstRun(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mprom-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = dict(mpremote_environment(), XDG_CACHE_HOME=str(self.folder / "cache"), TMPDIR=str(self.folder))

    def start(self, *options):
        self.board = self.enterContext(Board(*options))
        self.environment["MPROM_RUN_DIR"] = os.path.join(self.board.state, "run")

    def mprom(self, *words, status=0):
        return run(MPROM, *words, "-p", self.board.port, env=self.environment, status=status)

    def put_old(self, *options):
        (self.folder / "old").mkdir()
        (self.folder / "old" / "main.py").write_text(OLD)
        self.mprom("deploy", self.folder / "old", "--no-base", *options)

    def try_it(self, *options, status=0, mprom=MPROM):
        """Returns the report's steps by name, and what was printed."""
        report = self.folder / "report.json"
        done = subprocess.run([sys.executable, SCRIPT, "-p", self.board.port, "--mprom", mprom, "--mpremote",
                               f"{sys.executable} -m mpremote", "--fill", "120000", "--edits", "3", "-o", report, *options],
                              env=self.environment, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.report = json.loads(report.read_text())
        return {step["name"]: step for step in self.report["steps"]}, done.stdout

    def results(self, steps, result):
        return {name for name, step in steps.items() if step["result"] == result}

    def test_slots(self):
        """mprom's firmware with slots: only the step that needs a person is skipped. The old image runs again at the end."""
        self.start()
        self.put_old("--confirm")
        steps, said = self.try_it()
        self.assertEqual(list(steps), STEPS)
        self.assertEqual(self.results(steps, "skipped"), {"unplugged"}, said)
        self.assertEqual(self.results(steps, "failed"), set(), said)
        self.assertRegex(said, r"passed: 11 passed, 0 failed, 1 skipped; the report is ")
        self.assertEqual(self.report["board"]["machine"], "SIM with mprom")
        self.assertLess(max(steps["edits"]["details"]["sent"]), steps["writes"]["details"]["size"] / 2)
        self.assertEqual(self.mprom("reset", "--hard", "--follow", "10").stdout.count(OLD[7:-3]), 1)

    def test_empty_slots(self):
        self.start()
        steps, said = self.try_it()
        self.assertEqual(self.results(steps, "failed"), set(), said)
        self.assertEqual(self.results(steps, "skipped"), {"unplugged"}, said)

    def test_segment_that_does_not_start(self):
        self.start()
        steps, said = self.try_it("-n", "rom2")
        self.assertEqual(self.results(steps, "failed"), set(), said)
        self.assertEqual(self.results(steps, "skipped"), {"unplugged", "starts", "slots"}, said)
        self.assertEqual(steps["starts"]["why"], "the board does not start segment 2")

    def test_stock(self):
        """Stock MicroPython: what only mprom's firmware can do is skipped, and says so."""
        for shape in ("view", "device"):
            with self.subTest(shape):
                self.start("--compat", shape)
                steps, said = self.try_it()
                self.assertEqual(self.results(steps, "failed"), set(), said)
                self.assertEqual(self.results(steps, "skipped"), {"unplugged", "script", "starts", "slots"}, said)
                self.assertEqual(steps["script"]["why"], "needs mprom's firmware")
                self.assertIn("no image", self.mprom("query").stdout)

    def test_wrong_bytes_are_found(self):
        shim = self.folder / "shim"
        shim.write_text(SHIM.format(python=sys.executable, mprom=MPROM, wrong=WRONG_BYTE))
        shim.chmod(shim.stat().st_mode | stat.S_IXUSR)
        self.start()
        steps, said = self.try_it(status=1, mprom=shim)
        self.assertEqual(steps["writes"]["result"], "failed", said)
        self.assertEqual(list(steps), ["answers", "reads", "writes", "puts_back"])
        self.assertIn("What the segment held before is still in", said)

    def test_no_board(self):
        done = subprocess.run([sys.executable, SCRIPT, "-p", self.folder / "nothing", "--mprom", MPROM, "-o",
                               self.folder / "report.json"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"failed   answers .*: query ended with 1: mprom: .*nothing")


if __name__ == "__main__":
    unittest.main(verbosity=2)
