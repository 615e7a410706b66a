"""A build without MicroPython's source: mpy-cross from PATH compiles, or nothing does, and the user is told."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from compiling import COMPILE_FILES_UNLINKED, MPY_CROSS, compiled, write_sources

SOURCES = {f"pkg/m{number}.py": b"def f(x):\n    return x + %d\n" % number for number in range(30)}
SOURCES["pkg/wrong.py"] = b"x = 1\ndef f(:\n    pass\n"
SOURCES["pkg/native.py"] = b"@micropython.native\ndef f():\n    pass\n"


class Fallback(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mprom-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.environment = {**os.environ, "PATH": f"/nonexistent::{self.bin}", "TMPDIR": str(self.temporary)}

    def install(self, script):
        program = self.bin / "mpy-cross"
        program.write_text(f"#!/usr/bin/python3\nimport os, signal, subprocess, sys\n{script}")
        program.chmod(0o755)

    def compile(self, sources=None, **options):
        files = write_sources(self.folder, sources or SOURCES)
        return compiled(files, COMPILE_FILES_UNLINKED, self.environment, **options)

    def say(self):
        return subprocess.run(
            [COMPILE_FILES_UNLINKED, self.folder], env=self.environment, capture_output=True, text=True, timeout=60
        )

    def test_the_real_one(self):
        (self.bin / "mpy-cross").symlink_to(MPY_CROSS)
        self.assertRegex(self.say().stdout, r"^mpy-cross: mpy-cross \(MicroPython v\S+ on \S+\), mpy 6\.\d\n4d06001f\n$")
        with_workers = {workers: self.compile(workers=workers) for workers in (1, 3)}
        self.assertEqual(with_workers[1], with_workers[3])
        self.assertEqual(with_workers[1], compiled(write_sources(self.folder, SOURCES)))
        self.assertEqual(with_workers[1]["pkg/wrong.py"], "pkg/wrong.py:2: SyntaxError: invalid syntax")

    def test_a_script_that_runs_the_real_one(self):
        """As the Python package mpy-cross does it; it closes all file descriptors."""
        self.install(f"sys.exit(subprocess.run([{MPY_CROSS!r}, *sys.argv[1:]], close_fds=True).returncode)\n")
        self.assertEqual(self.compile(), compiled(write_sources(self.folder, SOURCES)))

    def test_nothing_is_left_behind(self):
        (self.bin / "mpy-cross").symlink_to(MPY_CROSS)
        before = set(os.listdir("/tmp"))
        self.compile()
        self.assertEqual(list(self.temporary.iterdir()), [])
        new = set(os.listdir("/tmp")) - before  # others make theirs there too, with random names
        self.assertEqual({name for name in new if name.startswith("mpy") or name.endswith((".py", ".mpy"))}, set())

    def test_none(self):
        done = self.say()
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, "none: none\n00000000\n")
        self.assertEqual(done.stderr, "there is no compiler: put mpy-cross in PATH, or build mprom with MICROPYTHON_DIR\n")

    def test_programs_that_misbehave(self):
        one = {"a.py": b"x = 1\n"}
        self.install("sys.exit(0)\n")
        self.assertEqual(self.compile(one), {"a.py": "a.py: mpy-cross wrote nothing"})
        self.install("sys.exit(7)\n")
        self.assertEqual(self.compile(one), {"a.py": "a.py: the compiler ended with status 7"})
        self.install("os.kill(os.getpid(), signal.SIGSEGV)\n")
        self.assertEqual(self.compile(one), {"a.py": "a.py: the compiler crashed (Segmentation fault)"})
        self.install("print('usage: something else')\nsys.exit(1)\n")
        self.assertEqual(self.compile(one), {"a.py": "a.py: usage: something else"})
        self.install("print('x' * 100000)\nsys.exit(1)\n")
        self.assertRegex(self.compile(one)["a.py"], "^a.py: x{8192}$")
        self.assertIn("is not an mpy-cross that can be used", self.say().stdout)


if __name__ == "__main__":
    unittest.main()
