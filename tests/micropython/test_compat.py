"""SIM as a board with stock MicroPython (--compat): what its ports do, and what they do not."""

import contextlib
import os
import pathlib
import random
import tempfile
import unittest

from board import Board, BoardError
from programs import compiled, mpremote
from romfs_writer import file, image

VIEWS = ("view", "blocks", "mram", "mram-blocks")
SHAPES = VIEWS + ("device",)
SIZE = 64 * 1024
BLOCK = 4096
UNITS = {"view": 4, "blocks": 4, "mram": 16, "mram-blocks": 16}
EINVAL = -22


class Compat(unittest.TestCase):
    @contextlib.contextmanager
    def board(self, shape, *options):
        with Board("--compat", shape, "--segment-size", "64K", *options) as board:
            yield board

    @contextlib.contextmanager
    def console(self, shape):
        with self.board(shape) as board, board.raw() as console:
            console.exec("import vfs\nq = vfs.rom_ioctl\nd = q(2, 0)")
            yield console

    def flash(self, board):
        return pathlib.Path(board.state, "flash").read_bytes()[:SIZE]

    def test_nothing_of_mprom(self):
        for shape in SHAPES:
            with self.subTest(shape), self.console(shape) as console:
                self.assertIn("no module named 'romfs'", console.exec_error("import romfs"))
                self.assertEqual(console.eval("q(0x6d70)"), EINVAL)
                self.assertEqual(console.eval("q(5, 0)"), EINVAL)
                self.assertEqual(console.eval("q(1)"), 1)

    def test_mprom_without_it(self):
        with Board() as board, board.raw() as console:
            console.exec("import romfs")
            self.assertEqual(console.eval("__import__('vfs').rom_ioctl(0x6d70)"), 1)

    def after_reset(self, console):
        """What the board prints between a soft reset and its prompt."""
        console.soft_reset_friendly()
        output = console.read_until(b"more information.\r\n>>> ").decode()
        console.enter_raw()
        return output

    def test_scripts(self):
        """R9: stock firmware runs source only, and __file__ depends on its version."""
        code = "print('ran', globals().get('__file__'))"
        with self.board("view") as board, board.raw() as console:
            has_file = console.eval("__import__('sys').implementation[1][:2]") >= (1, 27)
            console.exec(f"for n in 'boot', 'main':\n with open(n + '.mpy', 'wb') as f: f.write({compiled(code)!r})")
            self.assertNotIn("ran", self.after_reset(console))
            console.exec(f"for n in 'boot', 'main':\n with open(n + '.py', 'w') as f: f.write({code!r})")
            names = ("boot.py", "main.py") if has_file else (None, None)
            self.assertIn("ran {}\r\nran {}\r\n".format(*names), self.after_reset(console))

    def test_scripts_run_where_boot_has_gone_to(self):
        """R9: main is looked for in the current directory."""
        with self.board("view") as board, board.raw() as console:
            console.exec("import os\nos.mkdir('sub')\n"
                         "with open('boot.py', 'w') as f: f.write('import os; os.chdir(\\'/sub\\')')\n"
                         "for n in 'main.py', 'sub/main.py':\n with open(n, 'w') as f: f.write('print(%r)' % ('ran ' + n))")
            self.assertIn("ran sub/main.py\r\n", self.after_reset(console))

    def test_what_views_answer(self):
        for shape in VIEWS:
            with self.subTest(shape), self.console(shape) as console:
                self.assertEqual(console.eval("(type(d).__name__, len(d))"), ("memoryview", SIZE))
                self.assertIn("TypeError", console.exec_error("d[0] = 1"))
                self.assertEqual(console.eval("(q(2), q(2, 1), q(3, 0), q(4, 0, 0), q(7, 0))"), (EINVAL,) * 5)
                self.assertEqual(console.eval(f"(q(3, 0, 1), q(3, 0, {SIZE}))"), (UNITS[shape],) * 2)
                self.assertEqual(console.eval(f"(q(3, 0, {SIZE + 1}), q(4, 0, {SIZE - 16}, bytes(32)))"), (EINVAL,) * 2)
                self.assertEqual(console.eval("q(6, 0)"), {"blocks": BLOCK, "mram-blocks": 16}.get(shape, EINVAL))

    def test_erase_of_views(self):
        """From the start, whole blocks; the rest stays."""
        for shape in ("view", "blocks"):
            with self.subTest(shape), self.console(shape) as console:
                console.exec(f"for o in range(0, {SIZE}, {BLOCK}): q(4, 0, o, b'\\0' * 4)")
                blank = f"[i for i in range(16) if d[i * {BLOCK}] == 255]"
                console.exec(f"q(3, 0, {BLOCK + 1})")
                self.assertEqual(console.eval(blank), [0, 1])
                # The third is an offset for 1.29, for 1.25 the length.
                console.exec(f"q(3, 0, {3 * BLOCK}, {BLOCK})")
                self.assertEqual(console.eval(blank), [0, 1, 3] if shape == "blocks" else [0, 1, 2])

    def test_mram_replaces(self):
        for shape in ("mram", "mram-blocks"):
            with self.subTest(shape), self.console(shape) as console:
                for byte in (0, 0x55, 0xAA):
                    self.assertEqual(console.eval(f"q(4, 0, 32, b'\\x{byte:02x}' * 32)"), 0)
                    self.assertEqual(console.eval("q(3, 0, 4096)"), 16)
                    self.assertEqual(console.eval("bytes(d[32:64])"), bytes([byte]) * 32)

    def test_device(self):
        with self.console("device") as console:
            self.assertEqual(console.eval("(q(2), q(2, 9)) == (d, d)"), True)
            self.assertEqual(console.eval("(q(3, 0, 4096), q(4, 0, 0, bytes(256)), q(6, 0))"), (EINVAL,) * 3)
            self.assertEqual(console.eval("(d.ioctl(4, 0), d.ioctl(5, 0), d.ioctl(99, 0))"), (SIZE // BLOCK, BLOCK, None))
            self.assertEqual(console.eval("len(memoryview(d))"), SIZE)
            console.exec("b = bytearray(range(256))\nd.writeblocks(2, b, 512)\nr = bytearray(256)\nd.readblocks(2, r, 512)")
            self.assertTrue(console.eval("r == b and bytes(memoryview(d)[8704:8960]) == r"))
            console.exec("d.writeblocks(2, bytes(4096))\nd.readblocks(2, r)")  # erases before
            self.assertEqual(console.eval("bytes(r)"), bytes(256))
            self.assertEqual(console.eval("d.ioctl(6, 2)"), 0)
            self.assertEqual(console.eval("bytes(memoryview(d)[8192:8200])"), b"\xff" * 8)

    def test_sectors(self):
        """L0: each sector that a range touches is erased; op 6 answers the largest of the chip."""
        for shape, size, starts in (("sectors", 256, (0, 16, 32, 48, 64, 128)), ("sectors-inside", 192, (0, 64))):
            with self.subTest(shape), Board("--compat", shape, "--segment-size", "256K") as board, board.raw() as console:
                console.exec("import vfs, uctypes\nq = vfs.rom_ioctl\nd = q(2, 0)")
                self.assertEqual(console.eval("(len(d), q(6, 0), q(3, 0, 1))"), (size * 1024, 131072, 16))
                self.assertEqual(console.eval("uctypes.addressof(d) % 131072"), 0 if shape == "sectors" else 65536)
                for off, length, lost in ((20, 1, [16]), (0, 64, [0, 16, 32, 48]), (128, 1, [128])):
                    console.exec(f"for o in {starts}: q(4, 0, o * 1024, bytes(16))")
                    console.exec(f"q(3, 0, {off * 1024}, {length * 1024})")
                    blank = console.eval(f"[o for o in {starts} if d[o * 1024] == 255]")
                    inside = [max(start for start in starts if start <= lost_at) for lost_at in lost]
                    self.assertEqual(blank, sorted(set(inside)))
                    console.exec(f"q(3, 0, {size * 1024})")

    def test_ports_that_look_at_nothing(self):
        """L7"""
        for shape in ("esp8266", "renesas-ra"):
            with self.subTest(shape), self.console(shape) as console:
                console.exec(f"for o in range(0, {SIZE}, {BLOCK}): q(4, 7, o, b'\0' * 4)")
                self.assertEqual(console.eval(f"(q(3, 5, {2 * BLOCK}, {BLOCK}), q(6, 0))"), (4, EINVAL))
                self.assertEqual(console.eval(f"[i for i in range(16) if d[i * {BLOCK}] == 255]"), [0, 1])

    def test_samd(self):
        """L7: ioctl(6) erases the filesystem's block, writeblocks() of a whole one its own."""
        with self.board("samd") as board, board.raw() as console:
            console.exec("import vfs\nd = vfs.rom_ioctl(2, 3)\nd.writeblocks(1, bytes(2048))\nf = open('/x', 'w')\nf.write('x' * 99)\nf.close()")
            disk = pathlib.Path(board.state, "disk").read_bytes()
            self.assertEqual(console.eval("(d.ioctl(5, 0), d.ioctl(4, 0), d.ioctl(6, 1), d.flash_version())"), (2048, 32, 0, 1))
            self.assertEqual(console.eval("bytes(memoryview(d)[2048:2056])"), bytes(8))
            self.assertNotEqual(pathlib.Path(board.state, "disk").read_bytes(), disk)
            console.exec("d.writeblocks(1, bytes([255] * 256))")
            self.assertEqual(console.eval("bytes(memoryview(d)[2048:2056])"), b"\xff" * 8)

    def test_violations(self):
        for shape, code, expected in (
            ("view", "q(4, 0, 2, bytes(4))", "units of 4"),
            ("view", "q(4, 0, 0, bytes(3))", "units of 4"),
            ("view", "q(4, 0, -4, bytes(4))", "leaves the segment"),
            ("view", "q(4, 0, 0, bytes(4))\nq(4, 0, 0, b'\\1' * 4)", "would need an erase"),
            ("blocks", "q(3, 0, 100, 4096)", "units of 4096"),
            ("mram", "q(4, 0, 8, bytes(16))", "units of 16"),
            ("device", "d.writeblocks(0, bytes(128), 0)", "units of 256"),
            ("esp8266", "q(4, 0, 0, bytes(3))", "units of 4"),
            ("esp8266", f"q(3, 0, {SIZE + 1})", "leaves the segment"),
            ("samd-view", f"q(4, 0, {SIZE - 4}, bytes(8))", "leaves the segment"),
            ("samd-view", "q(3, 0, 100, 512)", "units of 512"),
            ("device", "d.writeblocks(0, bytes(256))", "units of 4096"),
            ("device", "d.ioctl(6, 16)", "leaves the segment"),
            ("device", "d.readblocks(15, bytearray(256), 4000)", "leaves the segment"),
        ):
            with self.subTest(code), self.board(shape) as board:
                with board.raw() as console:
                    console.exec("import vfs\nq = vfs.rom_ioctl\nd = q(2, 0)")
                    console.write(code.encode() + b"\x04")
                    self.assertEqual(board.process.wait(timeout=60), 1)
                with self.assertRaisesRegex(BoardError, f"violation: flash: .*{expected}"):
                    board.wait()

    def test_errors_of_the_flash(self):
        for shape in SHAPES:
            with self.subTest(shape), self.board(shape, "--fault", "fails:0") as board, board.raw() as console:
                console.exec("import vfs\nq = vfs.rom_ioctl\nd = q(2, 0)")
                if shape == "device":
                    self.assertIn("EIO", console.exec_error("d.writeblocks(0, bytes(256), 0)"))
                else:
                    self.assertEqual(console.eval("q(4, 0, 0, bytes(256))"), -5)

    def test_stock_mpremote_deploys(self):
        contents = image(file("lib.py", b"x = 42\n"), file("main.py", b"print('started')\n"),
                         file("data.bin", random.Random(1).randbytes(20_000)))
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
            path = os.path.join(folder, "app.romfs")
            pathlib.Path(path).write_bytes(contents)
            for shape in SHAPES:
                with self.subTest(shape), self.board(shape, "--heap", "1M") as board:
                    said = mpremote("connect", board.port, "romfs", "deploy", path).stdout
                    self.assertIn("ROMFS image deployed", said)
                    self.assertEqual(self.flash(board)[: len(contents)], contents)
                    said = mpremote("connect", board.port, "romfs", "query").stdout
                    self.assertIn(f"ROMFS0 partition has size {SIZE} bytes", said)
                    self.assertIn("Raw contents: d2:cd:31", said)
                    with board.raw() as console:
                        self.assertEqual(console.soft_reset(), b"")
                        self.assertEqual(console.eval("__import__('sys').path"), ["", "/rom", "/rom/lib", "/lib"])
                        self.assertEqual(console.eval("__import__('lib').x"), 42)
                        # Stock firmware runs nothing that lies in ROMFS.
                        console.soft_reset_friendly()
                        self.assertNotIn(b"started", console.read_until(b">>> "))

    def test_nothing_is_held_back(self):
        """The first bytes make an image of what is not there yet, and what is mounted stays mounted."""
        contents = image(file("a.txt", b"one"), file("b.bin", bytes(5000)))
        with self.board("view") as board, board.raw() as console:
            console.exec("import os, vfs\nq = vfs.rom_ioctl")
            self.assertNotIn("rom", console.eval("os.listdir('/')"))
            console.exec(f"q(4, 0, 0, {contents[:512]!r})")
            console.soft_reset()
            self.assertEqual(console.eval("__import__('os').listdir('/rom')"), ["a.txt", "b.bin"])
            console.exec("import os, vfs\nvfs.rom_ioctl(3, 0, 4096)")
            self.assertIn("rom", console.eval("os.listdir('/')"))
            console.soft_reset()
            self.assertNotIn("rom", console.eval("__import__('os').listdir('/')"))


class Options(unittest.TestCase):
    def test_a_shape_that_is_none(self):
        for name in ("", "rp2", "View", "views"):
            with self.subTest(name), self.assertRaisesRegex(BoardError, "status 2: mprom-sim: .*view, blocks, device"):
                Board("--compat", name).start()

    def test_files_of_another_memory(self):
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as state:
            with Board("--compat", "mram", state=state):
                pass
            with self.assertRaisesRegex(BoardError, "status 1: mprom-sim: .*flash"):
                Board("--compat", "view", state=state).start()
            # mprom's firmware and the others share one kind of flash.
            with Board("--reset", state=state):
                pass
            with Board("--compat", "device", state=state):
                pass


if __name__ == "__main__":
    unittest.main()
