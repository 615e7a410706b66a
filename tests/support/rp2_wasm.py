"""The flash of an RP2040, as chips/rp2 models it, compiled to WebAssembly without a C library."""

import pathlib
import sys

from programs import SOURCE, run

sys.path.insert(0, str(SOURCE / "scripts"))
from source_lists import sources  # noqa: E402

LIBRARY = SOURCE / "tests" / "emulator" / "wasm"
TARGET = ["--target=wasm32", "-std=c11", "-ffreestanding", "-nostdlib", "-nostdinc", "-O2", "-Wall", "-Wextra", "-Werror"]
LISTS = ("MPROM_CELLS_C", "MPROM_MODEL_C", "MPROM_NOR_C", "MPROM_FLASH_C", "MPROM_RP2_FLASH_MODEL_C")


def build(folder):
    """Returns the module, in the folder."""
    headers = pathlib.Path(run("clang", "-print-resource-dir").stdout.strip()) / "include"
    module, memory = folder / "rp2.wasm", folder / "memory.o"
    includes = [f"-I{path}" for path in (LIBRARY, SOURCE, SOURCE / "include", SOURCE / "src")]
    run("clang", *TARGET, "-fno-builtin", "-isystem", headers, *includes, "-c", "-o", memory, LIBRARY / "memory.c")
    run("clang", *TARGET, "-isystem", headers, *includes, "-fvisibility=hidden", "-Wl,--no-entry,--export-dynamic", "-o", module,
        SOURCE / "tests" / "chips" / "rp2" / "wasm" / "rp2.c", memory,
        *(SOURCE / name for list_name in LISTS for name in sources(list_name)))
    return module
