"""`make demo` shows what examples/hello printed on the board, and nothing that was written down beforehand."""

import os
import pathlib
import shutil
import tempfile
import unittest

from programs import BUILD, SOURCE, run

DEMO = SOURCE / "scripts" / "demo"
HELLO = SOURCE / "examples" / "hello"


def demo(app):
    with tempfile.TemporaryDirectory() as folder:
        return run(DEMO, app, env={**os.environ, "MPROM_BUILD_DIR": str(BUILD), "MPROM_RUN_DIR": folder}).stdout


class Demo(unittest.TestCase):
    def test_shows_what_hello_prints_and_what_is_on_the_board(self):
        shown = demo(HELLO)
        for line in ("Hello, Grüezi, こんにちは, ROMFS!", "limits was imported from /rom/limits.mpy",
                     "größe.txt: Zwölf Zentimeter", "table.bin: 256 bytes in place, sum 32640"):
            self.assertIn("\n" + line + "\n", shown)
        self.assertIn("segment 0 (rom0)", shown)
        for name in ("main.mpy", "größe.txt", "words.mpy"):
            self.assertIn(name, shown)

    def test_shows_a_change(self):
        with tempfile.TemporaryDirectory() as folder:
            app = pathlib.Path(folder) / "hello"
            shutil.copytree(HELLO, app)
            main = app / "main.py"
            main.write_text(main.read_text() + "\nprint('six times seven is', 6 * 7)\n")
            self.assertIn("\nsix times seven is 42\n", demo(app))


if __name__ == "__main__":
    unittest.main()
