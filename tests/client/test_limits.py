"""Before anything is sent (L1, W5, U3): what a board's firmware refuses, or cannot use, never costs the old image."""

import os
import re
import tempfile
import unittest

from romfs_writer import (FILE, IMAGE, INFO, UNUSED, directory, file, filled_image, image, info, name, pointer, record,
                          varuint, wrap)
from sim import SimTest

FIRMWARE_DEPTH = 32
HEADER = os.path.join(os.path.dirname(__file__), "../../include/mprom/romfs_check.h")


def nested(depth, inside=b""):
    for _ in range(depth):
        inside = directory("d", inside)
    return image(inside)


def sealed_and_bent():
    bent = bytearray(filled_image(3000))
    bent[1000] ^= 4
    return bytes(bent)


def with_padded_length(payload):
    return varuint(IMAGE) + varuint(len(payload), 1) + payload


# An image for each fault that the firmware's check looks for (enum romfs_fault).
FAULTS = {
    "HEADER": b"\xd2\xcd\x32\x00",
    "LENGTH": varuint(IMAGE) + varuint(1000) + bytes(20),
    "LENGTH_PADDED": with_padded_length(info(label="x") + record(1, b"")),
    "VARUINT": wrap(b"\xff" * 6 + b"\x00\x00"),
    "RECORD_BOUNDS": wrap(varuint(FILE) + varuint(50) + b"ab"),
    "UNUSED_KIND": wrap(record(UNUSED, b"ab")),
    "NAME_BOUNDS": wrap(record(FILE, varuint(90) + b"ab")),
    "NO_DATA": image(record(FILE, name("a.txt"))),
    "POINTER": image(record(FILE, name("a.txt") + pointer(10, 4000))),
    "MISPLACED": image(directory("d", info(label="x"))),
    "DEPTH": nested(FIRMWARE_DEPTH + 1),
    "INFO": image(record(INFO, b"\x02\x09x")),
    "SEAL_MISSING": image(info(sealed=True), file("a", b"x")),
    "SEAL": sealed_and_bent(),
}

# What the firmware leaves to those who build images.
NOT_LOOKED_FOR = {"NONE", "ODD_SIZE", "NAME", "NAME_UTF8", "NAME_TWICE", "SKIPPED", "INDEX", "TRAILING", "COUNT"}


def aligned(align):
    return image(info(align=align), file("a.bin", b"x"))


class LimitsTest(SimTest):
    def setUp(self):
        self.log = os.path.join(self.enterContext(tempfile.TemporaryDirectory()), "log")
        self.options = (*self.options, "--log", self.log)
        super().setUp()

    def operations(self):
        """How often flash was programmed or erased so far."""
        with open(self.log) as log:
            return sum(1 for line in log if re.search(r"\b(program|erase)\b", line))

    def put_old(self):
        self.write("old/main.py", "print('the old one')")
        self.mprom("deploy", self.folder / "old", "--confirm")

    def assert_old_runs(self):
        with self.board.raw() as console:
            console.write(b"import machine; machine.reset()\x04")
            console.read_until(b"the old one")

    def refused(self, *args):
        """A deploy fails and leaves the flash alone. Returns what it says."""
        before = self.operations()
        done = self.mprom("deploy", *args, status=1)
        self.assertEqual(self.operations(), before, args)
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode()


