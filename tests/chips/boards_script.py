"""scripts/boards, with stand-ins for what it runs: it goes on after a board that failed, and ends with a table (L0)."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["MPROM_SOURCE_DIR"])
PROOF = """
import sys
name = sys.argv[-1]
print(f"{name}: boot: quick")
if name == "B":
    print(f"{name}: FAILED: deploy app: exit status 1\\nstderr: mprom: no such luck")
    sys.exit(1)
print(f"{name}: deploy: done")
"""
CUT = """
import sys
print(f"{sys.argv[-1]}: power cut: fine")
"""


class Boards(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mprom-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.put("scripts/boards", (SOURCE / "scripts" / "boards").read_text(), 0o755)
        self.put("scripts/setup", "#!/bin/sh\n", 0o755)
        self.put("Makefile", "build-tests:\n\t@:\n")
        self.put("build/mprom-machine", "#!/bin/sh\nprintf 'A\\nB\\nC\\n'\n", 0o755)
        self.put("tests/chips/board_proof.py", PROOF)
        self.put("tests/chips/board_cut.py", CUT)

    def put(self, name, text, mode=0o644):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def boards(self, *names):
        return subprocess.run([self.folder / "scripts" / "boards", *names], capture_output=True, text=True, timeout=60)

    def test_one_of_three_fails(self):
        done = self.boards()
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertIn("B: FAILED: deploy app: exit status 1\nstderr: mprom: no such luck\n", done.stdout)
        self.assertIn("C: deploy: done\n", done.stdout)
        table = [line.split() for line in done.stdout.rsplit("\n\n", 1)[1].splitlines()]
        self.assertEqual(table, [["board", "passed", "failed"], ["A", "3", "0"], ["B", "1", "1"], ["C", "3", "0"]])

    def test_none_fails(self):
        done = self.boards("A", "C")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertNotIn("B", done.stdout)
        self.assertEqual(len(done.stdout.rsplit("\n\n", 1)[1].splitlines()), 3)


if __name__ == "__main__":
    unittest.main()
