"""What the PC asks of the module romfs: describe(), digests(), digest(), crc(), as docs/transfer.md has them."""

import ctypes
import os
import re
import struct
import time
import unittest
import zlib

from board_test import BoardTest
from romfs_writer import file, image, sealed_image

MIB = 1024 * 1024


def xxh32(data):
    """By the library that defines it."""
    return ctypes.CDLL("libxxhash.so.0").XXH32(data, ctypes.c_size_t(len(data)), 0) & 0xFFFFFFFF


class LinkTest(BoardTest):
    prelude = "import binascii, gc, romfs, sys, vfs"

    def lines(self, call, number):
        """The words of what a call answers, by line; each line names the number."""
        lines = [line for line in self.console.exec(call).splitlines() if line]
        for line in lines:
            self.assertTrue(line.startswith(f"mprom:{number} "), line)
        return [line.split(" ")[1:] for line in lines]

    def board_id(self):
        """R5: as the link line has it."""
        board_id = self.console.eval("__import__('machine').unique_id()")
        self.assertEqual(len(board_id), 8)
        return board_id.hex()

    def segment(self, id):
        """The lines about a segment without their first words."""
        segment, *others = self.lines(f"romfs.describe(5, {id})", 5)
        self.assertEqual([line[0] for line in [segment, *others]], ["segment", "head", "seal", "slot"])
        self.assertEqual({line[1] for line in [segment, *others]}, {str(id)})
        return [segment[2:], *(line[2:] for line in others)]

    def assert_os_error(self, code, number, part):
        args = self.console.os_error(code)
        self.assertIsNotNone(args, code)
        self.assertEqual(args[0], number, (code, args))
        self.assertIn(part, args[1], code)


class Describing(LinkTest):
    def test_the_board(self):
        link, python, able, segments, *others = self.lines("romfs.describe(4294967295)", 4294967295)
        board_id = self.board_id()
        self.assertEqual(link, ["link", "2", "4095", "0", "32", "255", board_id])
        version, mpy, maxsize, platform, machine = self.console.eval(
            "(list(sys.implementation[1][:3]), sys.implementation._mpy, sys.maxsize, sys.platform, sys.implementation._machine)")
        free = int(python.pop(4))
        self.assertEqual(python, ["python", ".".join(map(str, version)), str(mpy), str(maxsize.bit_length()), platform,
                                  *machine.split(" ")])
        self.assertEqual(able, ["able", "1", "1", "1", "1", "1", "1"])
        self.assertEqual(segments, ["segments", "3"])
        self.assertEqual([line[:2] for line in others],
                         [[word, str(id)] for id in range(3) for word in ("segment", "head", "seal", "slot")])
        self.console.exec("gc.collect(); before = gc.mem_free(); wasted = bytearray(100_000)")
        less = int(self.lines("del wasted; romfs.describe(1)", 1)[1][4])
        self.assertGreater(less, free - 20_000, "what is not used any more counts as free")

    def test_empty(self):
        self.assertEqual(self.segment(2), [["view", str(MIB), "4096"], ["-"], ["-"], ["0", "0", "rom2", ""]])
        self.assertEqual(self.segment(0), [["view", str(MIB - 4096), "4096"], ["-"], ["-"], ["1", "0", "rom0", ""]])

    def test_images(self):
        plain = image(file("a", "plain"))
        sealed = sealed_image(file("data", bytes(5000)))
        self.console.rom_write(1, plain)
        self.console.rom_write(2, sealed)
        self.assertEqual(self.segment(1)[1:], [[plain.removesuffix(b"\1\1\0").hex()], ["-"], ["1", "0", "rom1", "not", "started", "yet"]])
        start = sealed[: sealed.index(b"\x83\xb5\xe0\x01") + 7]  # with the info record, of two bytes
        self.assertEqual(self.segment(2)[1:], [[start.hex()], [sealed[-10:].hex()], ["0", "0", "rom2", ""]])

    def test_a_file_like_a_seal(self):
        seal = sealed_image(file("a", "x"))[-10:]
        self.console.rom_write(2, image(file("a", seal)))
        self.assertEqual(self.segment(2)[2], ["-"])

    def test_a_long_first_record(self):
        made = image(file("data", bytes(5000)))
        self.console.rom_write(2, made)
        self.assertEqual(self.segment(2)[1], [made[:96].hex()])

    def test_damaged(self):
        made = sealed_image(file("data", "contents"))
        self.console.rom_write(1, made)
        with open(os.path.join(self.board.state, "flash"), "r+b") as flash:
            flash.seek(MIB + made.index(b"contents"))
            flash.write(b"C")
        self.console.close()
        self.board.stop()
        self.board.start()
        self.connect()
        self.console.exec("import romfs")
        head, seal, slot = self.segment(1)[1:]
        self.assertEqual(seal, [made[-10:].hex()], "what `mprom verify` compares with")
        self.assertEqual(slot[3], "damaged")

    def test_slots(self):
        self.console.rom_write(0, sealed_image(file("main.py", "pass")))
        self.console.exec("romfs.confirm(0)")
        self.assertEqual(self.segment(0)[3][3:], ["confirmed"])
        self.console.exec("import machine")
        self.console.write(b"machine.reset()\x04")
        time.sleep(0.1)
        self.console.enter_raw()
        self.console.exec("import romfs")
        self.assertEqual(self.segment(0)[3], ["1", "1", "rom0", "started", "from,", "confirmed"])

    def test_to_a_stream(self):
        """R4: what is printed, and as much as that, goes to a stream instead."""
        def without_free(text):  # differs from call to call
            return re.sub(r"( python \S+ \S+ \S+) \S+", r"\1 FREE", text).split()

        self.console.exec("import io")
        for id, args in (("None", "1"), ("2", "1, 2")):
            printed = self.console.exec(f"romfs.describe({args})")
            self.assertEqual(self.console.exec(f"s = io.StringIO()\nromfs.describe(1, {id}, s)"), "")
            self.assertEqual(without_free(self.console.eval("s.getvalue()")), without_free(printed))

    def test_refused(self):
        self.assert_os_error("romfs.describe(1, 3)", 2, "no such segment")
        for call in ("describe()", "describe(1, 2, 3, 4)", "describe('1')"):
            self.assertIn("TypeError", self.console.exec_error(f"romfs.{call}"), call)
        self.assertIn("OSError", self.console.exec_error("romfs.describe(1, 2, 3)"))


