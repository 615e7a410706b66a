"""vfs.rom_ioctl() on SIM: results, errors, arguments of every kind, and what happens to what is mounted."""

import hashlib
import unittest

from board_test import BoardTest
from programs import compiled
from romfs_writer import directory, file, image

SIZES = {0: 1024 * 1024 - 4096, 1: 1024 * 1024 - 4096, 2: 1024 * 1024}
BLOCK = 4096

MODULE = """
text = "a text that is long enough to be a constant of its own, and not a name"
data = b"bytes that are long enough to be a constant of their own, and no name"
def function(x):
    return x + 1
"""


def filled(size):
    """An image of exactly this size, with one file."""
    for contents in range(size - 32, size):
        made = image(file("f", bytes(range(256)) * (contents // 256) + b"x" * (contents % 256)))
        if len(made) == size:
            return made
    raise ValueError(size)


class Ioctl(BoardTest):
    prelude = "import errno, os, uctypes, vfs\nioctl = vfs.rom_ioctl"

    def ioctl(self, arguments):
        return self.console.eval(f"ioctl({arguments})")

    def assert_raises(self, code, *parts):
        error = self.console.exec_error(code)
        for part in parts:
            self.assertIn(part, error, code)

    def assert_os_error(self, code, number, *parts):
        args = self.console.os_error(code)
        self.assertEqual(args[0], number, (code, args))
        for part in parts:
            self.assertIn(part, args[1], code)

    def reset(self):
        self.console.soft_reset()
        self.console.exec("import errno, os, uctypes, vfs\nioctl = vfs.rom_ioctl")


class Calls(Ioctl):
    def test_segments(self):
        self.assertEqual(self.ioctl("1"), 3)
        for segment, size in SIZES.items():
            self.assertEqual(self.console.eval(f"len(ioctl(2, {segment}))"), size)
            self.assertEqual(self.ioctl(f"6, {segment}"), BLOCK)

        self.assertEqual(self.ioctl("0x6d70"), 1)

    def test_view_is_the_flash(self):
        self.console.exec("view = ioctl(2, 2)")
        self.assertEqual(self.console.eval("bytes(view[:4])"), b"\xff\xff\xff\xff")
        self.assertEqual(self.console.eval("uctypes.addressof(view) == uctypes.addressof(ioctl(2, 2))"), True)
        self.console.rom_write(2, filled(300))
        self.assertEqual(self.console.eval("bytes(view[:3])"), b"\xd2\xcd\x31")
        self.assert_raises("view[0] = 0", "TypeError")

    def test_ids_that_are_none(self):
        for segment in ("3", "-1", "255", "1 << 31", "1 << 32", "1 << 64", "-(1 << 64)", "(1 << 32) + 2"):
            self.assertEqual(self.ioctl(f"2, {segment}"), -2, segment)
            self.assertEqual(self.ioctl(f"6, {segment}"), -2, segment)
            for call in (f"3, {segment}, 4", f"3, {segment}, 0, 4096", f"4, {segment}, 0, b'x'", f"5, {segment}"):
                self.assert_os_error(f"ioctl({call})", 2, "segment", "there is no such segment")

    def test_operations_that_are_none(self):
        for op in ("0", "7", "-1", "1 << 32", "(1 << 32) + 1", "1 << 70"):
            self.assertEqual(self.ioctl(op), -22, op)

    def test_counts_of_arguments(self):
        for call in ("", "1, 0", "2", "2, 0, 0", "3", "3, 2", "3, 2, 0, 4096, 0", "4, 2", "4, 2, 0", "4, 2, 0, b'', 0",
                     "5", "5, 2, 0", "6", "6, 2, 0", "0x6d70, 0"):
            self.assert_raises(f"ioctl({call})", "TypeError")

    def test_types_of_arguments(self):
        for call in ("'1'", "None", "1.0", "2, '0'", "2, None", "2, 0.0", "3, 2, '4'", "3, 2, 4.0", "3, None, 4",
                     "3, 2, None, 4096", "3, 2, 0, b'x'", "4, 2, '0', b'x'", "4, 2, 0, 1", "4, 2, 0, None", "4, 2, 0, [1]",
                     "5, '2'", "5, (2,)", "6, b'2'"):
            self.assert_raises(f"ioctl({call})", "TypeError")

    def test_ranges_of_arguments(self):
        size = SIZES[2]
        for call, code in [
            ("3, 2, 0", 22), ("3, 2, -1", 28), (f"3, 2, {size + 1}", 28), ("3, 2, 1 << 32", 28), ("3, 2, (1 << 32) + 4", 28),
            ("3, 2, 1 << 70", 28), ("3, 2, 0, 0", 22), ("3, 2, 4096, 4096", 22), ("3, 2, -4096, 4096", 22),
            ("3, 2, 1 << 32, 4096", 22), ("4, 2, 0, b'x'", 22), ("4, 2, -1, b'x'", 22), ("5, 2", 22),
        ]:
            self.assert_os_error(f"ioctl({call})", code, "segment 2, offset ")

    def test_wrong_arguments_touch_nothing(self):
        self.console.rom_write(2, filled(300))
        self.test_ranges_of_arguments()
        self.test_types_of_arguments()
        self.assertEqual(self.console.eval("bytes(ioctl(2, 2)[:300])"), filled(300))

    def test_errors_leave_a_session_usable(self):
        whole = filled(300)
        self.assertEqual(self.ioctl("3, 2, 300"), 4)
        self.assert_os_error("ioctl(4, 2, 8, b'x')", 22, "writes must follow")
        self.assert_os_error("ioctl(4, 1, 0, b'x')", 22, "segment 1", "nothing is prepared")
        self.assert_os_error("ioctl(5, 2)", 22)
        self.assertEqual(self.ioctl(f"4, 2, 0, {whole!r}"), 0)
        self.assertEqual(self.ioctl("5, 2"), 0)

    def test_writing_a_segment_from_itself(self):
        self.console.rom_write(1, filled(300))
        self.console.exec("ioctl(3, 2, 300)\nioctl(4, 2, 0, ioctl(2, 1)[:300])\nioctl(5, 2)")
        self.assertEqual(self.console.eval("bytes(ioctl(2, 2)[:300])"), filled(300))
        self.console.exec("ioctl(3, 1, 300)")
        self.assert_os_error("ioctl(4, 1, 0, ioctl(2, 1)[:300])", 22, "segment 1, offset 0", "lie in the segment")

    def test_writing_a_segment_from_a_range_that_reaches_into_it(self):
        """B6: SIM's segments are neighbours, so bytes can begin in front of one and end in it, or begin in its trailer."""
        self.console.exec("import uctypes\nat = uctypes.addressof(ioctl(2, 1))\nend = at + len(ioctl(2, 1))\nioctl(3, 1, 300)")
        for start, size in (("at - 1", 2), ("at - 299", 300), ("at", 1), ("end", 1), ("end + 4095", 2)):
            self.assert_os_error(f"ioctl(4, 1, 0, uctypes.bytearray_at({start}, {size}))", 22, "lie in the segment")
            self.console.exec("u = __import__('romfs').Update(1, 300)")
            self.assert_os_error(f"u.write(uctypes.bytearray_at({start}, {size}))", 22, "lie in the segment")
            self.console.exec("u.abort()\nioctl(3, 1, 300)")
        for start, size in (("at - 300", 300), ("end + 4096", 10), ("at", 0)):
            self.assertEqual(self.console.eval(f"ioctl(4, 1, 0, uctypes.bytearray_at({start}, {size}))"), 0)
            self.console.exec("ioctl(3, 1, 300)")


class Sizes(Ioctl):
    def test_sizes(self):
        """Empty, small, a block, a block and a bit, large, the whole segment."""
        for size in (4, 300, 4096, 4098, 200 * 1024, SIZES[2]):
            made = filled(size) if size > 4 else image()
            self.console.rom_write(2, made, 16 * 1024)
            self.reset()
            digest = self.console.eval(f"__import__('hashlib').sha256(ioctl(2, 2)[:{size}]).digest()")
            self.assertEqual(digest, hashlib.sha256(made).digest(), size)
            self.assertEqual(self.console.eval("'rom2' in os.listdir('/')"), True, size)

    def test_one_byte_too_large(self):
        self.console.rom_write(2, filled(300))
        self.assert_os_error(f"ioctl(3, 2, {SIZES[2] + 1})", 28, "larger than the segment")
        self.assert_os_error(f"ioctl(3, 0, {SIZES[0] + 1})", 28, "larger than the segment")
        self.assertEqual(self.console.eval("bytes(ioctl(2, 2)[:300])"), filled(300))

    def test_data_beyond_the_end(self):
        """A stock client's zeros are dropped, anything else is refused."""
        whole = filled(300)
        self.console.exec(f"ioctl(3, 2, 300)\nioctl(4, 2, 0, {whole!r} + bytes(4096 - 300))\nioctl(5, 2)")
        self.assertEqual(self.console.eval("bytes(ioctl(2, 2)[:302])"), whole + b"\xff\xff")
        self.console.exec("ioctl(3, 2, 300)")
        self.assert_os_error(f"ioctl(4, 2, 0, {whole!r} + b'\\0\\1')", 22, "offset 300", "beyond the end")

    def test_damaged_image_is_not_made_live(self):
        whole = bytearray(filled(300))
        whole[5] = 0
        self.console.exec(f"ioctl(3, 2, 300)\nioctl(4, 2, 0, {bytes(whole)!r})")
        self.assert_os_error("ioctl(5, 2)", 74, "segment 2, offset")
        self.reset()
        self.assertEqual(self.console.eval("'rom2' in os.listdir('/')"), False)


TREE = image(file("a.txt", b"contents"), directory("lib", file("m.mpy", compiled(MODULE)), file("b.txt", b"below")))


class Mounted(Ioctl):
    """A session on a segment takes away what is mounted from it, and only that."""

    def setUp(self):
        super().setUp()
        for segment in (0, 2):
            self.console.rom_write(segment, TREE)
        self.reset()
        self.console.exec("places = lambda: sorted(place for _, place in vfs.mount())")

    def test_mounted_at_start(self):
        self.assertEqual(self.console.eval("places()"), ["/", "/rom", "/rom2"])
        self.assertEqual(self.console.eval("__import__('sys').path"), ["", "/rom", "/rom/lib", "/lib"])

    def test_import_in_place(self):
        """Constants and bytecode are used where they lie in flash."""
        self.console.exec("import m\nstart = uctypes.addressof(ioctl(2, 0))\nend = start + len(ioctl(2, 0))")
        self.assertEqual(self.console.eval("m.__file__"), "/rom/lib/m.mpy")
        self.assertEqual(self.console.eval("start <= uctypes.addressof(m.text) < end"), True)
        self.assertEqual(self.console.eval("start <= uctypes.addressof(m.data) < end"), True)
        # A function object: type, context, children, bytecode; each a word.
        self.console.exec("import struct\nbytecode = struct.unpack('4P', uctypes.bytes_at(id(m.function), 32))[3]")
        self.assertEqual(self.console.eval("start <= bytecode < end"), True)
        self.assertEqual(self.console.eval("m.function(41)"), 42)

    def test_every_mount_goes(self):
        self.console.exec("fs = vfs.VfsRom(ioctl(2, 2))\nvfs.mount(fs, '/one')\nvfs.mount(fs, '/two')\n"
                          "vfs.mount(vfs.VfsRom(bytes(ioctl(2, 2)[:2000])), '/copy')")
        self.console.exec("ioctl(3, 2, 300)")
        self.assertEqual(self.console.eval("places()"), ["/", "/copy", "/rom"])
        self.assertEqual(self.console.eval("open('/copy/a.txt').read()"), "contents")
        self.assertEqual(self.console.eval("open('/rom/a.txt').read()"), "contents")

    def test_current_directory_falls_back(self):
        self.console.exec("os.chdir('/rom2/lib')\nioctl(3, 2, 300)")
        self.assertEqual(self.console.eval("os.getcwd()"), "/")

    def test_what_is_open_goes_stale(self):
        self.console.exec("fs = vfs.VfsRom(ioctl(2, 2))\nlisting = fs.ilistdir('/')\n"
                          "binary = open('/rom2/a.txt', 'rb')\ntext = open('/rom2/a.txt')\nother = open('/rom/a.txt')\n"
                          "inner = vfs.VfsRom(ioctl(2, 2)[:2000]).open('a.txt', 'r')")
        self.console.rom_write(2, TREE)
        for code in ("binary.read()", "text.read()", "text.readline()", "memoryview(binary)", "bytes(binary)",
                     "fs.open('a.txt', 'r')", "fs.stat('a.txt')", "fs.ilistdir('/')", "fs.chdir('/lib')", "next(listing)",
                     "vfs.mount(fs, '/again')", "inner.read()"):
            self.assert_raises(code, "EIO")
        self.console.exec("binary.close()\ntext.close()")
        self.assertEqual(self.console.eval("other.read()"), "contents")
        self.assertEqual(self.console.eval("vfs.VfsRom(ioctl(2, 2)).open('a.txt', 'r').read()"), "contents")

    def test_the_chosen_slot_is_not_written(self):
        self.assert_os_error("ioctl(3, 0, 300)", 16, "segment 0", "segment 1")
        self.assertEqual(self.console.eval("open('/rom/a.txt').read()"), "contents")
        self.console.rom_write(1, TREE)

    def test_refused_session_takes_nothing_away(self):
        self.assert_os_error(f"ioctl(3, 2, {SIZES[2] + 1})", 28)
        self.assertEqual(self.console.eval("open('/rom2/a.txt').read()"), "contents")

    def test_unfinished_session_ends_with_a_soft_reset(self):
        self.console.exec("ioctl(3, 2, 300)\nioctl(4, 2, 0, b'x' * 100)")
        self.reset()
        self.assert_os_error("ioctl(4, 2, 100, b'x')", 22, "nothing is prepared")
        self.assertEqual(self.console.eval("os.listdir('/')"), ["rom"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
