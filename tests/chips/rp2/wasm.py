"""The flash of an RP2040 runs in node as WebAssembly, without a C library: for emulators in JavaScript."""

import pathlib
import shutil
import tempfile
import unittest

import rp2_wasm
from programs import SOURCE, run

HERE = SOURCE / "tests" / "chips" / "rp2" / "wasm"

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
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
            module = rp2_wasm.build(pathlib.Path(folder))
            self.assertEqual(run(shutil.which("node"), HERE / "rp2.mjs", module).stdout, EXPECTED)


if __name__ == "__main__":
    unittest.main(verbosity=2)
