"""The examples of docs/rom-ioctl.md and docs/stock-boards.md run on SIM as they stand there, in each shape that they name.

    ```python view blocks       a program, for SIM in these shapes of --compat; "stock" is all of them, "mprom" none
    ```text device              what the program before prints, in this shape; without a shape in all

A program that starts with a comment such as "# /main.py" is a file. If its name is boot.py or main.py, what it prints is
what the board prints at a soft reset. "..." in an output stands for any text. All programs of a page run in order on one
board, whose disk holds the image /app.romfs.
"""

import pathlib
import re
import unittest

import stock_board
from board import Board
from doc_examples import pattern
from programs import SOURCE, compiled
from romfs_writer import file, filled_image, image, sealed_image
from stock_board import StockBoard

STOCK = (*stock_board.SHAPES, *stock_board.MORE_SHAPES)
SHAPES = (*STOCK, "mprom")
SILENT = ("renesas-ra", "samd", "samd-view")  # an erase of blank flash that fails
PAGES = ("rom-ioctl.md", "stock-boards.md")
APP = "print('app runs as', __name__, 'from', __file__)\n"
MAGIC = b"\xd2\xcd1"
PROMPT = b"more information.\r\n>>> "


def fences(page):
    """The fenced blocks of a page: (line number, language, shapes, text)."""
    text = page.read_text()
    for found in re.finditer(r"^```(\S+)(.*)\n((?s:.*?))^```$", text, re.MULTILINE):
        shapes = [each for word in found[2].split() for each in (STOCK if word == "stock" else (word,))]
        yield text.count("\n", 0, found.start()) + 1, found[1], shapes, found[3]


def examples(page):
    """Yields (line number, shapes, program, [(shapes, output)])."""
    example = None
    for number, language, shapes, text in fences(page):
        unknown = set(shapes) - set(SHAPES)
        if unknown:
            raise ValueError(f"{page.name}:{number}: no such shape: {unknown}")
        if language == "text" and example:
            example[3].append((shapes, text))
            continue
        if example:
            yield example
        example = (number, shapes, text, []) if language == "python" else None
    if example:
        yield example


def output_in(shape, outputs):
    """What is to be printed in a shape."""
    return next((text for shapes, text in outputs if not shapes or shape in shapes), "")


def board_of(shape, *options):
    return Board() if shape == "mprom" else StockBoard(shape, *options, heap="256K")


def store(console, name, contents):
    """Writes a file to the disk of a board."""
    console.exec(f"f = open({name!r}, 'wb')")
    for at in range(0, len(contents), 1000):
        console.exec(f"f.write({contents[at : at + 1000]!r})")
    console.exec("f.close()")


class Examples(unittest.TestCase):
    def run_program(self, console, program):
        """What the board prints for a program or, if it is a start script, at a soft reset with it."""
        name = re.match(r"# (/\w+\.py)\n", program)
        if not name:
            printed, error = console.exec_raw(program)
            return printed + error
        store(console, name[1], program.encode())
        if name[1] not in ("/boot.py", "/main.py"):
            return ""
        console.soft_reset_friendly()
        printed = console.read_until(PROMPT).decode().rsplit("MicroPython ", 1)[0]
        console.enter_raw()
        return printed

    def check(self, page, shape):
        count = 0
        with board_of(shape) as board, board.raw() as console:
            app = sealed_image(file("app.mpy", compiled(APP)), file("notes.txt", b"notes " * 1000))
            store(console, "/app.romfs", app)
            for number, shapes, program, outputs in examples(page):
                if shape not in shapes:
                    continue
                count += 1
                printed = self.run_program(console, program).replace("\r\n", "\n")
                expected = output_in(shape, outputs)
                if not re.fullmatch(pattern(expected.splitlines()), printed):
                    self.fail(f"{page.name}:{number} on {shape}\n--- expected\n{expected}--- got\n{printed}")
        return count

    def test_pages(self):
        for name in PAGES:
            page = pathlib.Path(SOURCE) / "docs" / name
            for shape in SHAPES:
                with self.subTest(name, shape=shape):
                    self.assertGreater(self.check(page, shape), 0)

    def test_every_program_names_its_shapes(self):
        """One without would be run nowhere."""
        for name in PAGES:
            for number, shapes, _, _ in examples(pathlib.Path(SOURCE) / "docs" / name):
                self.assertTrue(shapes, f"{name}:{number}")


class Romwrite(unittest.TestCase):
    """The module /romwrite.py of docs/stock-boards.md."""

    def start(self, shape, *options):
        """Returns the console of such a board that has the module."""
        if self.board:
            self.board.__exit__()
        self.board = board_of(shape, *options)
        self.board.start()
        console = self.board.raw()
        self.addCleanup(console.close)
        pages = examples(pathlib.Path(SOURCE) / "docs" / "stock-boards.md")
        program = next(program for _, _, program, _ in pages if program.startswith("# /romwrite.py"))
        store(console, "/romwrite.py", program.encode())
        console.exec("import romwrite")
        return console

    def setUp(self):
        self.board = None
        self.addCleanup(lambda: self.board and self.board.__exit__())

    def test_sizes(self):
        for shape in STOCK:
            console = self.start(shape)
            for size in (4, 256, 258, 1024, 1282, 5000, stock_board.SIZE):
                with self.subTest(shape, size=size):
                    contents = image() if size == 4 else filled_image(size, seed=size)
                    store(console, "/image", contents)
                    self.assertEqual(console.eval("romwrite.write('/image')"), size)
                    self.assertEqual(self.board.flash()[:size], contents)
                    console.exec("romwrite.verify('/image')")
                    console.exec("romwrite.erase()")
                    self.assertNotEqual(self.board.flash()[:3], MAGIC)

    def test_refused(self):
        """Nothing is touched, and the old image stays."""
        for shape in STOCK:
            if shape in stock_board.SECTORS:
                continue  # with segments too large for an image on the disk
            with self.subTest(shape):
                console = self.start(shape)
                old = filled_image(3000)
                for name, contents in ("/old", old), ("/large", filled_image(stock_board.SIZE + 2)), ("/none", b"no image"):
                    store(console, name, contents)
                console.exec("romwrite.write('/old')")
                for call in ("'/large'", "'/none'", "'/old', 1", "'/old', 7"):
                    self.assertIn("ValueError", console.exec_error(f"romwrite.write({call})"))
                self.assertEqual(self.board.flash()[:3000], old)

    def test_flash_that_fails(self):
        """An error, and no image, whether the driver admits it or not; unless nothing of it can be seen."""
        contents = filled_image(20000)
        for shape in STOCK:
            for fault in ("fails:0", "fails:2", "lies:10"):
                with self.subTest(shape, fault=fault):
                    console = self.start(shape, "--fault", fault)
                    store(console, "/image", contents)
                    error = console.exec_raw("romwrite.write('/image')")[1]
                    if not error and shape in SILENT:
                        self.assertEqual(self.board.flash()[: len(contents)], contents)
                    else:
                        self.assertIn("OSError", error)
                        self.assertNotEqual(self.board.flash()[:3], MAGIC)


if __name__ == "__main__":
    unittest.main(verbosity=2)
