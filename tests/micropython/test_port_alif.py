"""The flash layer for MicroPython's alif port (micropython/port/alif), over a stand-in for the port's flash functions. Also
compiled with the port's own headers; Alif's are stand-ins."""

import dataclasses
import pathlib
import tempfile
import unittest

from port_fakes import LOOK, NEW, SEEN_NEW, SEEN_OLD, Layer, Port
from programs import MICROPYTHON_DIR, SOURCE, outside_make, run

GLUE = ["micropython/port/port_flash.c", *(f"micropython/port/alif/{name}.c" for name in ("alif", "mram", "ospi"))]
LIBRARIES = ["chips/alif/driver/mram_load.c"]
FAKE = "tests/micropython/fakes/alif.c tests/micropython/fakes/alif_cpu.c"
ALIF = MICROPYTHON_DIR / "ports" / "alif"
STANDINS = "tests/micropython/fakes/alif"


def alif(name, has_ospi):
    defines = f"ALIF_CMSIS_H='<alif.h>' MICROPY_HW_ENABLE_OSPI={has_ospi}"
    return Port(name, " ".join([*GLUE, *LIBRARIES]), FAKE, defines, f"{STANDINS}/pc {STANDINS} {ALIF}")


MRAM = alif("mram", 0)
OSPI = alif("ospi", 1)


class Alif(Layer, unittest.TestCase):
    PORT = "alif"
    PORTS = MRAM, OSPI

    def test_slots_never_hold_nothing(self):
        self.slots_never_hold_nothing(MRAM)
        self.slots_never_hold_nothing(OSPI)

    def test_source_lies_in_the_flash(self):
        self.source_lies_in_the_flash(MRAM)
        self.source_lies_in_the_flash(OSPI)

    def test_mram_that_was_never_blank(self):
        """Nobody says what it holds when it leaves the factory."""
        self.program(dataclasses.replace(MRAM, slots=2))
        (self.folder / "flash").write_bytes(b"\x5a" * 128 * 1024)
        self.assertEqual(self.start(LOOK).splitlines()[-1], "nothing")
        self.assertEqual(self.write("old").splitlines()[-1], "written")
        self.assertEqual(self.start("import romfs\nromfs.confirm()" + LOOK), SEEN_OLD)
        self.assertEqual(self.write("new", id=1), "written")
        self.assertEqual(self.start(LOOK), SEEN_NEW)

    def test_mram_is_overwritten(self):
        """Without being filled with 00 before."""
        self.program(MRAM)
        self.assertLess(self.operations(), len(NEW) // 16 + 20)

    def test_torn_granule_in_an_image(self):
        self.torn_unit_in_an_image(MRAM, size=128 * 1024, unit=16)

    def test_said_at_start(self):
        nowhere = "the board's partition lies neither in MRAM nor in the octal flash"
        self.said_at_start(MRAM, "this board has no ROMFS partition", none=1)
        self.said_at_start(MRAM, "the board's partition is no whole number of blocks of 4 KiB", start="0x8047e010")
        self.said_at_start(MRAM, nowhere, start="0x8057e000")
        self.said_at_start(MRAM, nowhere, start="0xc1000000")
        self.said_at_start(OSPI, nowhere, start="0xa1000000")
        self.said_at_start(OSPI, nowhere, start="0xdffff000")
        self.said_at_start(OSPI, "the board's partition is no whole number of erase blocks of 4 KiB", start="0xc1000100")


class Compiled(unittest.TestCase):
    """With the headers of the port, for both cores of its boards."""

    def test_compile(self):
        flags = ["-fsyntax-only", "-mthumb", "-mcpu=cortex-m55", "-mfloat-abi=hard", "-O2", "-std=c99", "-Wall", "-Wextra",
                 "-Wno-unused-parameter", "-Wno-sign-compare", "-Wdouble-promotion", "-Wfloat-conversion", "-Werror", "-DNO_QSTR",
                 "-DALIF_CMSIS_H=<alif.h>", "-DMICROPY_FLOAT_IMPL=MICROPY_FLOAT_IMPL_FLOAT"]
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as generated:
            pathlib.Path(generated, "genhdr").mkdir()
            pathlib.Path(generated, "genhdr", "pins_board.h").touch()
            for board in "ALIF_ENSEMBLE", "OPENMV_AE3":
                folders = [SOURCE, SOURCE / "include", SOURCE / "src", SOURCE / STANDINS, ALIF, MICROPYTHON_DIR,
                           ALIF / "boards" / board, MICROPYTHON_DIR / "lib" / "cmsis" / "inc", ALIF / "tinyusb_port",
                           ALIF / "lwip_inc", generated]
                for core in "M55_HP", "M55_HE":
                    for name in GLUE:
                        with self.subTest(board, core=core, name=name):
                            run("arm-none-eabi-gcc", *flags, f"-D{core}=1", f"-DCORE_{core}", *(f"-I{name}" for name in folders),
                                SOURCE / name)


class Makefile(unittest.TestCase):
    def test_linker_is_told(self):
        """The port links without LDFLAGS."""
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
            out = run("make", "-n", "-C", ALIF, "-f", "alif.mk", "MCU_CORE=M55_HP", "MICROPY_PY_OPENAMP=0", f"BUILD={folder}",
                      f"USER_C_MODULES={SOURCE / 'micropython'}", env=outside_make()).stdout
        link = [line for line in out.splitlines() if "-o " + folder + "/firmware.elf" in line]
        self.assertEqual(len(link), 1)
        for name in "mp_type_vfs_rom", "mp_vfs_rom_ioctl", "mp_vfs_mount_romfs_protected", "pyexec_file_if_exists":
            self.assertIn(f" -Wl,--wrap={name} ", link[0])


if __name__ == "__main__":
    unittest.main(verbosity=2)
