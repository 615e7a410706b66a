"""The layer over asf4's flash functions on the samd port (micropython/port/flash_samd.c), over a stand-in for them."""

import unittest

from port_fakes import LOOK, SEEN_NEW, WRITE, Layer, Port
from programs import SOURCE, run
from romfs_writer import file, sealed_image

STAND_INS = "tests/micropython/fakes/samd"


def samd(name, defines, slots=1):
    return Port(name, "micropython/port/flash_samd.c", "tests/micropython/fakes/samd.c", defines, STAND_INS, slots)


SAMD51 = samd("samd51", "MCU_SAMD51")
QSPI = samd("samd51-qspi", "MCU_SAMD51")
SAMD21 = samd("samd21", "MCU_SAMD21")


class Samd51(Layer, unittest.TestCase):
    PORT = "samd"
    PORTS = SAMD51, QSPI

    def test_slots_never_hold_nothing(self):
        self.slots_never_hold_nothing(QSPI)

    def test_sources_of_any_alignment(self):
        self.program(SAMD51)
        script = WRITE.format(path=str(self.folder / "new"), id=0).replace("image[off:off + 4096]",
                                                                           "memoryview(b'x' + image)[off + 1:off + 4097]")
        self.assertEqual(self.start(script), "written")
        self.assertEqual(self.start(LOOK), SEEN_NEW)

    def test_images_with_holes(self):
        """Units that are blank in the image are left out, so a page is programmed in pieces."""
        image = sealed_image(file("main.py", "print('holes')"),
                             file("data", b"".join(bytes([255]) * 96 + bytes([n]) * 32 for n in range(120))))
        (self.folder / "holes").write_bytes(image)
        for port in SAMD51, SAMD21:
            with self.subTest(port.name):
                self.program(port)
                self.assertEqual(self.write("holes"), "written")
                self.assertEqual(self.start("import romfs\nprint(romfs.verify(0))"), "True")

    def test_locked_regions(self):
        self.program(SAMD51)
        self.write("new", locked=1, status=1)
        self.assertIn("OSError: (30, 'segment 0, offset 32: the flash is write-protected')", self.error)

    def test_cache_that_does_not_go_off(self):
        self.program(QSPI)
        self.write("new", stuck=1, status=1)
        self.assertIn("OSError: [Errno 110] ETIMEDOUT: segment 0, offset ", self.error)

    def test_partitions_that_cannot_be(self):
        script = "import romfs, vfs\nprint(romfs.segments(), vfs.rom_ioctl(1))"
        for name, defines, fault in (
                ("none", "FAKE_NO_PARTITION", "this board has no ROMFS partition"),
                ("empty", "FAKE_START=0xc0000 FAKE_SIZE=0", "this board has no ROMFS partition"),
                ("outside", "FAKE_START=0xe0000 FAKE_SIZE=0x40000", "the port's partition does not lie in the chip's flash"),
                ("uneven", "FAKE_START=0xc0000 FAKE_SIZE=0x3f000", "the port's partition is no whole number of erase blocks"),
                ("shifted", "FAKE_START=0xbf000 FAKE_SIZE=0x40000", "the port's partition is no whole number of erase blocks")):
            with self.subTest(name):
                self.program(samd(f"samd51-{name}", f"MCU_SAMD51 {defines}"))
                self.assertEqual(self.start(script).splitlines(), [f"rom: {fault}", "[] 0"])


class Samd21(Layer, unittest.TestCase):
    PORT = "samd"
    PORTS = (SAMD21,)


class Compile(unittest.TestCase):
    """The layer for each chip with the port's flags. asf4 is not in MicroPython's tree: with the stand-ins for its headers."""

    def test_for_both_chips(self):
        for chip, cpu in ("SAMD21", "cortex-m0plus"), ("SAMD51", "cortex-m4"):
            with self.subTest(chip):
                done = run("arm-none-eabi-gcc", "-c", "-o", "/dev/null", "-std=c99", "-mthumb", f"-mcpu={cpu}", "-Os", "-Wall", "-Wextra",
                           "-Werror", "-Wdouble-promotion", f"-DMCU_{chip}", f"-I{STAND_INS}", "-I.", "-Iinclude",
                           "micropython/port/flash_samd.c", cwd=SOURCE)
                self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
