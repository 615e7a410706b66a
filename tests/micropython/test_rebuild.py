"""The makefiles notice that a header or an option has changed, also where ccache keeps dependency files for all trees.

Each builds one object with an empty cache of ccache, if that is installed. Then make is asked what it would build anew if a
file had changed."""

import os
import pathlib
import shutil
import tempfile
import unittest

from programs import BUILD, MICROPYTHON_DIR, SOURCE, outside_make, run
from sim_variant import options as sim_options

CCACHE = "ccache " if shutil.which("ccache") else ""
CC = CCACHE + os.path.realpath("/usr/bin/cc")


class Rebuild(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="rebuild-", dir=BUILD)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = {name: value for name, value in outside_make().items() if not name.startswith("CCACHE_")}
        # Links of ccache's in PATH would call it twice.
        self.environment["PATH"] = os.pathsep.join(part for part in os.get_exec_path() if "ccache" not in part)
        self.environment["CCACHE_DIR"] = str(self.folder / "cache")
        self.environment["CCACHE_BASEDIR"] = os.path.commonpath([SOURCE, self.folder])

    def make(self, *words):
        return run("make", "-C", self.source, f"BUILD={self.folder}", *self.variables, *words, env=self.environment,
                   timeout=600).stdout

    def is_built_after(self, *changes):
        """A name is given as both of its forms: the one in the dependency file depends on ccache."""
        paths = [path for change in changes for path in (change, self.source.resolve() / change)]
        changed = [word for path in paths for word in ("-W", os.path.normpath(path))]
        # Make cannot know that a header that it would generate again would be the same.
        headers = [os.path.relpath(path, self.source.resolve()) for path in self.folder.glob("genhdr/*.h")]
        kept = [word for header in headers for word in ("-o", header)]
        return f"-o {self.name}" in self.make("-n", *kept, *changed, self.name)

    def check_object(self, source, variables, built, changes):
        self.source, self.variables = SOURCE / source, variables
        self.name = os.path.relpath(self.folder / built, self.source.resolve())
        self.make(self.name)
        self.assertFalse(self.is_built_after(), "nothing has changed")
        for change in changes:
            with self.subTest(change=change):
                self.assertTrue(self.is_built_after(change))

    def take_generated(self, folder):
        """The headers that MicroPython's makefiles generate, with their times."""
        shutil.copytree(folder / "genhdr", self.folder / "genhdr")

    def test_firmware(self):
        self.take_generated(BUILD / "firmware" / "SIM")
        variables = {**sim_options(), "CC": CC}
        self.check_object("micropython/firmware", [f"{name}={value}" for name, value in variables.items()],
                          "micropython/rom_start.o", ["../../micropython/rom_start.h", "../../include/mprom/rom.h", "Makefile"])

    def test_compiler(self):
        built = next(BUILD.glob("src/compile/micropython-*/genhdr")).parent
        self.take_generated(built)
        self.check_object("src/compile/micropython", [f"MICROPYTHON_DIR={MICROPYTHON_DIR.resolve()}", f"CC={CC}"], "arena.o",
                          ["arena.h", "Makefile"])

    def test_board(self):
        self.check_object("chips/stm32", ["BOARD=OPENMV2", f"CROSS_COMPILE={CCACHE}arm-none-eabi-",
                                          f"MICROPYTHON_DIR={MICROPYTHON_DIR.resolve()}"], "chips/kit/kit_clock.o",
                          ["../../chips/kit/kit.h", "../../micropython/firmware/board.h", "Makefile", "family.mk",
                           "../kit/firmware.mk", "boards/OPENMV2/board.mk"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
