"""The layer over the SDK's flash functions on the esp8266 port (micropython/port/flash_esp8266.c), over a stand-in for them."""

import dataclasses
import re
import unittest

from port_fakes import LOOK, SEEN_NEW, WRITE, Layer, Port
from programs import MICROPYTHON_DIR, SOURCE, run

PORT_FOLDER = MICROPYTHON_DIR / "ports" / "esp8266"
STAND_INS = "tests/micropython/fakes/esp8266"


def esp8266(name, defines="", slots=1):
    return Port(name, "micropython/port/flash_esp8266.c", "tests/micropython/fakes/esp8266.c", defines,
                f"{STAND_INS} {PORT_FOLDER}", slots)


ESP8266 = esp8266("esp8266")


class Esp8266(Layer, unittest.TestCase):
    PORTS = (ESP8266,)

    def test_time_outs_are_told(self):
        self.program(ESP8266)
        self.write("old")
        self.write("new", fail=9, timeout=1, status=1)
        self.assertRegex(self.error, r"OSError: \[Errno 110\] ETIMEDOUT: segment 0, offset \d+: the flash did not get ready")
        self.assertNotIn("new", self.start(LOOK))

    def test_slots_never_hold_nothing(self):
        self.slots_never_hold_nothing(ESP8266)

    def test_sources_of_any_alignment(self):
        self.program(ESP8266)
        script = WRITE.format(path=str(self.folder / "new"), id=0).replace("image[off:off + 4096]",
                                                                           "memoryview(b'x' + image)[off + 1:off + 4097]")
        self.assertEqual(self.start(script), "written")
        self.assertEqual(self.start(LOOK), SEEN_NEW)

    def test_sources_in_flash(self):
        """From one slot to the other: the chip that is written cannot be read meanwhile."""
        self.program(dataclasses.replace(ESP8266, slots=2))
        self.write("new")
        self.start("import romfs\nromfs.confirm()")
        script = WRITE.format(path=str(self.folder / "new"), id=1).replace("image[off:off + 4096]",
                                                                           "q(2, 0)[off:min(off + 4096, len(image))]")
        self.assertEqual(self.start(script), "written")
        self.assertEqual(self.start("import romfs\nprint(romfs.verify(1))"), "True")

    def test_checking_an_image_leaves_the_sdk_its_turn(self):
        self.program(ESP8266)
        self.write("new")
        self.start("print(1)", loops=1)
        without = int(re.search(r"loops (\d+)", self.error)[1])
        self.start("import romfs\nfor i in range(20):\n    romfs.verify(0)", loops=1)
        turns = int(re.search(r"loops (\d+)", self.error)[1]) - without
        self.assertGreaterEqual(turns, 20 * (self.folder / "new").stat().st_size // 16384)

    def test_partitions_that_cannot_be(self):
        script = "import romfs, vfs\nprint(romfs.segments(), vfs.rom_ioctl(1))"
        for name, defines, fault in (
                ("none", "FAKE_NO_PARTITION", "this board has no ROMFS partition"),
                ("outside", "FAKE_START=0x402c0000", "the port's partition lies outside the 1 MiB of flash that the ESP8266 maps"),
                ("before", "FAKE_START=0x40100000", "the port's partition lies outside the 1 MiB of flash that the ESP8266 maps"),
                ("uneven", "FAKE_SIZE=0x4f800", "the port's partition is no whole number of erase blocks"),
                ("shifted", "FAKE_START=0x402af800", "the port's partition is no whole number of erase blocks")):
            with self.subTest(name):
                self.program(esp8266(f"esp8266-{name}", defines))
                self.assertEqual(self.start(script).splitlines(), [f"rom: {fault}", "[] 0"])


class Compile(unittest.TestCase):
    """The layer with the port's own headers and configuration. There is no Xtensa compiler here, so for another 32-bit CPU."""

    def test_with_the_headers_of_the_port(self):
        done = run("arm-none-eabi-gcc", "-c", "-o", "/dev/null", "-std=gnu99", "-Os", "-Wall", "-Wextra", "-Wno-unused-parameter",
                   "-Werror", "-DMICROPY_ESP8266_2M", "-DMICROPY_VFS_ROM=1", f"-I{STAND_INS}", "-I.", "-Iinclude",
                   f"-I{PORT_FOLDER}", f"-I{PORT_FOLDER / 'boards' / 'ESP8266_GENERIC'}", f"-I{MICROPYTHON_DIR}",
                   "micropython/port/flash_esp8266.c", cwd=SOURCE)
        self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
