"""The flash of an RP2040 runs in node as WebAssembly, without a C library: for emulators in JavaScript."""

import pathlib
import shutil
import sys
import tempfile
import unittest

from programs import SOURCE, run

sys.path.insert(0, str(SOURCE / "scripts"))
from source_lists import sources  # noqa: E402

HERE = SOURCE / "tests" / "chips" / "rp2" / "wasm"
LIBRARY = SOURCE / "tests" / "emulator" / "wasm"
TARGET = ["--target=wasm32", "-std=c11", "-ffreestanding", "-nostdlib", "-nostdinc", "-O2", "-Wall", "-Wextra", "-Werror"]
LISTS = ("MPROM_CELLS_C", "MPROM_MODEL_C", "MPROM_NOR_C", "MPROM_FLASH_C", "MPROM_RP2_FLASH_MODEL_C")

EXPECTED = """\
imports: 0
open: 0
id: ef 40 15
busy: 03
programmed: 4d 50 ff status: 00
violation:\x20
violation: execution of the flash at 0x10060000, while the pins were reset and the window not set up again
"""


class Wasm(unittest.TestCase):
    def test_the_flash_in_node(self):
        headers = pathlib.Path(run("clang", "-print-resource-dir").stdout.strip()) / "include"
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
            module, memory = pathlib.Path(folder, "rp2.wasm"), pathlib.Path(folder, "memory.o")
            includes = [f"-I{path}" for path in (LIBRARY, SOURCE, SOURCE / "include", SOURCE / "src")]
            run("clang", *TARGET, "-fno-builtin", "-isystem", headers, *includes, "-c", "-o", memory, LIBRARY / "memory.c")
            run("clang", *TARGET, "-isystem", headers, *includes, "-fvisibility=hidden", "-Wl,--no-entry,--export-dynamic",
                "-o", module, HERE / "rp2.c", memory, *(SOURCE / name for list_name in LISTS for name in sources(list_name)))
            self.assertEqual(run(shutil.which("node"), HERE / "rp2.mjs", module).stdout, EXPECTED)


if __name__ == "__main__":
    unittest.main(verbosity=2)
