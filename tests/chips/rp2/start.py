"""What an emulated RP2040 says of firmware that would not run on a chip: a driver outside RAM, a boot2 with a wrong CRC or none."""

import os
import pathlib
import shutil
import sys
import tempfile
import unittest

from programs import SOURCE, run

sys.path.insert(0, str(SOURCE / "tests" / "chips"))
from board_proof import MACHINE, build_firmware  # noqa: E402

BOARD = "RPI_PICO"
PLANTED = """
SECTIONS
{
    .planted : { *driver/flash.o(.ramfunc) . = ALIGN(4); } > FLASH_TEXT
}
"""


class Start(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.firmware = build_firmware(BOARD) / "firmware.elf"

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mprom-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def violation(self, elf):
        """What ends the machine."""
        done = run(MACHINE, "--board", BOARD, "--firmware", elf, "--state", self.folder / "state", status=1, timeout=60,
                   env=dict(os.environ, MPROM_RUN_DIR=str(self.folder / "run")))
        return done.stderr

    def changed(self, change):
        """The firmware with another boot2, which is the first that the file holds of the flash."""
        elf = bytearray(self.firmware.read_bytes())
        boot2 = (self.firmware.parent / "boot2.bin").read_bytes()
        at = elf.index(boot2)
        elf[at:at + 256] = change(bytes(elf[at:at + 256]))
        path = self.folder / "changed.elf"
        path.write_bytes(elf)
        return path

    def test_a_driver_in_the_window(self):
        memory = (SOURCE / "chips" / "rp2" / "boards" / BOARD / "memory.ld").read_text()
        (self.folder / "memory.ld").write_text(memory + PLANTED)
        build_firmware(BOARD, f"MEMORY={self.folder}", f"ELF={self.folder}/planted.elf")
        self.assertRegex(self.violation(self.folder / "planted.elf"),
                         r"violation: execution of the flash at 0x1000\w+, while the pins were reset .*\(flash_run\+")

    def test_a_wrong_crc(self):
        for at in (0, 100, 251, 252, 255):
            with self.subTest(at=at):
                elf = self.changed(lambda boot2: boot2[:at] + bytes([boot2[at] ^ 1]) + boot2[at + 1:])  # noqa: B023
                self.assertIn("the boot ROM goes to its USB boot", self.violation(elf))

    def test_no_boot2(self):
        self.assertIn("the boot ROM goes to its USB boot", self.violation(self.changed(lambda boot2: b"\xff" * 256)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
