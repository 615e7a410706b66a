"""MicroPython's own test of VfsRom, unmodified, on SIM; and three faults planted in VfsRom, each of which it finds."""

import os
import pathlib
import tempfile
import unittest

import sim_variant
from board import Board
from programs import MICROPYTHON_DIR
from romfs_writer import data, directory, file, image, name, pointer, record, FILE

HERE = os.path.dirname(os.path.abspath(__file__))


def read(*path):
    with open(os.path.join(*path)) as file:
        return file.read()


def run_upstream(board):
    """Runs the test; returns what it printed."""
    with board.raw() as console:
        stand_in = read(HERE, "on_board", "unittest.py")
        console.exec(f"with open('/unittest.py', 'w') as f: print(f.write({stand_in!r}))")
        return console.exec(read(MICROPYTHON_DIR, "tests", "extmod", "vfs_rom.py"))


class Upstream(unittest.TestCase):
    def test_passes(self):
        with Board() as board:
            output = run_upstream(board)
        self.assertNotIn("FAIL", output)
        self.assertIn("SKIP TestMounted.test_chdir: expects", output)
        self.assertTrue(output.endswith("unittest: 20 passed, 1 skipped, 0 failed\r\n"), output)

    def test_finds_planted_faults(self):
        faults = {
            "a directory opens as a file": ("vfs_rom_file.c", "if (entry.is_dir) {", "if (false) {"),
            "a buffer is one byte short": ("vfs_rom_file.c", "info->len = self->size;", "info->len = self->size - 1;"),
            "imports take a directory for a file": ("vfs_rom.c", "return entry.is_dir ? MP_IMPORT_STAT_DIR",
                                                    "return !entry.is_dir ? MP_IMPORT_STAT_DIR"),
        }
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
            for name, (source, old, new) in faults.items():
                with self.subTest(name):
                    program = sim_variant.build(pathlib.Path(folder, name.replace(" ", "-")), source, old, new)
                    with Board(program=program) as board:
                        output = run_upstream(board)
                    self.assertIn("FAIL", output)


TREE = image(
    file("top.txt", b"top"),
    file("m.py", b"where = 'root'"),
    directory(
        "lib",
        file("m.py", b"where = 'lib'"),
        directory("net", file("deep.txt", b"deep"), file(".hidden", b"dot"), file("...", b"dots"), directory("empty")),
    ),
    directory("größe", file("日本.txt", b"utf-8")),
)


# How much heap some lookups use up when the garbage collector does not run.
LOOK = """
def look(path):
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    for _ in range(50):
        os.stat(path)
    used = gc.mem_alloc() - before
    gc.enable()
    return used
"""


