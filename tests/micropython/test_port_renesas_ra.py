"""The layer over FSP's flash functions on the renesas-ra port (micropython/port/flash_renesas_ra.c), over a stand-in."""

import dataclasses
import unittest

from port_fakes import LOOK, SEEN_NEW, WRITE, Layer, Port
from programs import MICROPYTHON_DIR, SOURCE, run

PORT_FOLDER = MICROPYTHON_DIR / "ports" / "renesas-ra"
STAND_INS = "tests/micropython/fakes/renesas-ra"
UNIT_MAX = "MPROM_FLASH_PROGRAM_SIZE_MAX=128"


def renesas(name, board, defines="", slots=1, qspi=0):
    return Port(name, "micropython/port/flash_renesas_ra.c", "tests/micropython/fakes/renesas-ra.c",
                f"{UNIT_MAX} {board.removeprefix('EK_')} MICROPY_HW_HAS_QSPI_FLASH={qspi} {defines}",
                f"{STAND_INS} {PORT_FOLDER / 'boards' / board / 'ra_gen'}", slots, "fake-128")


RA6M2 = renesas("ra6m2", "EK_RA6M2")
QSPI = renesas("ra6m2-qspi", "EK_RA6M2", qspi=1)
RA4W1 = renesas("ra4w1", "EK_RA4W1")


class Renesas(Layer, unittest.TestCase):
    PORT = "renesas-ra"
    PORTS = RA6M2, RA4W1

    def test_slots_never_hold_nothing(self):
        for port in self.PORTS:
            with self.subTest(port.name):
                self.slots_never_hold_nothing(port)

    def test_sources_in_flash_and_of_any_alignment(self):
        for source in "q(2, 0)[off:min(off + 4096, len(image))]", "memoryview(b'x' + image)[off + 1:off + 4097]":
            with self.subTest(source):
                self.program(dataclasses.replace(RA6M2, slots=2))
                self.write("new")
                self.start("import romfs\nromfs.confirm()")
                script = WRITE.format(path=str(self.folder / "new"), id=1).replace("image[off:off + 4096]", source)
                self.assertEqual(self.start(script), "written")
                self.assertEqual(self.start("import romfs\nprint(romfs.verify(1))"), "True")

    def test_reasons(self):
        self.program(RA6M2)
        self.write("new", locked=1, status=1)
        self.assertIn("OSError: (30, 'segment 0, offset 128: the flash is write-protected')", self.error)
        self.write("new", fail=9, timeout=1, status=1)
        self.assertRegex(self.error, r"OSError: \[Errno 110\] ETIMEDOUT: segment 0, offset \d+: the flash did not get ready")

    def test_boards_with_a_qspi_chip(self):
        """There the port does not open FSP for the code flash."""
        self.program(QSPI)
        self.assertEqual(self.write("new"), "written")
        self.assertEqual(self.start(LOOK), SEEN_NEW)
        self.assertEqual(self.start("import romfs\nprint(romfs.segments())", closed=1).splitlines(),
                         ["rom: the driver of the chip's flash does not open", "[]"])

    def test_partitions_that_cannot_be(self):
        script = "import romfs, vfs\nprint(romfs.segments(), vfs.rom_ioctl(1))"
        uneven = "the port's partition is no whole number of erase blocks"
        for name, defines, fault in (
                ("none", "FAKE_NO_PARTITION", "this board has no ROMFS partition"),
                ("empty", "FAKE_START=0xa0000 FAKE_SIZE=0", "this board has no ROMFS partition"),
                ("low", "FAKE_START=0x8000 FAKE_SIZE=0x8000", uneven),
                ("uneven", "FAKE_START=0xa0000 FAKE_SIZE=0x3e000", uneven),
                ("shifted", "FAKE_START=0x9e000 FAKE_SIZE=0x40000", uneven)):
            with self.subTest(name):
                self.program(renesas(f"ra6m2-{name}", "EK_RA6M2", defines))
                self.assertEqual(self.start(script).splitlines(), [f"rom: {fault}", "[] 0"])


class Compile(unittest.TestCase):
    """With the port's configuration and its boards' headers. Those of the chip and of FSP are not in the tree: stand-ins."""

    def test_with_the_headers_of_the_port(self):
        for board in "EK_RA4M1", "EK_RA4W1", "EK_RA6M1", "EK_RA6M2":
            with self.subTest(board):
                folder = PORT_FOLDER / "boards" / board
                chip = board.removeprefix("EK_")
                done = run("arm-none-eabi-gcc", "-c", "-o", "/dev/null", "-std=gnu99", "-mthumb", "-mcpu=cortex-m4", "-Os", "-Wall",
                           "-Wextra", "-Werror", f"-D{chip}", f"-D{UNIT_MAX}", "-DRA_HAL_H=<bsp_api.h>", f"-I{STAND_INS}", "-I.",
                           "-Iinclude", f"-I{folder / 'ra_gen'}", f"-I{folder}", f"-I{PORT_FOLDER}", f"-I{MICROPYTHON_DIR}",
                           "micropython/port/flash_renesas_ra.c", cwd=SOURCE)
                self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
