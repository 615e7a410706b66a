"""Boards with stock MicroPython, for tests: SIM with --compat, and what such boards lack or do wrong beside their flash.

A kind of board is a shape of --compat, or "bare": a device of which no memoryview can be taken, as objects in Python are.
"""

import os
import pathlib
import time

from board import RAW_BANNER, Board, BoardError

SHAPES = ("view", "blocks", "device", "mram", "mram-blocks")
KINDS = (*SHAPES, "bare")
RANGED = ("blocks", "device", "mram-blocks", "bare")  # blocks of these can stay
MRAM = ("mram", "mram-blocks")
# Shapes with what else single ports do (docs/emulator.md), which not every test takes.
SECTORS = ("sectors", "sectors-inside", "h7")
MORE_RANGED = ("sectors", "h7", "samd", "samd-view")
MORE_SHAPES = (*SECTORS, "esp8266", "renesas-ra", "samd", "samd-view")
ALL_KINDS = (*KINDS, *MORE_SHAPES)
SIZE = 64 * 1024
SECTORS_SIZE = 512 * 1024
BLOCK = 4096

# Programs for boot.py.

POOR = """
import sys
class Nothing: pass
sys.modules["binascii"] = sys.modules["deflate"] = Nothing
"""

NO_DEFLATE = """
import sys
class Nothing: pass
sys.modules["deflate"] = Nothing
"""

PREVIEW = """
import sys
class Implementation(tuple):
    name = "micropython"
    version = (1, 29, 0, "preview")
    _mpy = sys.implementation._mpy
    _machine = sys.implementation._machine
class Sys: pass
for name in dir(sys):
    setattr(Sys, name, getattr(sys, name))
Sys.implementation = Implementation(("micropython", (1, 29, 0, "preview"), "", 0))
sys.modules["sys"] = Sys
"""

# Without a digest of contents: they are read.
NO_HASHES = """
import sys
class Nothing: pass
sys.modules["hashlib"] = Nothing
"""

# Digests, with the sizes of what they are made of in a file, as a deploy restarts Python in between.
COUNTED = """
import hashlib, sys
class Counted:
    def __init__(self):
        self.real = hashlib.sha256()
        self.digest = self.real.digest
    def update(self, data):
        with open("/counted", "a") as f:
            f.write("%d\\n" % len(data))
        self.real.update(data)
class Hashlib:
    sha256 = Counted
sys.modules["hashlib"] = Hashlib
"""

# What lies between the REPL and the interface of the flash. `see` is told of the arguments of each rom_ioctl().
BETWEEN = """
import sys
import vfs as real
class Device:
    def __init__(self, device):
        self.readblocks = device.readblocks
        self.ioctl = device.ioctl
        self.write = device.writeblocks
    def writeblocks(self, n, data, *off):
        self.write(n, change(data) if n == 0 and off == (0,) else data, *off)
def change(data):
    return data
def see(*args):
    pass
def rom_ioctl(op, *args):
    see(op, *args)
    if op == 4 and args[1] == 0:
        args = args[:2] + (change(args[2]),)
    answer = real.rom_ioctl(op, *args)
    return Device(answer) if op == 2 and hasattr(answer, "ioctl") else answer
class Vfs:
    rom_ioctl = staticmethod(rom_ioctl)
    mount = staticmethod(real.mount)
    umount = staticmethod(real.umount)
sys.modules["vfs"] = Vfs
"""

# The first bytes of an image become a wrong one's.
SPOILED_START = BETWEEN + """
def change(data):
    data = bytearray(data)
    data[8] = 0
    return data
"""

# Text is damaged on its way out, the third time, or cut on its way in, on a board that takes no frames.
GARBLES = """
import binascii, sys
class Garbling:
    crc32 = staticmethod(binascii.crc32)
    a2b_base64 = staticmethod(binascii.a2b_base64)
    count = 0
    @staticmethod
    def b2a_base64(data):
        text = bytearray(binascii.b2a_base64(data))
        Garbling.count += 1
        if Garbling.count == 3:
            text[100] = 65 if text[100] != 65 else 66
        return bytes(text)
sys.modules["binascii"] = Garbling
"""
LOSES = """
import binascii, sys
class Losing:
    crc32 = staticmethod(binascii.crc32)
    b2a_base64 = staticmethod(binascii.b2a_base64)
    @staticmethod
    def a2b_base64(text):
        data = binascii.a2b_base64(text)
        return data[:-4] if len(data) == 4096 else data
class Nothing: pass
sys.modules["binascii"] = Losing
sys.modules["select"] = Nothing
"""

