"""A board behind a serial server: socket://HOST:PORT."""

import json
import random
import socket
import subprocess
import time
import unittest

from command import MPROM
from romfs_writer import file, sealed_image
from serial_server import SerialServer
from sim import SimTest


def filled(seed):
    """An image none of whose blocks is in another one, so that all of it is sent."""
    return sealed_image(file("data.bin", random.Random(seed).randbytes(50_000)))


IMAGE = filled("image")


class Works(SimTest):
    def assert_served(self, server):
        image = self.write("image.romfs", IMAGE)
        self.assertIn(f"{server.name}: SIM with mprom".encode(), self.mprom("query", "-p", server.name).stdout)
        done = self.mprom("deploy", "-n", "2", "-p", server.name, image)
        self.assertIn(f"{server.name}: segment 2 (rom2): deployed {len(IMAGE):,} bytes".encode(), done.stdout)
        self.mprom("dump", "-n", "2", "-p", server.name, "-o", "back.romfs")
        self.assertEqual((self.folder / "back.romfs").read_bytes(), IMAGE)
        self.mprom("verify", "-n", "2", "-p", server.name, image)
        # What was written through the server is what the board holds.
        self.mprom("verify", "-n", "2", "-p", self.board.port, image)

    def test_ipv4(self):
        with SerialServer(self.board.port) as server:
            self.assert_served(server)

    def test_ipv6(self):
        with SerialServer(self.board.port, family=socket.AF_INET6) as server:
            self.assert_served(server)

    def test_name(self):
        with SerialServer(self.board.port) as server:
            name = f"socket://localhost:{server.tcp_port}"
            self.assertEqual(json.loads(self.mprom("query", "--json", "-p", name).stdout)[0]["port"], name)

    def test_board_is_left_at_its_prompt(self):
        """Also when the board has said things that mprom did not read."""
        with SerialServer(self.board.port) as server:
            for _ in range(3):
                self.mprom("query", "-p", server.name)
                with self.board.console() as console:
                    console.write(b"print(6 * 7)\r")
                    console.read_until(b"42\r\n>>> ")


class Refused(SimTest):
    def refused(self, name, *args):
        return self.error("query", "-p", name, *args)

    def test_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            name = "socket://127.0.0.1:%d" % taken.getsockname()[1]
        self.assertEqual(
            self.refused(name), f"mprom: {name}: nobody listens at this port; is the serial server running?\n"
        )

    def test_unknown_host(self):
        name = "socket://no-such-host.invalid:4000"
        self.assertRegex(self.refused(name), "there is no host no-such-host.invalid|cannot look up|takes too long")

    def test_no_getent(self):
        message = self.error("query", "-p", "socket://localhost:4000", env={"PATH": str(self.folder)})
        self.assertIn("no getent to look up names; give the host's address", message)

    def test_second_client(self):
        with SerialServer(self.board.port) as server:
            with socket.create_connection(("127.0.0.1", server.tcp_port)):
                message = self.refused(server.name)
        self.assertRegex(message, "connection to the board was lost .* nobody else uses that port")

    def test_telnet(self):
        greeting = bytes((0xFF, 0xFD, 0x2C, 0xFF, 0xFB, 0x00))  # DO COM-PORT-OPTION (RFC 2217), WILL BINARY
        with SerialServer(self.board.port, greeting=greeting) as server:
            self.assertIn("the server speaks Telnet: if it speaks RFC 2217, use rfc2217://HOST:PORT, else set its port to raw TCP", self.refused(server.name))

    def test_baud(self):
        with SerialServer(self.board.port) as server:
            message = self.refused(server.name, "--baud", "9600")
            self.assertIn("a socket has no baud rate; set 9600 baud at the serial server, or use rfc2217://", message)
            self.assertEqual(server.passed, 0)

    def test_other_schemes(self):
        self.assertIn("no kind of port; a serial server is rfc2217://HOST:PORT or socket://HOST:PORT",
                      self.refused("http://localhost:4000"))

    def test_form(self):
        for rest in ("", "4000", ":4000", "localhost", "localhost:", "localhost:0", "localhost:65536", "localhost:4000/",
                     "localhost:http", "::1:4000", "[::1]", "[::1:4000", "[]:4000", "-v:4000", "a@b:4000", "host:-1"):
            with self.subTest(rest):
                self.assertIn("a serial server is socket://HOST:PORT", self.refused("socket://" + rest))


class Vanishes(SimTest):
    def test_in_the_middle_of_a_deploy(self):
        """The client says so, the segment holds the old image or none, and the next deploy mends it."""
        old = sealed_image(file("old.txt", b"old"))
        for part in (0, 400, 3000, 20_000):
            with self.subTest(part):
                image = self.write("image.romfs", filled(part))
                self.mprom("deploy", "-n", "2", "--no-restart", "-p", self.board.port, self.write("old.romfs", old))
                with SerialServer(self.board.port) as server:
                    self.mprom("query", "-p", server.name)
                    before = server.passed
                with SerialServer(self.board.port, vanish_after=before + part + 1) as server:
                    message = self.error("deploy", "-n", "2", "-p", server.name, image)
                self.assertRegex(message, r"connection to the board was lost while .*; the server closed it or is gone")
                held = self.query()["segments"][2]["image"]
                self.assertIn(held and held["size"], (None, len(old)))
                with SerialServer(self.board.port) as server:
                    self.mprom("deploy", "-n", "2", "-p", server.name, image)
                self.mprom("verify", "-n", "2", "-p", self.board.port, image)

    def test_client_is_killed(self):
        image = self.write("image.romfs", IMAGE)
        with SerialServer(self.board.port) as server:
            ours = subprocess.Popen([MPROM, "deploy", "-n", "2", "-p", server.name, image])
            while server.passed < 10_000 and ours.poll() is None:
                time.sleep(0.001)
            ours.kill()
            ours.wait()
            server.wait_until_free()
            self.mprom("deploy", "-n", "2", "-p", server.name, image)
            self.mprom("verify", "-n", "2", "-p", server.name, image)


if __name__ == "__main__":
    unittest.main()
