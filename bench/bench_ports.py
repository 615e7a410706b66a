"""What mprom adds to MicroPython's rp2 port on a Pico, with everything and with parts left out: text in flash, and RAM, beside
the same port with ROMFS alone."""

import os

from programs import SOURCE, run
from rows import at_most

VARIANTS = (("all", {}, 28), ("without boot", {"MPROM_BOOT": "0"}, 28), ("without link", {"MPROM_LINK": "0"}, 22), ("small", {"MPROM_SMALL": "1"}, 16))


def sizes(setting):
    """Bytes of text and of RAM of the firmware."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MPROM_")}
    run(SOURCE / "scripts" / "firmware", "rp2", "RPI_PICO", env={**environment, **setting}, timeout=3600)
    text, data, bss = run("arm-none-eabi-size", SOURCE / "build/firmware/rp2-RPI_PICO/firmware.elf").stdout.split("\n")[1].split()[:3]
    return int(text), int(data) + int(bss)


def measure(name):
    bare_text, bare_ram = sizes({"MPROM_NONE": "1"})
    for words, setting, limit in reversed(VARIANTS):
        text, ram = sizes(setting)
        yield at_most(f"{name}, {words}", text - bare_text, bare_text, limit << 10, "B", f"<= {limit} KiB")
    yield at_most(f"RAM{name.removeprefix('text')}, all", ram - bare_ram, bare_ram, 1 << 10, "B", "<= 1 KiB")


ROWS = [("text on RPI_PICO", measure)]