# mprom's firmware from before it said that blocks differ in size, without anything in its segments.
OLD_DESCRIPTION = """
import sys, vfs
import romfs as real
class Romfs: pass
for name in dir(real):
    setattr(Romfs, name, getattr(real, name))
def describe(n, *ids):
    def line(*words):
        print("\\nmprom:%d" % n, *words)
    all = range(vfs.rom_ioctl(1))
    i = sys.implementation
    if not ids:
        line("link 2 4095 0")
        line("python 1.25.0", i._mpy, 62, 500000, sys.platform, i._machine)
        line("able 1 1 1 1 1 1")
        line("segments", len(all))
    for id in ids or all:
        line("segment", id, "view", len(vfs.rom_ioctl(2, id)), vfs.rom_ioctl(6, id))
        line("head", id, "-")
        line("seal", id, "-")
        line("slot", id, 0, 0, "rom%d" % id, "")
Romfs.describe = staticmethod(describe)
sys.modules["romfs"] = Romfs
"""

# mprom's firmware from before it had anything built in for transfers.
OLDER = """
import sys
import romfs as real
class Romfs: pass
for name in dir(real):
    if name not in ("describe", "digests", "digest", "crc", "receive"):
        setattr(Romfs, name, getattr(real, name))
sys.modules["romfs"] = Romfs
"""


def install_boot(board, text):
    """Gives a board a boot.py, and runs it."""
    with board.raw() as console:
        console.exec("f = open('/boot.py', 'w')")
        for at in range(0, len(text), 1000):
            console.exec(f"f.write({text[at : at + 1000]!r})")
        console.exec("f.close()")
        said = console.soft_reset()
        if said:
            raise AssertionError(f"boot.py: {said}")
        console.leave_raw()


def install_older(board):
    """Makes a running SIM one with mprom's older firmware: Python does what the client needs."""
    install_boot(board, OLDER)


class StockBoard(Board):
    """One that runs. Options are SIM's; with a state of an earlier one its flash is that one's."""

    def __init__(self, kind, *options, boot="", heap="1M", state=None):
        self.boot = BETWEEN + boot if kind == "bare" and BETWEEN not in boot else boot
        self.size = SECTORS_SIZE if kind in SECTORS else SIZE  # of the file that the segment lies in, from off on
        self.off = 64 * 1024 if kind == "sectors-inside" else 0
        super().__init__("--compat", "device" if kind == "bare" else kind, "--segment-size", str(self.size), "--heap",
                         heap, *options, state=state)
        self.options += ("--log", os.path.join(self.state, "log"))
        self.log_at = 0

    def start(self):
        super().start()
        if self.boot:
            install_boot(self, self.boot)

    def flash(self):
        """What the segment holds."""
        return pathlib.Path(self.state, "flash").read_bytes()[self.off : self.size]

    def put(self, contents, off=0):
        """Changes the flash behind everybody's back."""
        with open(os.path.join(self.state, "flash"), "r+b") as file:
            file.seek(off)
            file.write(contents)

    def operations(self):
        """The segment's since the last call: [("erase", 0, 4096), …]."""
        with open(os.path.join(self.state, "log")) as file:
            file.seek(self.log_at)
            text = file.read()
        text = text[: text.rfind("\n") + 1]
        self.log_at += len(text)
        lines = (line.split() for line in text.splitlines())
        return [(line[1], int(line[2]), int(line[3])) for line in lines if line[0] == "flash"]


def enter_raw(board):
    """A console in the raw REPL, whatever a board was left in: what it still takes for data is sent in vain."""
    console = board.console()
    for _ in range(5):
        console.write(b"\r\x03\x03")
        time.sleep(0.2)
        console.write(b"\r\x02\x01")
        try:
            console.read_until(RAW_BANNER, timeout_s=5)
            while console.read_available(0.3):
                pass  # answers to what was sent before
            return console
        except BoardError:
            pass
    raise BoardError("the board does not come back to its prompt")
