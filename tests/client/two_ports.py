"""One board behind two ports, as an ESP32-S3 has a UART and USB: what it prints goes to both, and what comes to either
goes to it."""

import json
import os
import pty
import select
import threading
import tty

from board import started


class TwoPorts:
    """Two terminals that both lead to one board's. `passed` counts what clients have sent to each."""

    def __init__(self, board):
        self.board = os.open(board.port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.board)
        self.ends, self.held = zip(*(pty.openpty() for _ in range(2)))
        for fd in self.held:
            tty.setraw(fd)
        for fd in self.ends:
            os.set_blocking(fd, False)
        self.ports = [os.ttyname(fd) for fd in self.held]
        self.passed = [b"", b""]
        self.woken, self.wake = os.pipe()
        self.thread = threading.Thread(target=self._pass_on)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.wake)
        self.thread.join()
        for fd in (self.board, self.woken, *self.ends, *self.held):
            os.close(fd)

    def register(self, run_dir):
        """Puts both on the list of running boards, so that --all finds them."""
        for number, port in enumerate(self.ports):
            entry = {"board": "SIM", "port": port, "pid": os.getpid(), "start": started(os.getpid())}
            with open(os.path.join(run_dir, f"two-ports-{number}.json"), "w") as file:
                json.dump(entry, file)

    @staticmethod
    def _write(fd, data, waits):
        while data:
            try:
                data = data[os.write(fd, data) :]
            except BlockingIOError:
                if not waits:
                    return  # nobody reads there
                select.select([], [fd], [], 1)

    def _pass_on(self):
        while True:
            ready = select.select([self.woken, self.board, *self.ends], [], [])[0]
            if self.woken in ready:
                return
            if self.board in ready:
                data = os.read(self.board, 65536)
                for fd in self.ends:
                    self._write(fd, data, False)
            for number, fd in enumerate(self.ends):
                if fd in ready:
                    data = os.read(fd, 256)
                    self.passed[number] += data
                    self._write(self.board, data, True)
