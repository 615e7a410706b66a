"""The SPI-NOR driver's text for a Cortex-M4 with -Os, and that it needs nothing that a board may not have."""

import os
import pathlib
import subprocess
import sys
import tempfile

from libraries import sources

SOURCE = pathlib.Path(os.environ["MPROM_SOURCE_DIR"])
SOURCES = sources("MPROM_SPI_NOR_C")
# With a controller's driver (QUADSPI, OCTOSPI) it may have 4 KB.
TEXT_LIMIT = 2624
ALLOWED = {"memcpy", "memset", "mprom_flash_geometry_check"}


def tool(name, *args):
    done = subprocess.run([f"arm-none-eabi-{name}", *map(str, args)], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def main():
    with tempfile.TemporaryDirectory() as name:
        objects = [pathlib.Path(name) / f"{pathlib.Path(source).stem}.o" for source in SOURCES]
        for source, target in zip(SOURCES, objects):
            tool("gcc", "-mcpu=cortex-m4", "-mthumb", "-Os", "-std=c11", "-ffreestanding", f"-I{SOURCE / 'include'}",
                 f"-I{SOURCE / 'src'}", "-c", SOURCE / source, "-o", target)
        text, data, bss = (sum(column) for column in
                           zip(*(map(int, line.split()[:3]) for line in tool("size", *objects).splitlines()[1:])))
        symbols = [line.split() for line in tool("nm", *objects).splitlines() if line and not line.endswith(":")]
    defined = {fields[-1] for fields in symbols if fields[-2] != "U"}
    foreign = {fields[-1] for fields in symbols if fields[-2] == "U"} - defined - ALLOWED
    print(f"SPI-NOR driver: {text} bytes of text on a Cortex-M4, limit {TEXT_LIMIT}")
    if not defined or text > TEXT_LIMIT or data or bss or foreign:
        sys.exit(f"spi_nor_size: text {text}, data {data}, bss {bss}, needs {sorted(foreign)}")


main()
