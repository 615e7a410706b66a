"""What every test of the command needs: a folder of its own, and the real binary."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

MPROM = os.path.join(os.environ["MPROM_BUILD_DIR"], "mprom")
SOURCE_DIR = pathlib.Path(os.environ["MPROM_SOURCE_DIR"])

# Printed by the sanitizers build only: the compiler runs on a stack of its own.
ASAN_REMARK = re.compile(rb"==\d+==WARNING: ASan doesn't fully support makecontext.*\n")


class CommandTest(unittest.TestCase):
    """Each test starts in an empty folder of its own, self.folder, where mprom() runs."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mprom-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def mprom(self, *args, status=0, **kwargs):
        """Runs mprom, insists on its exit status (None: any), returns the finished process (bytes)."""
        kwargs.setdefault("cwd", self.folder)
        kwargs.setdefault("timeout", 120)
        if "input" not in kwargs:
            kwargs.setdefault("stdin", subprocess.DEVNULL)
        kwargs.setdefault("stdout", subprocess.PIPE)
        kwargs.setdefault("stderr", subprocess.PIPE)
        done = subprocess.run([MPROM, *(arg if isinstance(arg, bytes) else str(arg) for arg in args)], **kwargs)
        if done.stderr:
            done.stderr = ASAN_REMARK.sub(b"", done.stderr)
            self.assertNotRegex(done.stderr, rb"Sanitizer|runtime error")
        self.assertEqual(
            done.returncode, done.returncode if status is None else status, f"mprom {args}\nstdout: {done.stdout!r:.2000}\nstderr: {done.stderr!r:.2000}"
        )
        return done

    def output(self, *args, **kwargs):
        """Standard output, as text, of a run that has nothing to say on standard error."""
        done = self.mprom(*args, **kwargs)
        self.assertEqual(done.stderr, b"")
        return done.stdout.decode()

    def error(self, *args, status=1, **kwargs):
        """Standard error, as text, of a run that fails and prints no result."""
        done = self.mprom(*args, status=status, **kwargs)
        self.assertEqual(done.stdout, b"")
        for line in done.stderr.decode().splitlines():
            self.assertTrue(line.startswith("mprom: "), line)
        return done.stderr.decode()

    def write(self, path, contents):
        """Writes a file below the folder, with its parents."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        return target

    def left(self):
        """Every path below the folder, hidden and temporary ones included."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))
