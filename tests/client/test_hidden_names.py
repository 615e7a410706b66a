"""Boards whose user hides modules and names that the client's programs use (R7)."""

import unittest

from board import Board
from command import CommandTest
from romfs_writer import filled_image
from sim import SimTest
from stock_board import StockBoard

MODULES = ("machine", "os", "time", "io", "binascii", "hashlib", "select", "json", "sys", "vfs", "gc", "micropython", "deflate", "romfs")
NAMES = ("print", "len", "int", "min", "max", "range", "bytes", "str", "exec", "open", "i", "n", "r", "x", "_p", "sys", "vfs", "poll")


class Hidden(SimTest):
    def setUp(self):
        CommandTest.setUp(self)

    def start(self, board):
        self.board = self.enterContext(board)
        self.run_dir = f"{self.board.state}/run"

    def hide(self):
        """Modules of the user's, each in the way of a built-in one, imported by a main that runs and uses many a name."""
        main = "import sys\nwrite = sys.stdout.write\n"
        with self.board.raw() as console:
            for name in MODULES:
                console.exec(f"f = open('/{name}.py', 'w'); f.write('MINE = 1\\n'); f.close()")
                main += f"import {name}\n"
            main += "".join(f"{name} = 5\n" for name in NAMES) + "write('main runs')\nwhile True: pass\n"
            console.exec("f = open('/main.py', 'w')")
            for at in range(0, len(main), 500):
                console.exec(f"f.write({main[at:at+500]!r})")
            console.exec("f.close()")
            console.leave_raw()
        self.run_main()

    def run_main(self):
        with self.board.console() as console:
            console.write(b"\x03\x02\x04")
            console.read_until(b"main runs")

    def work(self, contents):
        image = self.write("image.romfs", contents)
        commands = [("query",), ("deploy", image, "-n", "0", "--hard"), ("verify", image, "-n", "0"),
                    ("dump", "-n", "0", "-o", "out.romfs"), ("reset", "--hard"), ("reset",), ("deploy", image, "-n", "0")]
        for command in commands:
            with self.subTest(command):
                self.run_main()
                self.mprom(*command)
        self.assertEqual((self.folder / "out.romfs").read_bytes(), contents)

    def test_mprom(self):
        self.start(Board("--plain"))
        self.hide()
        self.work(filled_image(30000))
        self.mprom("erase", "-n", "0")

    def test_stock(self):
        for kind in ("view", "device"):
            self.start(StockBoard(kind))
            self.hide()
            self.work(filled_image(30000))

    def test_starter(self):
        self.start(StockBoard("view"))
        self.hide()
        with self.board.raw() as console:
            console.exec("import uos; uos.remove('/main.py')")
            console.leave_raw()
        self.write("app/main.py", "print('from the image')")
        done = self.mprom("deploy", "app", "--install-starter", "--follow", "30", "--hard")
        self.assertIn(b"from the image", done.stdout)


if __name__ == "__main__":
    unittest.main()
