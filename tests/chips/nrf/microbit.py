"""The driver of the NVMC against a controller modelled by others: QEMU's microbit (nRF51822, Cortex-M0).

Runs microbit/main.c there and compares what it prints with what it must be. QEMU notes what the controller refuses:
nothing of what the driver does, and a mistake that is planted.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

from libraries import library_sources

SOURCE = pathlib.Path(os.environ["MPROM_SOURCE_DIR"])
HERE = SOURCE / "tests/chips/nrf/microbit"
SOURCES = [SOURCE / "arch/cortex_m/startup.c", SOURCE / "chips/nrf/driver/nvmc.c", HERE / "main.c", *library_sources("flash")]
FLAGS = ["-mcpu=cortex-m0", "-mthumb", "-Os", "-std=c11", "-ffreestanding", "-Wall", "-Wextra", "-Werror", "-nostartfiles",
         "--specs=nano.specs", "-ffunction-sections", "-Wl,--gc-sections", f"-I{SOURCE}", f"-I{SOURCE / 'include'}",
         f"-I{SOURCE / 'src'}", f"-T{HERE / 'microbit.ld'}"]

# QEMU notes that it reads the vectors before it has loaded the program; it reads them again.
BEFORE_LOADING = ("Invalid read at addr 0x0,", "Invalid read at addr 0x4,")

# QEMU's flash reads 0 until it is erased, and its FICR has 0x2000 where an nRF51 has CLENR0. 16 is EINVAL, 1e EROFS.
EXPECTED = """\
open 00000000
check 00000000
size 00040000
page 00000400
protected 00002000
read 00000000
before 00000000
erase 00000000
blank 00000001
read 00000000
left of it 00000000
read 00000000
right of it 00000000
program 00000000
wrong 00000000
read 00000000
behind it ffffffff
mode 00000000
program at 2 00000016
program of 6 00000016
erase at 512 00000016
read 00000000
as it was ffffffff
erase of 0 0000001e
first 00000000
again 00000000
read 00000000
both 30303030
mode 00000000
"""


def compare(what, seen, expected):
    if seen != expected:
        sys.exit(f"microbit: {what} differs; expected:\n{expected}seen:\n{seen}")


def run(folder, *defines):
    """What the program prints, and what QEMU notes."""
    program = folder / "program.elf"
    log = folder / "log"
    subprocess.run(["arm-none-eabi-gcc", *FLAGS, *defines, *map(str, SOURCES), "-o", program], check=True)
    log.write_text("")
    done = subprocess.run(
        ["qemu-system-arm", "-M", "microbit", "-nographic", "-monitor", "none", "-serial", "stdio", "-semihosting",
         "-no-reboot", "-kernel", program, "-d", "guest_errors", "-D", log],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    noted = [line for line in log.read_text().splitlines() if not line.startswith(BEFORE_LOADING)]
    return done.stdout.replace("\r", ""), "\n".join(noted[:10])


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        printed, noted = run(folder)
        compare("the output", printed, EXPECTED)
        compare("what QEMU notes", noted, "")
        printed, noted = run(folder, "-DMISTAKE=1")
        if "Flash write" not in noted:
            sys.exit(f"microbit: QEMU did not note a store without write mode: {noted!r}")
        print(EXPECTED, end="")


main()
