"""What all subcommands share: help, version, options, exit statuses, where messages go."""

import re
import unittest

import command
from romfs_writer import file, image

COMMANDS = ["build", "ls", "tree", "cat", "extract", "info", "check", "diff", "query", "deploy", "dump", "verify",
            "erase", "emulate"]


class Framework(command.CommandTest):
    def commands(self):
        """The names that the help lists."""
        lines = self.output("--help").split("Commands:\n")[1].split("\n\n")[0].splitlines()
        return [line.split()[0] for line in lines]

    def test_help_lists_every_command(self):
        listed = self.commands()
        self.assertLessEqual(max(map(len, self.output("--help").splitlines())), 79)
        for name in COMMANDS:
            self.assertIn(name, listed)

    def test_every_command_explains_itself(self):
        for name in self.commands():
            with self.subTest(command=name):
                text = self.output(name, "--help")
                self.assertTrue(text.startswith(f"Usage: mprom {name} "), text)
                self.assertRegex(text, rf"\nExamples?:\n  (.*\| )?mprom {name}")
                self.assertLessEqual(max(map(len, text.splitlines())), 79)
                self.assertEqual(text, self.output("help", name))
                self.assertEqual(text, self.output(name, "-h"))

    def test_no_command_is_bad_usage(self):
        done = self.mprom(status=2)
        self.assertEqual(done.stdout, b"")
        self.assertIn(b"Usage: mprom COMMAND", done.stderr)

    def test_unknown_command_gets_a_suggestion(self):
        self.assertIn("there is no command 'inof'; did you mean 'info'?", self.error("inof", status=2))
        self.assertIn("did you mean 'tree'?", self.error("tre", status=2))
        self.assertIn("'mprom --help' lists the commands", self.error("frobnicate", status=2))
        self.assertIn("'mprom --help' lists the commands", self.error("x" * 5000, status=2))

    def test_version(self):
        text = self.output("--version")
        self.assertRegex(text, r"^mprom \d+\.\d+\.\d+\ncompiler: MicroPython v1\.\d+\..*, mpy 6\.\d, built in\n$")
        self.assertEqual(text, self.output("-V"))

    def test_empty_values(self):
        """U11: of each option of each command; nothing is done then."""
        self.assertIn("--port needs a port; the value is empty", self.error("query", "-p", "", status=2))
        for name in self.commands():
            options = re.findall(r"^  (?:-\w, |    )(--[\w-]+) [A-Z\[]", self.output(name, "--help"), re.MULTILINE)
            self.assertTrue(options or name in ("ls", "tree", "cat", "info", "check"), name)
            for option in options:
                with self.subTest(command=name, option=option):
                    self.assertRegex(self.error(name, f"{option}=", status=2), f"^mprom: {option} needs (a |an |[a-z]+s;)")

    def test_a_letter_means_one_thing(self):
        """U14: -f is --follow, in deploy only."""
        with_f = [name for name in self.commands() if re.search(r"^  -f, ", self.output(name, "--help"), re.MULTILINE)]
        self.assertEqual(with_f, ["deploy"])
        self.assertIn("  -f, --follow SECONDS", self.output("deploy", "--help"))

    def test_bad_options(self):
        self.write("a.romfs", image())
        for args, message in [
            (["ls", "--frob", "a.romfs"], "ls has no option --frob"),
            (["ls", "-x", "a.romfs"], "ls has no option -x"),
            (["ls", "--long=3", "a.romfs"], "--long takes no value"),
            (["extract", "a.romfs", "-C"], "--directory needs a value"),
            (["build", "a", "-O", "-1"], "--optimise takes a number, not '-1'"),
            (["cat", "--json", "a.romfs", "x"], "cat has no option --json"),
            (["--json", "cat", "a.romfs", "x"], "cat has no option --json"),
            (["ls"], "ls needs more: mprom ls IMAGE [PATH]"),
            (["ls", "a.romfs", "b", "c"], "ls does not take 'c'"),
            (["--frob"], "mprom has no option --frob"),
        ]:
            with self.subTest(args=args):
                text = self.error(*args, status=2)
                self.assertIn(message, text)
                self.assertIn("--help'", text)

    def test_options_stand_anywhere(self):
        self.write("a.romfs", image(file("x", b"12")))
        expected = self.output("ls", "-l", "--json", "a.romfs")
        self.assertIn('"size": 2', expected)
        for args in [
            ["ls", "a.romfs", "-l", "--json"],
            ["--json", "ls", "a.romfs", "-l"],
            ["ls", "--json", "a.romfs", "-l"],
            ["-q", "--json", "ls", "--lon", "a.romfs"],
            ["-v", "ls", "--json", "-l", "--", "a.romfs"],
        ]:
            with self.subTest(args=args):
                self.assertEqual(expected, self.output(*args))

    def test_operand_that_looks_like_an_option(self):
        self.write("-l", image(file("x")))
        self.assertEqual(self.output("ls", "--", "-l"), "x\n")

    def test_full_disk_is_an_error(self):
        self.write("a.romfs", image(file("x", b"12")))
        for args in [["ls", "a.romfs"], ["--help"], ["cat", "a.romfs", "x"], ["info", "--json", "a.romfs"]]:
            with self.subTest(args=args), open("/dev/full", "wb") as full:
                done = self.mprom(*args, status=1, stdout=full)
                self.assertIn(b"standard output: No space left on device", done.stderr)


if __name__ == "__main__":
    unittest.main()
