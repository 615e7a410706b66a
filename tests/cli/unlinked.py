"""A command that was built without MicroPython's source: it runs mpy-cross, or says that there is no compiler.

    unlinked.py DIRECTORY_OF_THAT_MPROM MPY_CROSS
"""

import os
import sys
import unittest

import command

MPY_CROSS = sys.argv.pop()
LINKED = command.MPROM
command.MPROM = os.path.join(sys.argv.pop(), "mprom")


class Unlinked(command.CommandTest):
    def setUp(self):
        super().setUp()
        self.write("app/main.py", "import util\n")
        self.write("app/util.py", "@micropython.native\ndef f():\n    return 1\n")
        self.write("tools/readme", "")

    def with_path(self, path):
        return {**os.environ, "PATH": str(path)}

    def test_no_compiler(self):
        for quiet in ([], ["-q"]):
            done = self.mprom("build", *quiet, "app", env=self.with_path(self.folder / "tools"))
            self.assertEqual(
                done.stderr,
                b"mprom: no compiler is built in and no mpy-cross is in PATH: 2 .py files go in as source text, which "
                b"the board compiles into RAM\n",
            )
        self.assertEqual(self.output("ls", "app.romfs"), "main.py\nutil.py\n")
        self.assertEqual(self.output("build", "-q", "--no-mpy", "app", env=self.with_path("/nowhere")), "")
        self.assertIn("compiler: none", self.output("--version", env=self.with_path("/nowhere")))

    def test_mpy_cross(self):
        os.symlink(MPY_CROSS, self.folder / "tools/mpy-cross")
        environment = self.with_path(self.folder / "tools")
        self.assertRegex(self.output("--version", env=environment), r"compiler: .*mpy.*, mpy-cross in PATH")
        text = self.output("build", "app", "--march", "armv7m", env=environment)
        self.assertIn("compiled  2 .py files (mpy 6.", text)
        ours = (self.folder / "app.romfs").read_bytes()
        command.MPROM, unlinked = LINKED, command.MPROM
        self.addCleanup(setattr, command, "MPROM", unlinked)
        self.output("build", "app", "--march", "armv7m")
        self.assertEqual(ours, (self.folder / "app.romfs").read_bytes())

    def test_errors(self):
        os.symlink(MPY_CROSS, self.folder / "tools/mpy-cross")
        self.write("app/bad.py", "x = = 1\n")
        done = self.mprom("build", "app", "--march", "armv7m", status=1, env=self.with_path(self.folder / "tools"))
        self.assertRegex(done.stderr.decode(), r"(?m)^app/bad\.py:1: .*SyntaxError")
        self.assertNotIn("app.romfs", self.left())


if __name__ == "__main__":
    unittest.main()
