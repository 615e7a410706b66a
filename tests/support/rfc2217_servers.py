"""Serial servers that speak RFC 2217, on ports of this host that the kernel chooses.

    with Ser2net(board.port) as server:
        mprom("query", "-p", server.names[0])

Ser2net is the program of Debian, PySerial the server side of pyserial: two that know nothing of each other.
"""

import contextlib
import os
import pathlib
import select
import socket
import subprocess
import tempfile
import threading
import time

import serial
import serial.rfc2217

SER2NET = "/usr/sbin/ser2net"
TIMEOUT_S = 60  # only ever reached when something is wrong


class Ser2net:
    """One process, with a TCP port for each board. `telnet` is what its ports speak; raw TCP if that is empty."""

    def __init__(self, *boards, telnet="telnet(rfc2217),"):
        self.config = "".join(
            f"connection: &board{i}\n"
            f"  accepter: {telnet}tcp,127.0.0.1,0\n"
            f"  connector: serialdev,{board},115200n81,local\n"
            for i, board in enumerate(boards))
        self.names = []
        self.process = None

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        config = pathlib.Path(self.folder.name, "ser2net.yaml")
        config.write_text("%YAML 1.1\n---\n" + self.config)
        # -u: no lock files in the system's folder
        self.process = subprocess.Popen([SER2NET, "-n", "-u", "-c", config, "-P", config.with_suffix(".pid")],
                                        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.names = [f"rfc2217://127.0.0.1:{port}" for port in self.await_ports()]
        except BaseException:
            self.__exit__()
            raise
        return self

    def await_ports(self):
        end = time.monotonic() + TIMEOUT_S
        while len(ports := self.listening()) < self.config.count("accepter"):
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("ser2net does not listen")
            time.sleep(0.01)
        return ports

    def __exit__(self, *_):
        self.kill()
        self.folder.cleanup()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def written(self):
        """Bytes that the process has written to boards; what goes to clients is not among them."""
        counts = pathlib.Path(f"/proc/{self.process.pid}/io").read_text().splitlines()
        return next(int(line.split()[1]) for line in counts if line.startswith("wchar:"))

    def listening(self):
        """The TCP ports that the process listens at, in the order in which it opened them."""
        folder = f"/proc/{self.process.pid}/fd"
        links = []
        for fd in sorted(os.listdir(folder), key=int):
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                links.append(os.readlink(os.path.join(folder, fd)))
        table = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
        ports = {f"socket:[{row[9]}]": int(row[1].split(":")[1], 16) for row in table if row[3] == "0A"}
        return [ports[link] for link in links if link in ports]


class Port(serial.Serial):
    """The terminal of an emulated board. It has no modem lines, so they are made up; what was asked of them is kept,
    as is each rate that was set."""

    cts = dsr = cd = True
    ri = False

    def __init__(self, path, baud_max):
        self.asked = []
        self.baud_max = baud_max
        super().__init__(path, 115200, timeout=0, exclusive=False)
        self.asked.clear()

    def _update_dtr_state(self):
        self.asked.append(("dtr", self._dtr_state))

    def _update_rts_state(self):
        self.asked.append(("rts", self._rts_state))

    def _reconfigure_port(self, force_update=False):
        if self._baudrate > self.baud_max:
            raise ValueError("no such rate")
        super()._reconfigure_port(force_update)
        self.asked.append(("baud", self._baudrate))


class SevenBits(Port):
    """A port that has 7 data bits whatever it is told."""

    bytesize = property(lambda self: serial.SEVENBITS, lambda self, size: setattr(self, "_bytesize", serial.EIGHTBITS))


class PySerial:
    def __init__(self, board, baud_max=921600, kind=Port):
        self.port = kind(board, baud_max)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.names = [f"rfc2217://127.0.0.1:{self.listener.getsockname()[1]}"]
        self.wake, self.woken = os.pipe()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        os.close(self.woken)
        self.thread.join()
        self.listener.close()
        os.close(self.wake)
        self.port.close()

    def run(self):
        while self.wake not in select.select([self.listener, self.wake], [], [])[0]:
            with self.listener.accept()[0] as client:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.serve(client)

    def serve(self, client):
        class Connection:
            write = staticmethod(client.sendall)

        manager = serial.rfc2217.PortManager(self.port, Connection)
        try:
            while True:
                ready = select.select([client, self.port, self.wake], [], [])[0]
                if self.wake in ready:
                    return
                if client in ready:
                    data = client.recv(4096)
                    if not data:
                        return
                    for byte in manager.filter(data):
                        self.port.write(byte)
                if self.port in ready:
                    client.sendall(b"".join(manager.escape(self.port.read(4096))))
        except ConnectionError:
            return
