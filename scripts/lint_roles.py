"""Which folders may include which. scripts/lint_tree.py runs it.

A role is a pattern of a folder; * is one folder, and the same one on both sides: chips/*/driver of a family may use
chips/*/regs of that family. A file belongs to the longest pattern that fits.
"""

import pathlib
import re

import romfs_files

CLIENT = ["src/client/link", "src/client/repl", "src/client/board", "src/client/transfer", "src/client/deploy"]

# Role -> roles that it may include from, besides itself and include/mprom.
ROLES = {
    "src/romfs": [],
    "src/flash": [],
    "src/rom": ["src/romfs", "src/flash"],
    "src/wire": ["src/romfs"],
    "src/receiver": ["src/rom", "src/wire", "src/romfs", "src/flash"],
    "src/compile": ["src/compile/micropython"],
    "src/compile/micropython": [],
    **{folder: [*CLIENT[:number], "src/wire", "src/romfs"] for number, folder in enumerate(CLIENT)},
    "src/client": [*CLIENT, "src/wire", "src/romfs"],
    "arch": [],
    "arch/cortex_m": ["arch"],
    "emulator/array": ["src/flash"],
    "emulator/model": ["emulator/array"],
    "emulator/parts": ["emulator/array", "emulator/model"],
    "emulator/host": ["emulator/array", "emulator/model"],
    "emulator/machine": ["emulator/array", "emulator/model", "emulator/host"],
    "emulator/programs/link": ["emulator/host"],
    "emulator/programs/machine": ["emulator/host", "emulator/machine"],
    "micropython": ["src/receiver", "src/rom", "src/wire", "src/romfs"],
    "micropython/romfs": ["micropython", "src/receiver", "src/rom", "src/wire", "src/romfs", "emulator/array"],
    "micropython/firmware": ["micropython", "micropython/romfs"],
    "micropython/port": ["micropython", "micropython/romfs", "arch"],
    "micropython/port/*": ["micropython/port"],
    "micropython/port/stm32": ["micropython/port", "arch", "arch/cortex_m", "chips/stm32/driver", "chips/stm32/regs"],
    "micropython/port/alif": ["micropython/port", "chips/alif/driver"],
    "chips/kit": ["arch", "arch/cortex_m", "micropython/firmware"],
    "chips/*": ["chips/kit"],
    "chips/*/regs": [],
    "chips/*/driver": ["arch", "arch/cortex_m", "chips/*/regs"],
    "chips/*/rom": ["arch", "chips/*/regs"],
    "chips/*/boot2": ["arch", "chips/*/regs"],
    "chips/*/port": ["arch", "arch/cortex_m", "chips/kit", "chips/*", "chips/*/regs", "chips/*/driver"],
    "chips/*/boot": ["arch", "arch/cortex_m", "chips/*/regs", "chips/*/port"],
    "chips/*/boards/*": ["chips/*", "chips/kit"],
    "chips/*/model": ["chips/*", "chips/kit", "chips/kit/model", "emulator/array", "emulator/model", "emulator/parts", "emulator/machine",
                      "emulator/host"],
    # The family whose boards are programs on the PC: its driver is the emulator's cells, its port the emulator's host.
    "chips/sim": ["chips/kit"],
    "chips/sim/driver": ["emulator/array"],
    "chips/sim/model": ["chips/sim", "chips/sim/driver", "chips/kit", "chips/kit/model", "emulator/machine"],
    "chips/sim/compat": ["micropython", "micropython/firmware"],
    "chips/sim/port": ["chips/sim", "chips/sim/driver", "chips/sim/compat", "chips/kit", "emulator/array", "emulator/host",
                       "micropython/firmware"],
    "cli": ["src/client", "src/client/link", "src/compile", "src/romfs"],
}

# Public headers that a folder of the libraries may use: its own and those of the layers below.
HEADERS = {
    "src/romfs": {"error.h", "small.h", "romfs.h", "romfs_check.h", "romfs_build.h"},
    "src/flash": {"error.h", "flash.h", "spi_nor.h"},
    "src/rom": {"error.h", "small.h", "romfs.h", "romfs_check.h", "flash.h", "rom.h", "rom_slot.h"},
    "src/wire": {"romfs.h", "wire.h", "digest.h"},
    "src/receiver": {"error.h", "romfs.h", "rom.h", "receiver.h", "digest.h", "wire.h"},
    "src/compile": {"error.h"},
    "src/client": {"error.h", "romfs.h", "romfs_check.h", "client.h", "client_board.h", "wire.h", "digest.h"},
}

FREESTANDING_HEADERS = {"stdint.h", "stddef.h", "stdbool.h", "limits.h", "string.h"}
FREESTANDING = re.compile(r"(src/(flash|rom|wire|receiver)|arch|chips/[^/]+/(driver|rom|boot2))/")

# They are found by MicroPython's makefiles and headers, which know no path of this tree.
BARE_INCLUDES = ("micropython/firmware/machine_port.inc", "src/compile/micropython/")

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^">]+)[>"]', re.M)
ROOTS = ("", "src/", "include/")


def _pattern(role):
    return re.compile("/".join("([^/]+)" if part == "*" else re.escape(part) for part in role.split("/")) + "$")


_PATTERNS = sorted(((role, _pattern(role)) for role in ROLES), key=lambda pair: -len(pair[0]))


def role_of(folder):
    """(role, what * stands for), or None for a folder that has no rules: tests, examples."""
    for role, pattern in _PATTERNS:
        found = pattern.match(folder)
        if found:
            return role, found.groups()
    return None


def _may_use(role, family, folder):
    for other in [*ROLES[role], role]:
        found = _pattern(other).match(folder)
        if found and (not found.groups() or not family or found.groups()[0] == family[0]):
            return True
    return False


def is_freestanding(name):
    return FREESTANDING.match(name) is not None or (name.startswith("src/romfs/") and not romfs_files.is_host(name))


def _public_fault(name, header):
    for folder, headers in HEADERS.items():
        if name.startswith(folder + "/") and header not in headers:
            return f"includes <mprom/{header}>, which belongs to a layer above"
    return None


def faults(name, text, names):
    """Faults of the includes of one file; names are all files of the tree."""
    folder = str(pathlib.PurePosixPath(name).parent)
    found = role_of(folder)
    if found is None:
        return
    role, family = found
    for bracket, header in INCLUDE.findall(text):
        if header.startswith("mprom/"):
            fault = _public_fault(name, header.removeprefix("mprom/"))
            if fault:
                yield fault
        elif bracket == "<":
            if is_freestanding(name) and header not in FREESTANDING_HEADERS:
                yield f"is freestanding and includes <{header}>"
        elif f"{folder}/{header}" in names and f"{folder}/{header}" != header:
            if not name.startswith(BARE_INCLUDES):
                yield f'includes "{header}": name its path from the top of the tree (from src/ for what lies there)'
        else:
            paths = [root + header for root in ROOTS if root + header in names]
            if paths and not _may_use(role, family, str(pathlib.PurePosixPath(paths[0]).parent)):
                yield f'includes "{header}": {role} may not use {pathlib.PurePosixPath(paths[0]).parent}'
