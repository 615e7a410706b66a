"""`make install`: what lies where, and that the installed command needs nothing of the tree that it was built in."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from programs import BUILD, SOURCE, run

BOARD = "OPENMV2"


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        run("cmake", "--install", BUILD, "--prefix", "/opt/tools", env={**os.environ, "DESTDIR": str(cls.folder)})
        cls.prefix = cls.folder / "opt" / "tools"
        cls.environment = {"PATH": "/usr/bin:/bin", "MPROM_RUN_DIR": str(cls.folder / "run"), "HOME": str(cls.folder)}

    def mprom(self, *args):
        return run(self.prefix / "bin" / "mprom", *args, cwd=self.folder, env=self.environment).stdout

    def emulate(self, board):
        """Starts a board with the installed command; it ends with the test. Returns its port."""
        state = self.folder / board
        process = subprocess.Popen([self.prefix / "bin" / "mprom", "emulate", board, "--state", state],
                                   stdout=subprocess.PIPE, text=True, env=self.environment, cwd=self.folder)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        return process.stdout.readline().strip()

    def test_what_lies_where(self):
        files = {str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*") if path.is_file()}
        self.assertLessEqual({"bin/mprom", "libexec/mprom/mprom-sim", "libexec/mprom/mprom-machine",
                              "share/doc/mprom/LICENSE", f"share/mprom/boards/{BOARD}/firmware.elf"}, files)
        strangers = [name for name in files if not name.startswith(("bin/mprom", "libexec/mprom/", "share/"))]
        self.assertEqual(strangers, [])

    def test_a_deploy(self):
        port = self.emulate("SIM")
        shown = self.mprom("deploy", SOURCE / "examples" / "hello", "-p", port, "--confirm", "--follow", "10")
        self.assertIn("limits was imported from /rom/limits.mpy\n", shown)

    def test_firmware_of_a_board(self):
        port = self.emulate(BOARD)
        self.assertIn(f"{BOARD} with mprom", self.mprom("query", "-p", port))


if __name__ == "__main__":
    unittest.main()
