"""What emulated boards say of firmware that would not run on a chip: a driver outside RAM; on an RP2040 a boot2 with a wrong CRC
or none, on an RP2350 a damaged block or none."""

import os
import pathlib
import shutil
import sys
import tempfile
import unittest

from programs import SOURCE, run

sys.path.insert(0, str(SOURCE / "tests" / "chips"))
from board_proof import MACHINE, build_firmware  # noqa: E402

PLANTED = """
SECTIONS
{
    .planted : { *driver/flash*.o(.ramfunc) . = ALIGN(4); } > FLASH_TEXT
}
"""


class Start:
    """What both series are asked; head is what the boot ROM looks at."""

    @classmethod
    def setUpClass(cls):
        cls.firmware = build_firmware(cls.board) / "firmware.elf"

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mprom-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def violation(self, elf):
        """What ends the machine."""
        done = run(MACHINE, "--board", self.board, "--firmware", elf, "--state", self.folder / "state", status=1, timeout=60,
                   env=dict(os.environ, MPROM_RUN_DIR=str(self.folder / "run")))
        return done.stderr

    def changed(self, change):
        """The firmware with another head, which the file holds once."""
        elf, head = bytearray(self.firmware.read_bytes()), self.head()
        at = elf.index(head)
        elf[at:at + len(head)] = change(head)
        path = self.folder / "changed.elf"
        path.write_bytes(elf)
        return path

    def test_a_driver_in_the_window(self):
        memory = (SOURCE / "chips" / "rp2" / "boards" / self.board / "memory.ld").read_text()
        (self.folder / "memory.ld").write_text(memory + PLANTED)
        build_firmware(self.board, f"MEMORY={self.folder}", f"ELF={self.folder}/planted.elf")
        self.assertRegex(self.violation(self.folder / "planted.elf"), self.in_the_window)

    def test_a_damaged_head(self):
        for at in self.looked_at:
            with self.subTest(at=at):
                elf = self.changed(lambda head: head[:at] + bytes([head[at] ^ 1]) + head[at + 1:])  # noqa: B023
                self.assertIn("the boot ROM goes to its USB boot", self.violation(elf))

    def test_no_head(self):
        self.assertIn("the boot ROM goes to its USB boot", self.violation(self.changed(lambda head: b"\xff" * len(head))))


class Rp2040(Start, unittest.TestCase):
    board = "RPI_PICO"
    looked_at = (0, 100, 251, 252, 255)
    in_the_window = r"violation: execution of the flash at 0x1000\w+, while the pins were reset .*\(flash_run\+"

    def head(self):
        """boot2 and its CRC."""
        elf, boot2 = self.firmware.read_bytes(), (self.firmware.parent / "boot2.bin").read_bytes()
        at = elf.index(boot2)
        return elf[at:at + 256]


class Rp2350(Start, unittest.TestCase):
    board = "RPI_PICO2"
    looked_at = (0, 3, 6, 7, 9, 10, 16, 19)
    in_the_window = r"violation: (execution|read) of the flash at 0x1000\w+, while direct mode is on, .*\((ask|wait_bit)"

    def head(self):
        """The block: an image for an Arm CPU in Secure state."""
        return b"".join(word.to_bytes(4, "little") for word in (0xFFFFDED3, 0x10210142, 0x000001FF, 0, 0xAB123579))

    def test_a_link_to_another_block(self):
        self.assertIn("a link to another one", self.violation(self.changed(lambda head: head[:12] + b"\x40" + head[13:])))


if __name__ == "__main__":
    unittest.main(verbosity=2)
