"""Sources that nobody would write, and signals: a clear error for the file, and nothing is left behind."""

import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

from compiling import COMPILE_FILES, compiled, write_sources

PLAIN = {f"plain{number}.py": b"x = %d\n" % number for number in range(20)}

DEPTH = "the source is nested too deeply for the compiler"
MEMORY = "MemoryError: the compiler ran out of memory$"

HOSTILE = {
    "lists.py": (b"x = " + b"[" * 300000 + b"]" * 300000 + b"\n", DEPTH),
    "parser.py": (b"x = " + b"[" * 2000000, MEMORY),
    "calls.py": (b"x = " + b"f(" * 200000 + b")" * 200000 + b"\n", DEPTH),
    "minus.py": (b"x = " + b"-" * 2000000 + b"y\n", DEPTH),
    "open.py": (b"(" * 200000, "SyntaxError: invalid syntax"),
    "shift.py": (b"x = 1 << 10000000000\n", MEMORY),
    "shifts.py": (b"x = 1 << 1000000000 << 1000000000 << 1000000000 << 1000000000\n", MEMORY),
    "names.py": (b"".join(b"n%d\n" % number for number in range(70000)), "RuntimeError: the compiler gave up: "),
    "control.py": (b"\x00\x01\x02\x1b\xff" * 1000, "SyntaxError: invalid syntax"),
}


class Hostile(unittest.TestCase):
    def test_ten_thousand_parentheses(self):
        with tempfile.TemporaryDirectory() as folder:
            files = write_sources(
                folder,
                {
                    "nested.py": b"x = " + b"(" * 10000 + b"1" + b")" * 10000 + b"\n",
                    "simple.py": b"x = 1\n",
                    "lists.py": b"x = " + b"[" * 10000 + b"]" * 10000 + b"\n",
                },
            )
            results = compiled(files)
        # The same code: redundant parentheses leave no trace.
        self.assertEqual(results["nested.py"], results["simple.py"].replace(b"simple.py", b"nested.py"))
        self.assertIsInstance(results["lists.py"], bytes)

    def test_each_is_an_error_and_no_other_file_is_harmed(self):
        sources = {name: source for name, (source, _) in HOSTILE.items()}
        with tempfile.TemporaryDirectory() as folder:
            plain = compiled(write_sources(folder, PLAIN))
            for workers in (1, 2):
                results = compiled(write_sources(folder, {**PLAIN, **sources}), workers=workers)
                for name, mpy in plain.items():
                    self.assertEqual(results[name], mpy)
                for name, (_, error) in HOSTILE.items():
                    self.assertRegex(results[name], rf"^{name}(:\d+)?: {error}")
                    self.assertNotIn("\n", results[name])


def descendants(pid):
    """All processes that come from pid."""
    found = []
    for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found += [int(child), *descendants(child)]
    return found


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def processor_time(pid):
    """In clock ticks."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def until(condition, what):
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError(f"never happened: {what}")


class Signals(unittest.TestCase):
    """The command, killed while its workers are busy: they end with it."""

    def start(self, folder):
        spin = b"x = 9**9**9**9\n"  # folded at compile time, for minutes
        files = write_sources(folder, {"a.py": spin, "b.py": spin})
        args = [str(item) for file in files for item in file]
        process = subprocess.Popen(
            [COMPILE_FILES, "-workers=2", folder, *args], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.addCleanup(process.stderr.close)
        until(lambda: len(descendants(process.pid)) == 2, "two workers run")
        workers = descendants(process.pid)
        until(lambda: all(processor_time(worker) > 10 for worker in workers), "both are at a file")
        return process, workers

    def check_gone(self, workers):
        for worker in workers:
            until(lambda: not alive(worker), "the worker ends")

    def test_killed(self):
        with tempfile.TemporaryDirectory() as folder:
            process, workers = self.start(folder)
            process.kill()
            process.wait()
            self.check_gone(workers)
            self.assertEqual(sorted(os.listdir(folder)), ["0.py", "1.py"])

    def test_interrupted_on_the_terminal(self):
        with tempfile.TemporaryDirectory() as folder:
            process, workers = self.start(folder)
            os.killpg(process.pid, signal.SIGINT)
            self.assertEqual(process.wait(30), -signal.SIGINT)
            self.check_gone(workers)

    def test_one_worker_interrupted(self):
        with tempfile.TemporaryDirectory() as folder:
            process, workers = self.start(folder)
            os.kill(workers[1], signal.SIGTERM)
            self.assertEqual(process.wait(30), 2)
            self.assertEqual(process.stderr.read(), b"the compiler was interrupted\n")
            self.check_gone(workers)

    def test_one_worker_killed(self):
        with tempfile.TemporaryDirectory() as folder:
            process, workers = self.start(folder)
            for worker in workers:
                os.kill(worker, signal.SIGKILL)
            self.assertEqual(process.wait(30), 0)
            for number, name in enumerate(("a.py", "b.py")):
                error = pathlib.Path(folder, f"{number}.error").read_text()
                self.assertEqual(error, f"{name}: the compiler was killed; it may have run out of memory")


if __name__ == "__main__":
    unittest.main()
