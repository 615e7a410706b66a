"""What mprom adds to MicroPython's rp2 port on a Pico: text in flash, and RAM, with everything and with parts left out.

Both are read from the linker's map: what our objects have there, less MicroPython's own VfsRom, which ours replaces.
"""

import os
import re

from programs import SOURCE, run
from rows import at_most

MAP = SOURCE / "build" / "firmware" / "rp2-RPI_PICO" / "firmware.elf.map"
# Its sections on an RP2040, by the same compiler and flags: 1,590 bytes on a Cortex-M4 (shared/micropython.md).
TEXT, RAM = (".text", ".rodata", ".time_critical"), (".data", ".bss")
SECTION = re.compile(r"^ (\.[\w.$-]+)\s+(?:0x[0-9a-f]+)\s+(0x[0-9a-f]+) (\S+)$", re.MULTILINE)


def sizes():
    """Bytes of text and RAM that our objects have in the program."""
    text = MAP.read_text(errors="replace")
    text = text[text.index("Linker script and memory map"):]
    text = re.sub(r"^( \.[\w.$-]+)\n\s+", r"\1 ", text, flags=re.MULTILINE)
    ours = [(name, int(size, 16)) for name, size, file in SECTION.findall(text) if str(SOURCE) in file and "/deps/" not in
            file.replace(str(SOURCE), "", 1)]
    return [sum(size for name, size in ours if name.startswith(kind)) for kind in (TEXT, RAM)]


def measure(name):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MPROM_")}
    for words, setting, limit in (("all", {}, 28), ("without link", {"MPROM_LINK": "0"}, 22), ("small", {"MPROM_SMALL": "1"}, 16)):
        run(SOURCE / "scripts" / "firmware", "rp2", "RPI_PICO", env={**environment, **setting}, timeout=3600)
        text, ram = sizes()
        yield at_most(f"{name}, {words}", text, 0, limit << 10, "B", f"<= {limit} KiB")
        if not setting:
            yield at_most("RAM on RPI_PICO, all", ram, 0, 1 << 10, "B", "<= 1 KiB")


ROWS = [("text on RPI_PICO", measure)]
