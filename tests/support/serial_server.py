"""A serial server: passes the bytes of one TCP connection at a time on to a board's port, and back.

    with SerialServer(board.port) as server:
        mprom("query", "-p", server.name)

As with ser2net a second connection is closed at once. `vanish_after` bytes to the board the connection is cut and
nobody listens any more. `greeting` is what the server itself says first, as one that speaks Telnet does.
"""

import os
import select
import socket
import threading
import time
import tty


class SerialServer:
    def __init__(self, board_port, family=socket.AF_INET, greeting=b"", vanish_after=None):
        self.board = os.open(board_port, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.board)
        self.greeting = greeting
        self.left = vanish_after
        self.passed = 0
        self.client = None
        self.listener = socket.create_server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family)
        host, self.tcp_port = self.listener.getsockname()[:2]
        self.name = f"socket://[{host}]:{self.tcp_port}" if ":" in host else f"socket://{host}:{self.tcp_port}"
        self.wake, self.woken = os.pipe()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        os.close(self.woken)
        self.thread.join()
        self.hang_up()
        self.listener.close()
        os.close(self.wake)
        os.close(self.board)

    def hang_up(self):
        if self.client:
            self.client.close()
            self.client = None

    def wait_until_free(self):
        """Until it has seen that a client was killed; before, it would refuse the next one."""
        while self.client:
            time.sleep(0.001)

    def accept(self):
        connection = self.listener.accept()[0]
        if self.client:
            connection.close()
        else:
            self.client = connection
            connection.sendall(self.greeting)

    def run(self):
        while True:
            from_board = [self.board] if self.client else []
            ready = select.select([self.listener, self.wake, *from_board, *([self.client] if self.client else [])], [], [])[0]
            if self.wake in ready:
                return
            if self.listener in ready:
                self.accept()
            if self.client in ready and not self.to_board():
                return
            if self.client and self.board in ready:
                self.to_client()

    def to_board(self):
        """Returns whether the server is still there."""
        try:
            data = self.client.recv(512)
        except ConnectionError:
            data = b""
        if not data:
            self.hang_up()
        if self.left is not None:
            data = data[: self.left]
            self.left -= len(data)
        self.passed += len(data)
        while data:
            data = data[os.write(self.board, data) :]
        if self.left == 0:
            self.hang_up()
            self.listener.close()
        return self.left != 0

    def to_client(self):
        try:
            self.client.sendall(os.read(self.board, 4096))
        except ConnectionError:
            self.hang_up()
