"""A link that damages what passes: a pty for the client, and behind it the port of a board.

    with LossyLink(board.port, [Fault("lose", "board", 1234)]) as link:  # or "double", "flip", "stall", "late"
        deploy(link.port)

A fault happens once, at the so-manieth byte on the way to "board" or to "client".
"""

import collections
import os
import pty
import select
import threading
import time
import tty

PAUSES_S = {"stall": 5, "late": 1}  # in which nothing passes; a PC or a board that is busy is late
CTRL_C = b"\x03"

Fault = collections.namedtuple("Fault", "kind direction at count", defaults=(1,))


def flip(byte, bit):
    """Another byte, but not Ctrl-C."""
    flipped = byte ^ 1 << bit
    return flipped if flipped != CTRL_C[0] else byte ^ 0xFF


class LossyLink:
    def __init__(self, board_port, faults=(), seven_bits=False):
        self.faults = {"board": [], "client": []}
        for fault in faults:
            self.faults[fault.direction].append(fault)
        self.mask = 0x7F if seven_bits else 0xFF
        self.passed = {"board": 0, "client": 0}
        self.client, slave = pty.openpty()
        tty.setraw(slave)
        self.slave = slave  # kept open, so that a client that ends does not end the link
        self.port = os.ttyname(slave)
        self.board = os.open(board_port, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.board)
        self.wake, self.woken = os.pipe()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        os.close(self.woken)
        self.thread.join()
        for fd in (self.client, self.slave, self.board, self.wake):
            os.close(fd)

    def run(self):
        while True:
            ready = select.select([self.client, self.board, self.wake], [], [])[0]
            if self.wake in ready:
                return
            for fd, to, direction in ((self.client, self.board, "board"), (self.board, self.client, "client")):
                if fd in ready:
                    self.write(to, self.damage(direction, os.read(fd, 512)))

    def write(self, fd, data):
        while data and not select.select([self.wake], [], [], 0)[0]:
            if select.select([], [fd], [], 0.1)[1]:
                data = data[os.write(fd, data[:256]) :]

    def damage(self, direction, data):
        start = self.passed[direction]
        self.passed[direction] += len(data)
        for fault in self.faults[direction]:
            at = fault.at - start
            if 0 <= at < len(data):
                hit = data[at : at + fault.count]
                if fault.kind in PAUSES_S:
                    time.sleep(PAUSES_S[fault.kind])
                    continue
                put = {"lose": b"", "double": hit + hit, "flip": bytes(flip(byte, at % 8) for byte in hit)}[fault.kind]
                data = data[:at] + put + data[at + len(hit) :]
        return bytes(byte & self.mask for byte in data) if self.mask != 0xFF else data