class Room(LinkTest):
    options = ("--receive-buffer", "256")

    def test_room(self):
        self.assertEqual(self.lines("romfs.describe(1)", 1)[0], ["link", "2", "256", "0", "32", "255", self.board_id()])


class Checksums(LinkTest):
    def setUp(self):
        super().setUp()
        self.made = sealed_image(file("data", bytes(range(256)) * 50))
        self.console.rom_write(2, self.made)
        self.flash = self.made + b"\xff" * (MIB - len(self.made))

    def test_a_range(self):
        for off, size in ((0, 0), (0, 1), (1, 511), (3, 513), (0, len(self.made)), (4096, 4096), (0, MIB), (MIB, 0)):
            there = self.flash[off : off + size]
            self.assertEqual(self.console.eval(f"romfs.crc(2, {off}, {size})"), zlib.crc32(there))
            self.assertEqual(self.console.eval(f"romfs.digest(2, {off}, {size})"), xxh32(there))

    def test_digests(self):
        for off, end, block in ((0, len(self.made), 4096), (4096, 4097, 4096), (0, 3000, 1), (0, MIB, 65536), (5, 5, 1)):
            ((word, digits),) = self.lines(f"romfs.digests(3, 2, {off}, {end}, {block})", 3)
            blocks = [self.flash[at : min(at + block, end)] for at in range(off, end, block)]
            self.assertEqual(word, "blocks")
            self.assertEqual(bytes.fromhex(digits), b"".join(struct.pack(">I", xxh32(block)) for block in blocks))

    def test_ranges(self):
        for off, size in ((0, MIB + 1), (1, MIB), (MIB + 1, 0), (0, 1 << 32), (-1, 1), (1 << 31, 1 << 31), (5, -1)):
            self.assert_os_error(f"romfs.crc(2, {off}, {size})", 22, "not inside of the segment")
            self.assert_os_error(f"romfs.digest(2, {off}, {size})", 22, "not inside of the segment")
        self.assert_os_error(f"romfs.crc(0, 0, {MIB - 4095})", 22, "not inside of the segment")
        for off, end, block in ((0, MIB + 1, 4096), (MIB + 1, MIB + 2, 1)):
            self.assert_os_error(f"romfs.digests(1, 2, {off}, {end}, {block})", 22, "not inside of the segment")
        for off, end, block in ((5, 4, 1), (0, 4096, 0)):
            self.assert_os_error(f"romfs.digests(1, 2, {off}, {end}, {block})", 22, "no range of blocks")
        for call in ("crc(3, 0, 1)", "digest(3, 0, 1)", "digests(1, 3, 0, 1, 1)"):
            self.assert_os_error(f"romfs.{call}", 2, "no such segment")

    def test_interrupt(self):
        """In the middle of what would take minutes."""
        self.console.write(b"romfs.digests(1, 2, 0, 1 << 20, 1)\x04")
        self.console.read_until(b"blocks ")
        self.console.write(b"\x03")
        self.assertIn(b"KeyboardInterrupt", self.console.read_until(b"\x04>"))
        self.assertEqual(self.console.eval("romfs.crc(2, 0, 1)"), zlib.crc32(self.flash[:1]))


class Unreadable(LinkTest):
    """A word that error correction gives up is an error, and the board lives."""

    options = ("--fault", f"unreadable:{2 * MIB + 5000}")

    def test_unreadable(self):
        self.assert_os_error("romfs.crc(2, 4096, 4096)", 74, "segment 2, offset")
        self.assert_os_error("romfs.digest(2, 4096, 4096)", 74, "segment 2, offset")
        self.assertEqual(self.console.eval("romfs.crc(2, 0, 4096)"), zlib.crc32(b"\xff" * 4096))
        self.assert_os_error("romfs.digests(1, 2, 0, 16384, 4096)", 5, "segment 2, offset 4096: a part of this block cannot be read, and an erase did not help")
        self.assertEqual(self.segment(2)[1:3], [["-"], ["-"]])


class UnreadableStart(LinkTest):
    options = ("--fault", f"unreadable:{2 * MIB}")

    def test_the_others_are_described(self):
        lines = self.lines("romfs.describe(1)", 1)
        self.assertEqual([line[:3] for line in lines[-3:-1]], [["head", "2", "-"], ["seal", "2", "-"]])


if __name__ == "__main__":
    unittest.main()
