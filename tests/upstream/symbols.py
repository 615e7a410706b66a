"""The libraries can be linked into MicroPython's ports: no public name of theirs is one of the ports'.

Each library is linked with an object that defines every function which a header of MicroPython's ports declares.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(os.environ["MPROM_BUILD_DIR"])
PORTS = pathlib.Path(os.environ["MICROPYTHON_DIR"]) / "ports"

LIBRARIES = ["src/romfs/libromfs.a", "src/wire/libwire.a", "src/flash/libflash.a", "src/rom/librom.a",
             "src/receiver/libreceiver.a", "src/romfs/libromfs_build.a", "src/client/libclient.a", "src/compile/libcompile.a",
             "chips/stm32/libstm32_driver.a"]
# Known to be there in 1.25 and later: if the search misses them, it finds nothing.
EXPECTED = {"flash_erase", "flash_write", "flash_get_sector_info", "storage_init", "led_init", "uart_init"}

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.S | re.M)
PROTOTYPE = re.compile(r"^[ \t]*(?!static\b|typedef\b|return\b|else\b)(?:extern\s+)?[A-Za-z_][\w \t]*?[ \t*]+(\w+)\s*\([^;{}()]*\)\s*;",
                       re.M)


def names_of_ports():
    names = set()
    for path in PORTS.rglob("*.h"):
        names |= set(PROTOTYPE.findall(COMMENT.sub(" ", path.read_text(errors="replace"))))
    return {name for name in names if not name.startswith("mprom_")}


def public_names(library):
    lines = subprocess.run(["nm", "-g", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    return {fields[2] for fields in map(str.split, lines.splitlines()) if len(fields) == 3}


def main():
    failed = False
    names = names_of_ports()
    if not EXPECTED <= names:
        sys.exit(f"symbols: the headers of MicroPython's ports do not declare {sorted(EXPECTED - names)}: adapt this test")
    with tempfile.TemporaryDirectory(prefix="mprom-test-") as name:
        folder = pathlib.Path(name)
        (folder / "ports.s").write_text("".join(f".globl {each}\n{each}:\n" for each in sorted(names)) + ".byte 0\n")
        subprocess.run(["as", "-o", folder / "ports.o", folder / "ports.s"], check=True)
        for library in LIBRARIES:
            found = public_names(BUILD / library)
            if not found:
                sys.exit(f"symbols: {library} defines nothing")
            foreign = sorted(each for each in found if not each.startswith("mprom_"))
            if foreign:
                print(f"symbols: {library} has public names without mprom_: {', '.join(foreign)}", file=sys.stderr)
                failed = True
            done = subprocess.run(["ld", "-r", "-o", folder / "linked.o", "--whole-archive", BUILD / library, "--no-whole-archive",
                                   folder / "ports.o"], capture_output=True, text=True)
            if done.returncode != 0:
                print(f"symbols: {library} cannot be linked with MicroPython's ports: {done.stderr}", file=sys.stderr)
                failed = True
    print(f"symbols: {len(LIBRARIES)} libraries beside {len(names)} functions of MicroPython's ports")
    return 1 if failed else 0


sys.exit(main())
