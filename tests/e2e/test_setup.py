"""scripts/setup on machines that lack something: it names what is missing and how to go on, and installs nothing."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from programs import SOURCE

TOOLS = ("sh", "sed", "grep", "id", "dirname", "cat", "awk", "env")


class Setup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name) / "tree"
        shutil.copytree(SOURCE / "scripts", self.tree / "scripts")
        self.bin = pathlib.Path(folder.name) / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))

    def program(self, name, text):
        path = self.bin / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)

    def setup_script(self, **environment):
        """Runs scripts/setup of the copied tree with nothing but self.bin on the path."""
        return subprocess.run([str(self.tree / "scripts" / "setup")], capture_output=True, text=True, timeout=60,
                              env={"PATH": str(self.bin), **environment})

    def everything_installed(self):
        """A dpkg-query for which every package asked for is installed."""
        self.program("dpkg-query", 'shift 2\nshift\nfor p; do echo "installed $p"; done\n')

    def say_missing(self, compiler, has_sim):
        """What scripts/say-missing says of a build like this."""
        (self.tree / "build").mkdir(exist_ok=True)
        for name, text in ("mprom", f"echo 'mprom 0.1.0'; echo 'compiler: {compiler}'"), ("mprom-sim", ""):
            path = self.tree / "build" / name
            path.unlink(missing_ok=True)
            if name == "mprom" or has_sim:
                path.write_text("#!/bin/sh\n" + text + "\n")
                path.chmod(0o755)
        return subprocess.run([str(self.tree / "scripts/say-missing")], capture_output=True, text=True, check=True).stdout

    def test_what_a_build_lacks(self):
        """U7: the last line of `make`, and of `make install`."""
        whole = "MicroPython v1.25.0, mpy 6.3, built in"
        self.assertEqual(self.say_missing(whole, True), "")
        said = self.say_missing("none is built in and there is no mpy-cross in PATH", False)
        self.assertTrue(said.startswith("make: built without the compiler for .py files and the emulated board SIM, "), said)
        self.assertIn("`make setup`", said)
        self.assertEqual(said.count("\n"), 1)
        self.assertTrue(self.say_missing(whole, False).startswith("make: built without the emulated board SIM, "))
        makefile = (SOURCE / "Makefile").read_text()
        for target in "build", "install":
            recipe = makefile.split(f"\n{target}:")[1].split("\n\n")[0]
            self.assertTrue(recipe.rstrip().endswith("scripts/say-missing"), target)

    def test_missing_packages_and_no_apt(self):
        self.program("dpkg-query", "exit 1\n")
        done = self.setup_script()
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no apt-get here", done.stderr)
        for package in ("cmake", "ninja-build", "libserialport-dev", "libjansson-dev"):
            self.assertIn(package, done.stderr)

    def test_missing_packages_and_apt_fails(self):
        self.program("dpkg-query", "exit 1\n")
        self.program("apt-get", 'echo "E: no network"; exit 100\n')
        self.program("sudo", 'exec "$@"\n')
        self.program("tail", "cat >/dev/null; echo 'E: no network'\n")
        self.program("rm", "exit 0\n")
        done = self.setup_script()
        self.assertEqual(done.returncode, 1)
        self.assertIn("E: no network", done.stderr)
        self.assertIn("apt-get install", done.stderr)
        self.assertIn("libserialport-dev", done.stderr)

    def test_no_source_and_no_apt(self):
        self.everything_installed()
        done = self.setup_script()
        self.assertEqual(done.returncode, 1)
        self.assertIn("MicroPython's source is missing", done.stderr)
        self.assertIn("MICROPYTHON_DIR=", done.stderr)

    def test_a_wrong_tree_is_named(self):
        self.everything_installed()
        done = self.setup_script(MICROPYTHON_DIR=str(self.tree))
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"MICROPYTHON_DIR={self.tree} holds no MicroPython source", done.stderr)

    def test_a_tree_of_the_users_own_is_enough(self):
        self.everything_installed()
        own = self.tree / "own"
        (own / "py").mkdir(parents=True)
        (own / "py" / "py.mk").touch()
        done = self.setup_script(MICROPYTHON_DIR=str(own))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
