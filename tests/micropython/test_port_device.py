"""The layer over a port's flash object (micropython/port/flash_device.c), over stand-ins for these objects of four ports."""

import pathlib
import tempfile
import unittest

from port_fakes import LOOK, SEEN, SEEN_NEW, SEEN_OLD, WRITE, Layer, Port, build
from programs import BUILD, MICROPYTHON_DIR, SOURCE, run


def device(name, defines=""):
    return Port(name, "micropython/port/flash_device.c", "tests/micropython/fakes/device.c", defines)


RP2 = device("rp2")
MIMXRT = device("mimxrt")
ESP32 = device("esp32", "MPROM_PORT_WHOLE_PAGES=0")
NRF = device("nrf", "MPROM_PORT_WHOLE_PAGES=0 MPROM_PORT_PROGRAM_SIZE=4 MPROM_PORT_PROGRAM_COUNT=1")


class Device(Layer, unittest.TestCase):
    PORTS = RP2, MIMXRT, ESP32, NRF

    def test_slots_never_hold_nothing(self):
        self.slots_never_hold_nothing(RP2)

    def test_ctrl_c_waits(self):
        """One that the port takes while an operation goes on ends the script, and the write is whole or an error."""
        self.program(RP2)
        for number in (1, 9, 30):
            with self.subTest(number=number):
                self.write("old")
                self.write("new", **{"break": number}, status=1)
                self.assertIn("KeyboardInterrupt", self.error)
                self.assertIn(self.start(LOOK).splitlines()[-1], SEEN)
                self.assertEqual(self.write("new"), "written")

    def test_ctrl_c_keeps_the_session(self):
        """A script that catches it after a step can go on with the next one."""
        self.program(RP2)
        self.write("old")
        loop = "for off in range(0, len(image), 4096):\n    q(4, 0, off, image[off:off + 4096])\n"
        script = WRITE.format(path=str(self.folder / "new"), id=0)
        self.assertIn(loop, script)
        script = script.replace(loop, "off = 0\nwhile off < len(image):\n    try:\n        while off < len(image):\n"
                                "            q(4, 0, off, image[off:off + 4096])\n            off += 4096\n"
                                "    except KeyboardInterrupt:\n        print('caught')\n")
        for number in (5, 9, 30):
            with self.subTest(number=number):
                self.assertEqual(self.start(script, **{"break": number}).split(), ["caught", "written"])
                self.assertEqual(self.start(LOOK), SEEN_NEW)

    def test_no_partition(self):
        self.program(RP2)
        said = self.start("import romfs, vfs\nprint(romfs.segments(), vfs.rom_ioctl(1), vfs.rom_ioctl(2, 0))", none=1)
        self.assertEqual(said.splitlines(), ["rom: this board has no ROMFS partition", "[] 0 -2"])


class Boot(unittest.TestCase):
    """What a port asks for at its start comes to mprom, or stays with the port: MPROM_BOOT."""

    def asked(self, *settings):
        build(RP2)  # for the headers that a build of the unix port makes
        unix = MICROPYTHON_DIR / "ports" / "unix"
        folders = [SOURCE, SOURCE / "include", SOURCE / "src", unix, MICROPYTHON_DIR, unix / "variants" / "standard",
                   BUILD / "ports" / RP2.build]
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
            program = pathlib.Path(folder, "boot")
            run("gcc", "-std=gnu99", "-Wall", "-Werror", "-ffunction-sections", "-Wl,--gc-sections",
                "-DMP_CONFIGFILE=<tests/micropython/fakes/config.h>", *(f"-I{name}" for name in folders), *settings, "-o", program,
                SOURCE / "tests/micropython/fakes/boot.c", SOURCE / "micropython/port/port_wrap.c")
            return run(program).stdout.split()

    def test_runs_from_rom(self):
        self.assertEqual(self.asked(), ["mprom:boot", "mprom:main", "port:factory.py"])
        self.assertEqual(self.asked("-DMPROM_BOOT=1"), self.asked())

    def test_stays_with_the_port(self):
        self.assertEqual(self.asked("-DMPROM_BOOT=0"), ["port:boot.py", "port:main.py", "port:factory.py"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
