# Runs on the board, from /rom, when it starts. Change it, run `make demo` again, and see the output change.
import os
import sys

import limits
from greetings import greet

print(greet("ROMFS"))
print("limits was imported from", limits.__file__)
print("limits:", limits.SPEED_MAX, "mm/s,", len(limits.STEPS), "steps")

with open("/rom/data/größe.txt") as f:
    print("größe.txt:", f.read().strip())

with open("/rom/data/table.bin", "rb") as f:
    table = memoryview(f)  # the flash itself: nothing is copied to RAM
    print("table.bin:", len(table), "bytes in place, sum", sum(table))

print("MicroPython", ".".join(str(n) for n in sys.implementation.version[:3]), "sees", sorted(os.listdir("/rom")))