class Limits(LimitsTest):
    def test_every_fault_of_the_check(self):
        self.put_old()
        for fault, contents in FAULTS.items():
            with self.subTest(fault):
                text = self.refused(self.write("new.romfs", contents))
                self.assertRegex(text, r"nothing was sent|image is cut off or damaged|not a ROMFS image")
        self.assert_old_runs()

    def test_the_firmware_refuses_each(self):
        """So that the list is the firmware's and no one's idea of it."""
        for fault, contents in FAULTS.items():
            with self.subTest(fault), self.board.raw() as console:
                console.exec(f"import vfs\nvfs.rom_ioctl(3, 2, {len(contents)})\nvfs.rom_ioctl(4, 2, 0, {contents!r})")
                self.assertIn("OSError", console.exec_error("vfs.rom_ioctl(5, 2)"))

    def test_no_fault_is_missing(self):
        with open(HEADER) as header:
            names = set(re.findall(r"^    MPROM_ROMFS_FAULT_(\w+)", header.read(), re.MULTILINE))
        self.assertEqual(set(FAULTS) | NOT_LOOKED_FOR, names)

    def test_depth(self):
        """L1, with the path and the limit, of a DIR as well."""
        self.put_old()
        deep = "/".join("d" * (FIRMWARE_DEPTH + 1))
        expected = f": {deep}: this board takes directories up to 32 deep; nothing was sent"
        self.assertIn(expected, self.refused(self.write("new.romfs", nested(40, file("m.py", b"x = 1")))))
        self.write("app/" + "d/" * 40 + "m.py", "x = 1")
        self.assertIn(expected, self.refused(self.folder / "app"))
        self.assert_old_runs()
        self.mprom("deploy", self.write("new.romfs", nested(FIRMWARE_DEPTH, file("m.py", b"x = 1"))))

    def test_path(self):
        """A module that cannot be imported. Files of data are opened at any path."""
        self.put_old()
        folder = ["p" * 60] * 3
        place = "/".join(folder)  # with /rom/ and a slash behind it 188 bytes

        def tree(last, contents):
            return image(directory(folder[0], directory(folder[1], directory(folder[2], file(last, contents)))))

        name_256 = "m" * 64
        text = self.refused(self.write("new.romfs", tree(name_256 + ".mpy", b"M\x06\x00\x1f")))
        self.assertIn(f"{place}/{name_256}.mpy: its path has 256 bytes with /rom/ before it", text)
        self.assertIn("paths of up to 255; nothing was sent", text)
        self.write(f"app/{place}/{name_256}.py", "x = 1")
        self.assertIn(f"{name_256}.mpy: its path has 256 bytes", self.refused(self.folder / "app"))
        self.assert_old_runs()
        self.mprom("deploy", self.write("new.romfs", tree(name_256 + ".txt", b"x")))
        self.mprom("deploy", self.write("new.romfs", tree("m" * 64 + ".py", b"x = 1")))
        with self.board.raw() as console:  # the limit is the board's: /rox/ is as long as /rom/
            console.exec("import sys, vfs")
            for count, expected in (64, ""), (65, "RuntimeError"):
                console.exec(f"vfs.mount(vfs.VfsRom({tree('m' * count + '.py', b'x = 1')!r}), '/rox')")
                console.exec(f"sys.path.append('/rox/{place}')")
                self.assertIn(expected, console.exec_raw(f"import {'m' * count}")[1])
                console.exec("vfs.umount('/rox'); sys.path.pop()")

    def test_mpy(self):
        """W5 and U3: each kind, and the whole path."""
        self.put_old()
        for contents, why in ((b"C\x06\x00\x1f\x20\x00", "CircuitPython made it"), (b"", "it is empty"),
                              (b"print('x')", "it is no compiled file"), (b"M\x06", "it is cut off"),
                              (b"M\x05\x00\x1f", "that is mpy 5, bytecode"), (b"M\x06\x17\x1f", "that is mpy 6.3, armv7m"),
                              (b"M\x06\x00\x40", "that is mpy 6, bytecode, small ints of 64 bits")):
            for source in "IMAGE", "DIR":
                with self.subTest(contents=contents, source=source):
                    if source == "DIR":
                        self.write("app/lib/net/x.mpy", contents)
                        new = self.folder / "app"
                    else:
                        new = self.write("new.romfs", image(directory("lib", directory("net", file("x.mpy", contents)))))
                    text = self.refused(new)
                    self.assertRegex(text, rf"cannot load lib/net/x\.mpy: {re.escape(why)}.*nothing was sent")
        self.assert_old_runs()

    def test_address(self):
        """The alignment that an image says, against where the segment lies."""
        self.put_old()
        new = self.write("new.romfs", aligned(1 << 31))
        self.assertRegex(self.refused(new), r"aligned to 2147483648 bytes, and the address of segment 1 is no multiple")
        self.assert_old_runs()
        self.mprom("deploy", self.write("new.romfs", aligned(4096)))

    def test_size(self):
        self.put_old()
        self.assertIn("segment 1 only 1044480; nothing was sent", self.refused(self.write("new", filled_image(1044482))))
        self.assert_old_runs()

    def test_the_slot_that_runs(self):
        self.put_old()
        text = self.refused(self.write("new.romfs", filled_image(600)), "-n", "0")
        self.assertIn("segment 0 is the slot that the board runs, so it cannot be changed", text)
        self.assertIn("-n 1", text)
        before = self.operations()
        self.assertIn("segment 0 is the slot that the board runs", self.error("erase", "-n", "0"))
        self.assertEqual(self.operations(), before)
        self.assert_old_runs()


class Stock(SimTest):
    """VfsRom itself takes any depth; what cannot be loaded is refused all the same."""

    options = ("--compat", "view")

    def test_depth_and_mpy(self):
        self.mprom("deploy", self.write("new.romfs", nested(40, file("m.py", b"print('deep')"))), "--no-restart")
        text = self.error("deploy", self.write("new.romfs", image(directory("lib", file("x.mpy", b"")))))
        self.assertIn("cannot load lib/x.mpy: it is empty; nothing was sent", text)
        path = "/".join("d" * 40)
        with self.board.raw() as console:
            console.exec("import vfs\nvfs.mount(vfs.VfsRom(vfs.rom_ioctl(2, 0)), '/deep')")
            self.assertEqual(console.eval(f"open('/deep/{path}/m.py').read()"), "print('deep')")


class Build(SimTest):
    """`build` says what no board with mprom's firmware could take, and makes the image."""

    def test_notes(self):
        self.write("app/main.py", "x = 1")
        self.assertEqual(self.mprom("build", self.folder / "app", "-o", self.folder / "x").stderr, b"")
        self.write("app/" + "d/" * 40 + "data.bin", "x")
        self.write("app/lib/empty.mpy", "")
        self.write("app/lib/text.mpy", "hello")
        self.write("app/lib/circuit.mpy", b"C\x06\x00\x1f")
        self.write("app/lib/old.mpy", b"M\x05\x00\x1f")
        long = "/".join(["p" * 62] * 4)
        self.write(f"app/{long}.py", "x = 1")
        said = self.mprom("build", self.folder / "app", "-o", self.folder / "x").stderr.decode()
        self.assertIn("/".join("d" * 33) + ": mprom's firmware takes directories up to 32 deep\n", said)
        self.assertEqual(said.count(" deep\n"), 1)
        self.assertIn("lib/empty.mpy is empty", said)
        self.assertIn("lib/text.mpy is not a compiled file of MicroPython:", said)
        self.assertIn("lib/circuit.mpy is not a compiled file of MicroPython, but of CircuitPython", said)
        self.assertIn("lib/old.mpy is of .mpy version 5", said)
        self.assertIn(f"{long}.py: its path has 260 bytes with /rom/ before it", said)


if __name__ == "__main__":
    unittest.main()
