"""Stock mpremote, from MicroPython's source tree and unmodified, talks to SIM."""

import hashlib
import os
import pathlib
import tempfile
import unittest

from board import Board
from programs import mpremote
from romfs_writer import file, image

ROM2_SIZE = 1024 * 1024


def padded(size, *records):
    """An image of exactly this size that ends in a file of random bytes."""
    for contents in range(max(size - 64, 0), size):
        made = image(*records, file("random", os.urandom(contents)))
        if len(made) == size:
            return made
    raise ValueError(size)


class Mpremote(unittest.TestCase):
    def setUp(self):
        self.board = Board()
        self.board.start()
        self.addCleanup(self.board.__exit__)
        folder = tempfile.TemporaryDirectory(prefix="mprom-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def mpremote(self, *args, **kwargs):
        return mpremote("connect", self.board.port, *args, **kwargs).stdout.replace("\r\n", "\n")

    def image_file(self, contents):
        path = self.folder / f"{len(contents)}.romfs"
        path.write_bytes(contents)
        return path

    def test_exec(self):
        self.assertEqual(self.mpremote("exec", "print(6 * 7)"), "42\n")

    def test_files(self):
        local = self.folder / "local.txt"
        local.write_bytes(os.urandom(5000))
        self.mpremote("fs", "cp", local, ":remote.txt")
        self.assertIn("5000 remote.txt", self.mpremote("fs", "ls"))
        back = self.folder / "back.txt"
        self.mpremote("fs", "cp", ":remote.txt", back)
        self.assertEqual(back.read_bytes(), local.read_bytes())

    def test_query(self):
        output = self.mpremote("romfs", "query")
        for segment, size in ((0, ROM2_SIZE - 4096), (1, ROM2_SIZE - 4096), (2, ROM2_SIZE)):
            self.assertIn(f"ROMFS{segment} partition has size {size} bytes", output)
        self.assertEqual(output.count("Not a valid ROMFS"), 3)

    def test_deploy(self):
        """Each size is written, read back byte for byte and imported from."""
        module = file("hello.py", b"text = 'imported'\n")
        for size in (300, 4096, 200 * 1024, ROM2_SIZE):
            with self.subTest(size=size):
                made = padded(size, module)
                output = self.mpremote("romfs", "-p", "2", "deploy", self.image_file(made))
                self.assertIn("ROMFS image deployed", output)
                digest = self.mpremote("soft-reset", "exec", "import hashlib, vfs\n"
                                       f"print(hashlib.sha256(vfs.rom_ioctl(2, 2)[:{size}]).digest().hex())").strip()
                self.assertEqual(digest, hashlib.sha256(made).hexdigest())
                self.assertEqual(self.mpremote("exec", "import sys; sys.path.append('/rom2'); import hello; "
                                               "print(hello.text, hello.__file__)"), "imported /rom2/hello.py\n")

    def test_too_large(self):
        """The client refuses it by itself; what the board says to it is in test_rom_ioctl.py."""
        made = padded(ROM2_SIZE, file("a", b"")) + b"\0"
        command = ("connect", self.board.port, "romfs", "-p", "2", "deploy", self.image_file(made))
        done = mpremote(*command, status=1)
        self.assertIn("too big", done.stdout + done.stderr)

    def test_deploy_directory_and_run(self):
        source = self.folder / "source"
        (source / "lib").mkdir(parents=True)
        (source / "main.py").write_text("import helper\nprint('main says', helper.TEXT)\n")
        (source / "lib" / "helper.py").write_text("TEXT = 'hello from the rom'\n")
        self.assertIn("helper.py -> .mpy", self.mpremote("romfs", "deploy", source))
        with self.board.raw() as console:
            console.soft_reset_friendly()
            console.read_until(b"main says hello from the rom\r\n")

    def test_failure_is_seen(self):
        """A damaged image ends the command with a traceback that says why, and is not made live."""
        made = bytearray(padded(300, file("a.py", b"x = 1")))
        made[5] = 0  # the kind of the first record
        path = self.image_file(bytes(made))
        done = mpremote("connect", self.board.port, "romfs", "-p", "2", "deploy", path, status=1)
        self.assertNotIn("ROMFS image deployed", done.stdout)
        self.assertIn("segment 2, offset", done.stderr)
        self.assertEqual(self.mpremote("soft-reset", "exec", "import os; print(os.listdir('/'))"), "[]\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