class Tree(unittest.TestCase):
    """What MicroPython's VfsRom does not do, or its test does not look at."""

    @classmethod
    def setUpClass(cls):
        cls.board = Board()
        cls.board.start()
        cls.addClassCleanup(cls.board.__exit__)
        cls.console = cls.board.raw()
        cls.addClassCleanup(cls.console.close)

    def setUp(self):
        self.console.soft_reset()
        self.console.exec(f"import gc, os, sys, vfs\nimage = {TREE!r}\nfs = vfs.VfsRom(image)\nvfs.mount(fs, '/r')")

    def chdir(self, path):
        self.console.exec(f"os.chdir({path!r})")
        return self.console.eval("os.getcwd()")

    def test_chdir(self):
        for path, cwd in [
            ("/r", "/r"), ("lib", "/r/lib"), ("net", "/r/lib/net"), ("..", "/r/lib"), ("net/empty", "/r/lib/net/empty"),
            ("../..", "/r/lib"), ("../../..", "/r"), ("./lib/./net/", "/r/lib/net"), ("/r/lib", "/r/lib"), (".", "/r/lib"),
            ("net/../net/..", "/r/lib"), ("../größe", "/r/größe"), ("/r/lib/../lib/net", "/r/lib/net"), ("/r", "/r"),
            ("..", "/r"), ("/", "/"),
        ]:
            self.assertEqual(self.chdir(path), cwd, path)

    def test_chdir_fails(self):
        self.chdir("/r/lib")
        for path, error in [("nowhere", "ENOENT"), ("m.py", "OSError: 20"), ("/r/lib/net/deep.txt", "OSError: 20"),
                            ("../libx", "ENOENT"), ("net/deep.txt/x", "ENOENT")]:
            self.assertIn(error, self.console.exec_error(f"os.chdir({path!r})"), path)
            self.assertEqual(self.console.eval("os.getcwd()"), "/r/lib")

    def test_relative_paths(self):
        self.chdir("/r/lib")
        for expression, value in [
            ("open('net/deep.txt').read()", "deep"),
            ("open('../top.txt').read()", "top"),
            ("open('/r/top.txt').read()", "top"),
            ("open('net/.hidden').read()", "dot"),
            ("open('net/...').read()", "dots"),
            ("os.listdir()", ["m.py", "net"]),
            ("os.listdir('net')", ["deep.txt", ".hidden", "...", "empty"]),
            ("os.listdir('..')", ["top.txt", "m.py", "lib", "größe"]),
            ("os.listdir(b'..')[0]", b"top.txt"),
            ("os.stat('net')[0]", 0x4000),
            ("os.stat('net/deep.txt')[0]", 0x8000),
            ("os.stat('net/deep.txt')[6]", 4),
            ("fs.getcwd()", "/lib"),
        ]:
            self.assertEqual(self.console.eval(expression), value, expression)

    def test_import_follows_the_current_directory(self):
        self.chdir("/r/lib")
        self.assertEqual(self.console.eval("__import__('m').where"), "lib")
        self.console.exec("del sys.modules['m']")
        self.chdir("..")
        self.assertEqual(self.console.eval("__import__('m').where"), "root")

    def test_dots_leave_no_garbage(self):
        self.console.exec(LOOK)
        self.assertEqual(self.console.eval("look('/r/lib/./net') - look('/r/lib/net')"), 0)

    def test_errors(self):
        for code, error in [
            ("open('/r/lib')", "EISDIR"), ("open('/r/no')", "ENOENT"), ("open('/r/top.txt/x')", "ENOENT"),
            ("open('/r/top.txt', 'w')", "OSError: 30"), ("open('/r/new', 'a')", "OSError: 30"), ("open('/r/top.txt', 'r+')", "OSError: 30"),
            ("os.listdir('/r/top.txt')", "OSError: 20"), ("os.listdir('/r/no')", "ENOENT"), ("os.stat('/r/no')", "ENOENT"),
            ("os.remove('/r/top.txt')", "AttributeError"), ("vfs.VfsRom(b'\\xd2\\xcd\\x31')", "ENODEV"),
            ("vfs.VfsRom()", "TypeError"), ("vfs.VfsRom(1)", "TypeError"), ("os.stat(1)", "TypeError"),
            ("uctypes.bytearray_at", "NameError"), ("memoryview(open('/r/top.txt', 'rb'))[0] = 1", "TypeError"),
        ]:
            self.assertIn(error, self.console.exec_error(code), code)

    def test_text_file(self):
        self.assertEqual(self.console.eval("open('/r/größe/日本.txt').readline()"), "utf-8")
        self.assertEqual(self.console.eval("[f for f in open('/r/lib/net/deep.txt')]"), ["deep"])
        self.assertIn("TypeError", self.console.exec_error("memoryview(open('/r/top.txt'))"))

    def test_hostile_images(self):
        """Listing and opening end, with nothing read outside of the image."""
        far = image(record(FILE, name("far") + pointer(4, 1 << 30)), file("near", b"near"))
        long_name = image(record(FILE, b"\x7fshort"), file("near", b"near"))
        for bad in (far, long_name):
            self.console.exec(f"bad = vfs.VfsRom({bad!r})")
            self.assertIn("ENOENT", self.console.exec_error("bad.open('far', 'rb')"))
            self.assertEqual(self.console.eval("list(bad.ilistdir('/'))"), [])

    def test_first_data_counts(self):
        both = image(record(FILE, name("f") + data(b"one") + data(b"two")))
        self.assertEqual(self.console.eval(f"vfs.VfsRom({both!r}).open('f', 'rb').read()"), b"one")


if __name__ == "__main__":
    unittest.main(verbosity=2)
