"""The driver of MRAM and the update layers on a Cortex-M55 modelled by others: QEMU's mps3-an547.

Runs mps3/main.c there and compares what it prints with what it must be. RAM stands for MRAM. A store while the driver has
MRAM closed must be a fault, and each granule be written by two 64-bit stores.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

from libraries import library_sources
from romfs_writer import file, sealed_image

SOURCE = pathlib.Path(os.environ["MPROM_SOURCE_DIR"])
HERE = SOURCE / "tests/chips/alif/mps3"
DRIVER = SOURCE / "chips/alif/driver/mram.c"
LOAD = SOURCE / "chips/alif/driver/mram_load.c"
SOURCES = [SOURCE / "arch/cortex_m/startup.c", DRIVER, LOAD, HERE / "main.c",
           *(path for name in ("flash", "rom", "romfs") for path in library_sources(name) if "spi_nor" not in path.name)]
FLAGS = ["-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard", "-mfpu=auto", "-Os", "-std=c11", "-ffreestanding", "-Wall", "-Wextra",
         "-Werror", "-ffunction-sections", f"-I{SOURCE}", f"-I{SOURCE / 'include'}", f"-I{SOURCE / 'src'}"]
LINK = ["-nostartfiles", "--specs=nano.specs", "-Wl,--gc-sections", f"-T{HERE / 'mps3.ld'}"]
OLD = sealed_image(file("old.bin", bytes(range(251)) * 40))
NEW = sealed_image(file("new.bin", bytes(reversed(range(241))) * 60))
OPENED = "open 00000000\ncheck 00000000\ninit 00000000\n"
# While it is written, an image has the opposite of 00 in place of its first three bytes, or what was blank; 3 is "sealed", 1e
# EROFS.
UPDATED = ("begin 00000000\nwrite 00000000\nstarts with 00{start}\ncommit 00000000\ndiffers 00000000\nverify 00000000\n"
           "state 00000003\nsize {size:08x}\n")
EXPECTED = (OPENED + UPDATED.format(start="000000", size=len(OLD)) + UPDATED.format(start="ffffff", size=len(NEW))
            + "outside 0000001e\nerase 00000000\nblank 00000001\n")


def write_images(folder):
    def array(name, made):
        return f"static const unsigned char {name}[] = {{{','.join(map(str, made))}}};\n"

    (folder / "images.h").write_text(array("old_image", OLD) + array("new_image", NEW))


def run(folder, *defines):
    """What the program prints."""
    program = folder / "program.elf"
    subprocess.run(["arm-none-eabi-gcc", *FLAGS, *LINK, f"-I{folder}", *defines, *map(str, SOURCES), "-o", program], check=True)
    done = subprocess.run(["qemu-system-arm", "-M", "mps3-an547", "-nographic", "-monitor", "none", "-serial", "none",
                           "-semihosting-config", "enable=on,target=native", "-no-reboot", "-kernel", program],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    return done.stdout.replace("\r", "")


def compare(what, seen, expected):
    if seen != expected:
        sys.exit(f"mps3: {what} differs; expected:\n{expected}seen:\n{seen}")


def stores(folder, cpu):
    """The stores of the function that writes a granule."""
    compiled = folder / "mram.o"
    subprocess.run(["arm-none-eabi-gcc", *FLAGS, f"-mcpu={cpu}", "-c", DRIVER, "-o", compiled], check=True)
    listing = subprocess.run(["arm-none-eabi-objdump", "-d", "-j", ".ramfunc", compiled], check=True, capture_output=True,
                             text=True).stdout
    body = listing.split("<granule_write>:")[1].split("\n\n")[0]
    return [found for found in re.findall(r"\t(v?st\w*(?:\.\w+)?)\t([^\n]*)", body)]


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_images(folder)
        compare("the output", run(folder), EXPECTED + "end\n")
        compare("the output of a store to closed MRAM", run(folder, "-DMISTAKE=1"), EXPECTED)
        for cpu in ("cortex-m33", "cortex-m55"):
            words = [store for store, _ in stores(folder, cpu)]
            if words.count("strd") != 2 or not set(words) <= {"strd", "str.w", "str", "stmdb"}:
                sys.exit(f"mps3: the stores of a granule on {cpu} are {words}, not two of 64 bits and one to clean the line")
        print(EXPECTED, end="")


main()
