"""The flash layer for MicroPython's stm32 port (micropython/port/stm32), over a stand-in for the port's flash functions and
for the registers that the layer reaches itself. Also compiled with the port's own headers; ST's are stand-ins."""

import dataclasses
import pathlib
import tempfile
import unittest

from port_fakes import LOOK, NEW, SEEN_NEW, Layer, Port, build
from programs import BUILD, MICROPYTHON_DIR, SOURCE, run

GLUE = ["micropython/port/port_flash.c",
        *(f"micropython/port/stm32/{name}.c" for name in ("stm32", "internal", "serial", "family_f4", "family_h7"))]
LIBRARIES = ["chips/stm32/driver/flash_h7_word.c", "arch/cortex_m/cortex_m7.c"]
FAKE = "tests/micropython/fakes/stm32.c tests/micropython/fakes/stm32_cpu.c"
STM32 = MICROPYTHON_DIR / "ports" / "stm32"
STANDINS = "tests/micropython/fakes/stm32"


def stm32(name, family, bus="QSPI", **kwargs):
    defines = f"STM32_HAL_H='<hal.h>' {family} MICROPY_HW_ROMFS_ENABLE_INTERNAL_FLASH=1 MICROPY_HW_ROMFS_ENABLE_EXTERNAL_{bus}=1"
    return Port(name, " ".join([*GLUE, *LIBRARIES]), FAKE, defines, f"{STANDINS} {STM32}", **kwargs)


F4 = stm32("f4", "STM32F4")
F7 = stm32("f7", "STM32F7")
H7 = stm32("h7", "STM32H7")
QSPI = stm32("qspi", "STM32F7")
# MicroPython 1.25 does not have it yet.
XSPI = stm32("xspi", "STM32N6", "XSPI", is_noted=False)
HAS_XSPI = (STM32 / "xspi.h").exists()

# Board, its family, its CPU, and what its configuration does not say.
INTERNAL = ["-DMICROPY_HW_ROMFS_ENABLE_INTERNAL_FLASH=1", "-DMICROPY_HW_ROMFS_ENABLE_PART0=1"]
BOARDS = [("PYBV11", "STM32F4", "cortex-m4", INTERNAL), ("NUCLEO_F767ZI", "STM32F7", "cortex-m7", INTERNAL),
          ("NUCLEO_H743ZI", "STM32H7", "cortex-m7", INTERNAL), ("NUCLEO_L476RG", "STM32L4", "cortex-m4", INTERNAL),
          ("PYBD_SF2", "STM32F7", "cortex-m7", []), ("ARDUINO_GIGA", "STM32H7", "cortex-m7", ["-DCORE_CM7"])]


class Stm32(Layer, unittest.TestCase):
    PORT = "stm32"
    PORTS = F4, F7, H7, QSPI, *([XSPI] if HAS_XSPI else [])

    def test_slots_never_hold_nothing(self):
        self.slots_never_hold_nothing(H7)
        self.slots_never_hold_nothing(QSPI)

    def test_sectors_of_different_size(self):
        """An image that ends in a sector of another size than it begins in."""
        first, second = 16 * 1024, 64 * 1024
        self.assertTrue(first < len(NEW) < first + second)
        self.program(F4)
        (self.folder / "flash").write_bytes(bytes(first + second))  # all programmed
        self.assertEqual(self.write("new"), "written")
        self.assertEqual(self.start(LOOK), SEEN_NEW)
        content = (self.folder / "flash").read_bytes()
        self.assertEqual(content[len(NEW):first + second].strip(b"\xff"), b"")
        self.assertIn(str(first + second), self.start("import romfs\nprint(romfs.segments())"))

    def test_source_lies_in_the_flash(self):
        self.source_lies_in_the_flash(H7)
        self.source_lies_in_the_flash(QSPI)

    def test_torn_word_in_an_image(self):
        self.torn_unit_in_an_image(H7, size=512 * 1024, unit=32)

    def test_said_at_start(self):
        sectors = "the board's partition is no whole number of flash sectors"
        self.said_at_start(F4, "this board has no ROMFS partition", none=1)
        self.said_at_start(F4, sectors, start="0x0800c100")
        self.said_at_start(F4, sectors, start="0x080f8000")
        self.said_at_start(F4, "the board's partition lies in no flash that its configuration enables for ROMFS",
                           start="0x20000000")
        self.said_at_start(dataclasses.replace(F4, slots=2),
                           "the partition is too small for so many slots, or its blocks differ in size")
        self.said_at_start(F7, "the option nDBANK divides the flash into two banks, which MicroPython does not know: set it to 1",
                           options=1)
        self.said_at_start(H7, "the option SWAP_BANK swaps the banks of the flash: set it to 0", options=1)
        self.said_at_start(QSPI, "the board's partition is no whole number of erase blocks of 4 KiB", start="0x90100200")
        self.said_at_start(stm32("f4", "STM32L4"), "mprom does not know the internal flash of this STM32 family: put the "
                           "partition into a serial flash")


