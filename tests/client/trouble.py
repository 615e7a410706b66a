"""Programs that make a board hard to reach, for its main.py or boot.py, and boards that run them."""

import os
import signal
import subprocess

from board import BoardError
from programs import MPROM
from stock_board import StockBoard

HEAP = "64K"
PRESS_S = 10  # longer than a board takes to start


def full_memory(left):
    """Leaves so many bytes of the heap, and keeps the rest also when Ctrl-C has ended it."""
    return f"""
import gc
eaten = []
def eat(size):
    try:
        while gc.mem_free() > {left} + 2 * size:
            eaten.append(bytearray(size))
    except MemoryError:
        pass
gc.collect()
eat(1024)
eat(16)
gc.collect()
print("running")
import time
while True:
    time.sleep(1)
"""


def install(board, name, text):
    """Puts a program onto a board, which does not run yet."""
    with board.raw() as console:
        console.exec(f"f = open('/{name}', 'w')")
        for at in range(0, len(text), 1000):
            console.exec(f"f.write({text[at : at + 1000]!r})")
        console.exec("f.close()")
        console.leave_raw()


def prepare(kind, state, main="", boot=""):
    """Puts programs onto the board whose flash is in a folder. It need not be reachable afterwards."""
    with StockBoard(kind, state=state) as board:
        if boot:
            install(board, "boot.py", boot)
        if main:
            install(board, "main.py", main)


def press_reset(board, until=b"running"):
    """Returns when the main of a board has begun. What it says may be cut by another task's line: then once more."""
    for _ in range(10):
        with board.console() as console:
            board.process.send_signal(signal.SIGUSR1)
            try:
                return console.read_until(until, timeout_s=PRESS_S)
            except BoardError as error:
                said = str(error)[-200:]
    raise BoardError(f"main does not begin: {said}")


def run_mprom(*args, timeout_s=120, **kwargs):
    return subprocess.run([MPROM, *map(str, args)], capture_output=True, text=True, timeout=timeout_s, **kwargs)


def image_path(state):
    return os.path.join(state, "image.romfs")
