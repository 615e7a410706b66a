"""Memory that a deploy of 20 MiB takes: on the board, with either receiver, and on the PC."""

import pathlib
import random
import subprocess
import tempfile
import time

from bench_deploy import told
from board import Board
from programs import MPROM
from romfs_writer import file, sealed_image
from rows import Row

SIZE = 20 << 20
SMALL_SIZE = 100_000
SEGMENT_SIZE = "32M"
RAM_MAX = 16 * 1024
PC_MAX = 8 << 20
STEP = 256

# The firmware's receiver finds all memory taken but one range of so many bytes.
LEAVES = """
import gc, sys
import romfs as real
class Romfs:
    received = False
for name in dir(real):
    setattr(Romfs, name, getattr(real, name))
def receive(*args):
    gc.collect()
    room = bytearray(ROOM)
    taken = None
    for size in (8192, 1024, 128, 32):
        try:
            while True:
                taken = [taken, bytearray(size)]
        except MemoryError:
            pass
    room = None
    gc.collect()
    result = real.receive(*args)
    Romfs.received = True
    return result
Romfs.receive = receive
sys.modules["romfs"] = Romfs
"""

# What is alive whenever a receiver in Python writes, beyond what was when the board had started.
WATCHES = """
import gc, sys
import vfs as real
class Vfs:
    most = 0
    mount = staticmethod(real.mount)
    umount = staticmethod(real.umount)
def rom_ioctl(op, *args):
    if op == 4:
        gc.collect()
        Vfs.most = max(Vfs.most, gc.mem_alloc() - Vfs.base)
    return real.rom_ioctl(op, *args)
Vfs.rom_ioctl = rom_ioctl
sys.modules["vfs"] = Vfs
gc.collect()
Vfs.base = gc.mem_alloc()
"""


def boot(board, text):
    with board.raw() as console:
        console.exec(f"f = open('/boot.py', 'w')\nf.write({text!r})\nf.close()")
        console.soft_reset()
        console.leave_raw()


def deploy(board, segment, image):
    """Whether it worked, and the most memory that the client's process had, in bytes."""
    most = 0
    client = subprocess.Popen([str(MPROM), "deploy", "-q", "--full", "--no-restart", "-n", str(segment), "-p", board.port,
                               str(image)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while client.poll() is None:
        try:
            status = pathlib.Path(f"/proc/{client.pid}/status").read_text()
            most = max([most, *(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))])
        except OSError:
            pass
        time.sleep(0.01)
    return client.returncode == 0, most


def make(folder, size):
    """An image that is worth compressing, so that the board has to inflate it."""
    choose = random.Random(1)
    words = [choose.randbytes(choose.randrange(2, 9)) for _ in range(500)]
    text = b"".join(choose.choice(words) for _ in range(20_000))
    path = folder / f"{size}.romfs"
    path.write_bytes(sealed_image(file("data.bin", (text * (size // len(text) + 1))[:size])))
    return path


def taken(name, size, limit, unit, goal):
    return Row(name, f"{size} {unit}", "-", "-", goal, size <= limit)


def receives(image, room):
    with Board("--plain", "--segment-size", SEGMENT_SIZE) as board:
        boot(board, LEAVES.replace("ROOM", str(room)))
        worked, _ = deploy(board, 2, image)
        with board.raw() as console:
            return worked and console.eval("__import__('romfs').received")


def least_room(image):
    too_little, enough = 0, 32 * 1024
    while enough - too_little > STEP:
        room = (too_little + enough) // 2
        too_little, enough = (too_little, room) if receives(image, room) else (room, enough)
    return enough


def measure_firmware(name):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        room = least_room(make(folder, SMALL_SIZE))
        if not receives(make(folder, SIZE), room):
            raise RuntimeError(f"{room} bytes are enough for {SMALL_SIZE} bytes, but not for {SIZE}")
        yield taken(name, room, RAM_MAX, "B", "<= 16 KiB")


def measure_python(name):
    with tempfile.TemporaryDirectory() as folder, Board("--compat", "view", "--segment-size", SEGMENT_SIZE) as board:
        boot(board, WATCHES)
        image = make(pathlib.Path(folder), SIZE)
        worked, _ = deploy(board, 0, image)
        if not worked:
            raise RuntimeError("the deploy failed")
        with board.raw() as console:
            yield taken(name, console.eval("__import__('vfs').most"), RAM_MAX, "B", "<= 16 KiB")


def measure_pc(name):
    with tempfile.TemporaryDirectory() as folder:
        image = make(pathlib.Path(folder), SIZE)
        for kind, options, segment in (("mprom", ("--plain",), 2), ("stock", ("--compat", "view"), 0)):
            with Board(*options, "--segment-size", SEGMENT_SIZE) as board:
                worked, most = deploy(board, segment, image)
            if not worked:
                raise RuntimeError("the deploy failed")
            yield taken(f"{name}, {kind}", (most - image.stat().st_size) >> 10, PC_MAX >> 10, "KiB", "<= 8 MiB")


ROWS = [
    ("deploy 20 MiB, RAM of mprom", told(measure_firmware)),
    ("deploy 20 MiB, RAM of stock", told(measure_python)),
    ("deploy 20 MiB, PC memory", told(measure_pc)),
]
