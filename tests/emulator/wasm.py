"""The flash array, the SPI-NOR chips and the controllers that drive them run in node as WebAssembly, without a C library."""

import pathlib
import shutil
import sys
import tempfile
import unittest

from programs import SOURCE, run

sys.path.insert(0, str(SOURCE / "scripts"))
from source_lists import sources  # noqa: E402

HERE = SOURCE / "tests" / "emulator" / "wasm"
TARGET = ["--target=wasm32", "-std=c11", "-ffreestanding", "-nostdlib", "-nostdinc", "-O2", "-Wall", "-Wextra", "-Werror"]
# Of the models of the STM32, those that a controller with a chip consists of.
CONTROLLER = ["clock", "gpio", "octospi", "quadspi", "rcc", "serial_flash"]

EXPECTED = """\
imports: 0
open: 0
id: ef 40 17
status: 03
programmed: ff ff ff 4d 50 ff status: 00
erased: ff
violation:\x20
violation: 20h without write enable
board: 0
id: ef 40 17 status: 2
violation:\x20
violation: flash chip: 20h with an address on the wrong lanes
"""


def freestanding():
    models = [name for name in sources("MPROM_STM32_MODEL_C")
              if pathlib.Path(name).stem.removesuffix("_model") in (*CONTROLLER, "parts", "rcc_gate", "serial_lines",
                                                                    "serial_window")]
    return [*sources("MPROM_CELLS_C"), *sources("MPROM_MODEL_C"), *sources("MPROM_NOR_C"), *sources("MPROM_FLASH_C"), *models]


class Wasm(unittest.TestCase):
    def test_a_chip_and_a_controller_in_node(self):
        headers = pathlib.Path(run("clang", "-print-resource-dir").stdout.strip()) / "include"
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
            module = pathlib.Path(folder, "nor.wasm")
            includes = [f"-I{path}" for path in (HERE, SOURCE, SOURCE / "include", SOURCE / "src")]
            memory = pathlib.Path(folder, "memory.o")
            run("clang", *TARGET, "-fno-builtin", "-isystem", headers, *includes, "-c", "-o", memory, HERE / "memory.c")
            run("clang", *TARGET, "-isystem", headers, *includes, "-fvisibility=hidden", "-Wl,--no-entry,--export-dynamic",
                "-o", module, HERE / "nor.c", memory, *(SOURCE / name for name in freestanding()))
            self.assertEqual(run(shutil.which("node"), HERE / "nor.mjs", module).stdout, EXPECTED)


if __name__ == "__main__":
    unittest.main(verbosity=2)