class Compiled(unittest.TestCase):
    """With the headers of the port, for boards of its source tree."""

    def compile(self, name, board, family, cpu, defines, **kwargs):
        flags = ["-fsyntax-only", "-mthumb", "-Os", "-std=gnu99", "-Wall", "-Wextra", "-Wno-unused-parameter",
                 "-Wno-sign-compare", "-Wdouble-promotion", "-Wfloat-conversion", "-Werror", "-DNO_QSTR", "-DMBOOT_VTOR=0",
                 "-DMICROPY_HW_VTOR=0", "-DMICROPY_FLOAT_IMPL=MICROPY_FLOAT_IMPL_FLOAT", "-DSTM32_HAL_H=<vendor.h>"]
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as generated:
            pathlib.Path(generated, "genhdr").mkdir()
            pathlib.Path(generated, "genhdr", "pins.h").touch()
            folders = [SOURCE, SOURCE / "include", SOURCE / "src", SOURCE / STANDINS, STM32 / "boards" / board, STM32,
                       MICROPYTHON_DIR, MICROPYTHON_DIR / "lib" / "cmsis" / "inc", STM32 / "lwip_inc", generated]
            return run("arm-none-eabi-gcc", *flags, f"-mcpu={cpu}", f"-D{family}", *defines,
                       *(f"-I{folder}" for folder in folders), SOURCE / name, **kwargs)

    def test_compile(self):
        for board in BOARDS:
            for name in GLUE:
                with self.subTest(board[0], name=name):
                    self.compile(name, *board)

    def test_board_without_a_partition(self):
        done = self.compile("micropython/port/port_wrap.c", "PYBV11", "STM32F4", "cortex-m4", [], status=1)
        self.assertIn("the configuration of this board has no ROMFS partition", done.stderr)


class SafeMode(unittest.TestCase):
    """mprom runs boot and main where the port asks for boot.py and main.py. In its safe mode it asks for neither."""

    def test_port_asks_for_nothing(self):
        build(F4)  # for the headers that a build of the unix port makes
        unix = MICROPYTHON_DIR / "ports" / "unix"
        folders = [SOURCE, unix, MICROPYTHON_DIR, unix / "variants" / "standard", BUILD / "ports" / "fake", STM32]
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
            program = pathlib.Path(folder, "safe_mode")
            run("gcc", "-std=gnu99", "-Wall", "-Werror", "-ffunction-sections", "-Wl,--gc-sections",
                *(f"-I{name}" for name in folders), "-include", SOURCE / STANDINS / "hal.h", "-Dpyb_config_main=sys_exitfunc",
                "-DMICROPY_HW_USES_BOOTLOADER=0", "-o", program, SOURCE / STANDINS / "safe_mode.c", STM32 / "boardctrl.c")
            for mode, asked in ((1, ["boot.py", "main.py"]), (2, []), (3, ["boot.py", "main.py"])):
                self.assertEqual(run(program, mode).stdout.split(), asked, f"mode {mode}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
