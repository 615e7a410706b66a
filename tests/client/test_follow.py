"""--follow with a program that raises (U6): status 1, what it raised is shown, and --confirm confirms nothing."""

import json
import unittest

from sim import SimTest

RAISING = {
    "raises": ("print('on')\n1/0", "ZeroDivisionError: divide by zero"),
    "imports nothing": ("import no_such_module", "ImportError: no module named 'no_such_module'"),
    "out of memory": ("b = bytearray(10_000_000)", "MemoryError: memory allocation failed, allocating 10000000 bytes"),
    "in a function": ("def f():\n raise ValueError('x')\nf()", "ValueError: x"),
    "own exception": ("class Odd(Exception): pass\nraise Odd('here')", "Odd: here"),
}

RUNNING = {
    "ends": "print('on')",
    "catches": "import sys\ntry:\n 1/0\nexcept ZeroDivisionError as e: sys.print_exception(e)\nprint('goes on')",
}


class FollowTest(SimTest):
    def deploy(self, main, *args, name="main.py", **kwargs):
        for old in "main.py", "boot.py":
            (self.folder / "app" / old).unlink(missing_ok=True)
        self.write(f"app/{name}", main)
        return self.mprom("deploy", self.folder / "app", "--no-base", "--follow", "20", *args, **kwargs)

    def slot(self):
        [slot] = [segment for segment in self.query()["segments"] if segment["running"]]
        return slot


class Slots(FollowTest):
    def assert_fails(self, raised, *args, **kwargs):
        done = self.deploy(*args, status=1, **kwargs)
        self.assertIn(f"the program ended with an exception: {raised}\n".encode(), done.stderr)
        self.assertNotIn("confirmed", self.slot()["state"])
        return done

    def test_raises(self):
        for name, (main, raised) in RAISING.items():
            with self.subTest(name):
                done = self.assert_fails(raised, main, "--confirm")
                self.assertIn(b"Traceback (most recent call last):\n", done.stdout)
                self.assertIn(raised.encode() + b"\n", done.stdout)
                self.assert_fails(raised, main + "\n")

    def test_boot_and_syntax(self):
        self.assert_fails("NameError: name 'x' isn't defined", "x", "--confirm", name="boot.py")
        self.assert_fails("SyntaxError: invalid syntax", "print('on')\n)", "--confirm", "--no-mpy")

    def test_json(self):
        done = self.assert_fails("ZeroDivisionError: divide by zero", "1/0", "--confirm", "--json")
        self.assertEqual(len(json.loads(done.stdout)), 1)
        self.assertIn(b"Traceback (most recent call last):\n", done.stderr)

    def test_many(self):
        done = self.deploy("1/0", "--confirm", "--all", status=1)
        self.assertIn(b"failed", done.stdout)
        self.assertNotIn("confirmed", self.slot()["state"])

    def test_runs(self):
        for name, main in RUNNING.items():
            with self.subTest(name):
                done = self.deploy(main, "--confirm")
                self.assertEqual(done.stderr, b"")
                self.assertIn("confirmed", self.slot()["state"])

    def test_runs_on(self):
        """A program that still runs is confirmed too, and runs afterwards."""
        main = "import time\nn = 0\nwhile True:\n print('tick', n)\n n += 1\n time.sleep(0.05)\n"
        self.write("app/main.py", main)
        done = self.mprom("deploy", self.folder / "app", "--confirm", "--follow", "1")
        self.assertIn(b"tick 3\n", done.stdout)
        with self.board.console() as console:  # the first lines may have come before it was opened
            for _ in range(2):
                console.read_until(b"\r\ntick ")
        self.assertIn("confirmed", self.slot()["state"])

    def test_confirmed_before(self):
        """Nothing is stopped for what is confirmed already."""
        main = "import time\nn = 0\nwhile True:\n print('tick', n)\n n += 1\n time.sleep(0.05)\n"
        self.write("app/main.py", main)
        self.mprom("deploy", self.folder / "app", "--confirm")
        done = self.mprom("deploy", self.folder / "app", "--confirm", "--follow", "1")
        self.assertIn(b"already there", done.stdout)
        self.assertIn("confirmed", self.slot()["state"])


class Stock(FollowTest):
    """Its main is in its own filesystem."""

    options = ("--compat", "view")

    def test_raises(self):
        with self.board.raw() as console:
            console.exec("f = open('/main.py', 'w'); f.write('print(1)\\n[][1]'); f.close()")
        done = self.deploy("x = 1", status=1)
        self.assertIn(b"the program ended with an exception: IndexError: list index out of range\n", done.stderr)
        self.assertIn(b"Traceback (most recent call last):\n", done.stdout)


if __name__ == "__main__":
    unittest.main()
