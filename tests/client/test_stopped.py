"""What becomes of a program that a command stopped (W9)."""

import json
import unittest

from romfs_writer import filled_image
from sim import SimTest

STOPPED = b"a program was stopped and stays so; `mprom reset` starts it again"
MAIN = "import time\nprint('main runs')\nwhile True: time.sleep(1)\n"


class Stopped(SimTest):
    def setUp(self):
        super().setUp()
        self.image = self.write("image.romfs", filled_image(600))
        self.mprom("deploy", self.image, "-n", "2")
        with self.board.raw() as console:
            console.exec(f"f = open('/main.py', 'w'); f.write({MAIN!r}); f.close()")

    def run_main(self):
        with self.board.raw() as console:
            console.soft_reset_friendly()
            console.read_until(b"main runs")

    def commands(self):
        return (("query",), ("verify", "-n", "2"), ("verify", self.image, "-n", "2"), ("erase", "-n", "1"),
                ("dump", "-n", "2", "-o", "out.romfs"), ("deploy", self.image, "-n", "2", "--no-restart"))

    def is_running(self):
        with self.board.console() as console:
            console.write(b"\x03")
            return b"KeyboardInterrupt" in console.read_until(b">>> ")

    def test_said(self):
        for command in self.commands():
            with self.subTest(command[0]):
                self.run_main()
                self.assertIn(STOPPED, self.mprom(*command).stderr)
                self.assertNotIn(STOPPED, self.mprom(*command).stderr)  # nothing ran any more

    def test_said_of_a_command_that_fails(self):
        self.run_main()
        other = self.write("other.romfs", filled_image(700))
        self.assertIn(STOPPED, self.mprom("verify", other, "-n", "2", status=1).stderr)
        self.run_main()
        self.mprom("verify", other, "-n", "2", "--restart", status=1)
        self.assertTrue(self.is_running())

    def test_restart(self):
        for command in self.commands()[:-1]:
            with self.subTest(command[0]):
                self.run_main()
                self.assertNotIn(b"was stopped", self.mprom(*command, "--restart").stderr)
                self.assertTrue(self.is_running())

    def test_json(self):
        for command in self.commands():
            if command[0] != "dump":
                with self.subTest(command[0]):
                    self.run_main()
                    result = json.loads(self.mprom(*command, "--json").stdout)[0]
                    self.assertEqual((result["stopped"], result["restarted"]), (True, False))
                    if command[0] != "deploy":
                        self.run_main()
                        result = json.loads(self.mprom(*command, "--json", "--restart").stdout)[0]
                        self.assertEqual((result["stopped"], result["restarted"]), (True, True))

    def test_reset(self):
        for options in ((), ("--hard",)):
            self.run_main()
            done = self.mprom("reset", *options)
            self.assertEqual(done.stderr, b"")
            self.assertTrue(self.is_running())
        result = json.loads(self.mprom("reset", "--json").stdout)[0]
        self.assertEqual((result["port"], result["reset"]), (self.board.port, "soft"))

    def test_reset_is_followed(self):
        for options in ((), ("--hard",)):
            with self.subTest(options):
                done = self.mprom("reset", "--follow", "2", *options)
                self.assertIn(b"\nmain runs\n", done.stdout)
                self.assertTrue(self.is_running())
        done = self.mprom("reset", "--json", "--follow", "2")
        self.assertEqual(json.loads(done.stdout)[0]["reset"], "soft")
        self.assertIn(b"main runs\n", done.stderr)
        self.assertIn(b"at most 86400 seconds", self.mprom("reset", "--follow", "86401", status=2).stderr)

    def test_reset_of_a_program_that_fails(self):
        with self.board.raw() as console:
            console.exec("f = open('/main.py', 'w'); f.write('print(1)\\n1 // 0'); f.close()")
        done = self.mprom("reset", "--follow", "10", status=1)
        self.assertIn(b"ended with an exception: ZeroDivisionError", done.stderr)
        self.mprom("reset")

    def test_many(self):
        self.run_main()
        done = self.mprom("verify", "-n", "2", "-p", self.board.port, "-p", "/dev/no-such-port", "--json", status=1)
        result = next(line for line in map(json.loads, done.stdout.splitlines()) if line["result"] == "ok")
        self.assertTrue(result["stopped"])
        self.assertTrue(self.mprom("reset", "--all").stdout)
        self.assertTrue(self.is_running())

    def test_help(self):
        for command in ("query", "verify", "dump", "erase"):
            self.assertIn("stays stopped", " ".join(self.mprom(command, "--help").stdout.decode().split()))


if __name__ == "__main__":
    unittest.main()
