"""The SPI-NOR driver against a chip modelled by others: QEMU's ast1030-evb (Cortex-M4) with a w25q256.

Runs ast1030/main.c there over a flash file, and compares what it prints with the chip's data sheet, and what is in the
file afterwards with what it was told to write.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

from libraries import library_sources

SOURCE = pathlib.Path(os.environ["MPROM_SOURCE_DIR"])
HERE = SOURCE / "tests/flash/ast1030"
SOURCES = [HERE / "start.c", HERE / "main.c",
           *library_sources("flash")]
FLAGS = ["-mcpu=cortex-m4", "-mthumb", "-Os", "-std=c11", "-ffreestanding", "-Wall", "-Wextra", "-Werror",
         "-nostartfiles", f"-I{SOURCE / 'include'}", f"-I{SOURCE / 'src'}", f"-T{HERE / 'ast1030.ld'}"]
MIB = 1 << 20
# What QEMU's chip may complain of: it does not know FFh, which means nothing to a chip that is in no special mode, and
# its own table promises the 32K erase of which it then says that the part has none (it erases all the same).
KNOWN_COMPLAINTS = {"M25P80: Unknown cmd ff", "M25P80: 32768 erase size not supported by device"}
SIZE = 32 * MIB
MIDDLE = 16 * MIB

# W25Q256FV data sheet, and the fact that the driver needs four address bytes to reach all of it.
EXPECTED = """\
start ok
id 00ef4019
size 02000000
page 00000100
erase 00001000
large 00008000
large 00010000
address 00000004
read 0000000b
low 11121314
high 21222324
last 31323334
erase ok
program ok
read ok
wrong 00000000
blank 00000001
sync ok
"""


def make_flash(path):
    contents = bytearray(b"\xff" * SIZE)
    contents[0x100:0x104] = bytes.fromhex("11121314")
    contents[MIDDLE + 0x100:MIDDLE + 0x104] = bytes.fromhex("21222324")
    contents[SIZE - 4:] = bytes.fromhex("31323334")
    # What the erase must take away, and its neighbours, which it must not.
    contents[MIDDLE - 4096 - 8:MIDDLE - 4096 + 8] = bytes(16)
    contents[MIDDLE + 98304 - 8:MIDDLE + 98304 + 8] = bytes(16)
    path.write_bytes(contents)
    return contents


def expect_flash(contents):
    contents[MIDDLE - 4096:MIDDLE + 98304] = b"\xff" * (4096 + 98304)
    contents[MIDDLE - 300:MIDDLE + 724] = bytes((i * 7 + (i >> 8)) & 0xff for i in range(1024))
    return contents


def compare(what, seen, expected):
    if seen != expected:
        sys.exit(f"ast1030: {what} differs; expected:\n{expected}seen:\n{seen}")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run(["arm-none-eabi-gcc", *FLAGS, *map(str, SOURCES), "-o", folder / "program.elf"], check=True)
        contents = make_flash(folder / "flash.bin")
        done = subprocess.run(
            ["qemu-system-arm", "-M", "ast1030-evb,fmc-model=w25q256", "-nographic", "-monitor", "none", "-serial",
             "stdio", "-semihosting", "-kernel", folder / "program.elf", "-drive",
             f"file={folder / 'flash.bin'},format=raw,if=mtd", "-d", "guest_errors", "-D", folder / "log"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        compare("the output", done.stdout.replace("\r", ""), EXPECTED)
        complaints = {line for line in (folder / "log").read_text().splitlines() if line.startswith("M25P80")}
        compare("what QEMU's chip complains of", "\n".join(sorted(complaints - KNOWN_COMPLAINTS)), "")
        written = (folder / "flash.bin").read_bytes()
        expected = expect_flash(contents)
        wrong = [off for off in range(0, SIZE, 256) if written[off:off + 256] != expected[off:off + 256]]
        if wrong:
            sys.exit(f"ast1030: the flash differs in {len(wrong)} pages, first at {wrong[0]:#x}")
        print(done.stdout, end="")


main()
