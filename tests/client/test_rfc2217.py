"""Boards behind serial servers that speak RFC 2217: rfc2217://HOST:PORT."""

import json
import random
import re
import socket
import subprocess
import time
import unittest

from board import Board
from command import MPROM, CommandTest
from link import Link
from rfc2217_servers import PySerial, Ser2net, SevenBits
from programs import SOURCE
from romfs_writer import file, sealed_image
from sim import SimTest

LINE = ("--baud", "115200", "--baud-max", "921600")
SEGMENT = 2
SERVERS = (Ser2net, PySerial)


def filled(seed, size=20_000):
    """An image that cannot be compressed, with bytes that Telnet doubles, alone and in rows."""
    data = bytearray(random.Random(seed).randbytes(size))
    data[1000:1300] = b"\xff" * 300
    data[2000:2600] = b"\xff\xf0\xff\xfa\xff\xfb" * 100
    return sealed_image(file("data.bin", bytes(data)))


class Works(SimTest):
    def assert_served(self, kind):
        contents = filled("image")
        image = self.write("image.romfs", contents)
        with kind(self.board.port) as server:
            name = server.names[0]
            self.assertEqual(json.loads(self.mprom("query", "--json", "-p", name).stdout)[0]["port"], name)
            done = self.mprom("deploy", "-n", SEGMENT, "-p", name, image)
            self.assertIn(f"{name}: segment 2 (rom2): deployed {len(contents):,} bytes".encode(), done.stdout)
            self.mprom("dump", "-n", SEGMENT, "-p", name, "-o", "back.romfs")
            self.assertEqual((self.folder / "back.romfs").read_bytes(), contents)
            self.mprom("verify", "-n", SEGMENT, "-p", name, image)
            self.mprom("erase", "-n", 0, "-p", name)
        # What was written through the server is what the board holds. (A server that has not yet closed the port would
        # read half of what the board says.)
        self.mprom("verify", "-n", SEGMENT, "-p", self.board.port, image)

    def test_ser2net(self):
        self.assert_served(Ser2net)

    def test_pyserial(self):
        self.assert_served(PySerial)

    def test_the_documented_configuration(self):
        """That of docs/deploy.md, with other ports."""
        text = (SOURCE / "docs" / "deploy.md").read_text()
        config = re.search("```yaml\n(.*?)```", text, re.DOTALL).group(1)
        with Board() as other:
            for device, board in (("/dev/ttyUSB0", self.board), ("/dev/ttyACM0", other)):
                self.assertIn(device, config)
                config = config.replace(device, board.port)
            server = Ser2net()
            server.config = re.sub(r"tcp,400\d", "tcp,127.0.0.1,0", config)
            with server:
                first, second = server.names
                for name in (first, second.replace("rfc2217", "socket")):
                    self.assertEqual(json.loads(self.mprom("query", "--json", "-p", name).stdout)[0]["port"], name)

    def test_board_is_left_at_its_prompt(self):
        for kind in SERVERS:
            with self.subTest(kind.__name__), kind(self.board.port) as server:
                self.mprom("query", "-p", server.names[0])
            with self.board.console() as console:
                console.write(b"print(6 * 7)\r")
                console.read_until(b"42\r\n>>> ")

    def test_what_the_board_prints(self):
        """Bytes that the server doubles, alone and in rows; the command shows them as escapes."""
        main = file("main.py", b"import sys\nfor i in range(4):\n sys.stdout.buffer.write(bytes(range(240, 256)) + b'\\xff' * 9)\n")
        image = self.write("image.romfs", sealed_image(main))
        wanted = b"".join(b"\\x%02x" % byte for byte in [*range(240, 256), *[255] * 9])
        for kind in SERVERS:
            with self.subTest(kind.__name__), kind(self.board.port) as server:
                done = self.mprom("deploy", "-n", 0, "-f", 10, "--confirm", "-p", server.names[0], image)
                self.assertIn(b"\n" + wanted * 4, done.stdout)

    def test_settings(self):
        """Of the line, in an order that resets no board; and nothing is asked of the lines at the end."""
        with PySerial(self.board.port) as server:
            self.mprom("query", "-p", server.names[0])
            asked = server.port.asked
            self.assertEqual({rate for what, rate in asked if what == "baud"}, {115200})
            self.assertEqual([line for line in asked if line[0] != "baud"], [("dtr", True), ("rts", True)])
            self.assertEqual((server.port.bytesize, server.port.parity, server.port.stopbits), (8, "N", 1))
            for options, lines in (("--dtr off --rts off", [("dtr", False), ("rts", False)]), ("--dtr keep --rts keep", []),
                                   ("--rts off", [("dtr", True), ("rts", False)]), ("--dtr on", [("rts", True), ("dtr", True)])):
                with self.subTest(options):  # R3
                    del asked[:]
                    self.mprom("query", "-p", server.names[0], *options.split())
                    self.assertEqual([line for line in asked if line[0] != "baud"], lines)
            self.mprom("query", "-p", server.names[0], "--baud", "57600")
            self.assertEqual(server.port.baudrate, 57600)


class Stock(SimTest):
    options = ("--compat", "view")

    def test_deploy(self):
        image = self.write("image.romfs", filled("stock"))
        with Ser2net(self.board.port) as server:
            self.mprom("deploy", "-n", 0, "--no-restart", "-p", server.names[0], image)
        self.mprom("verify", "-n", 0, "-p", self.board.port, image)


class Rate(CommandTest):
    def deploy(self, serve):
        """Returns the rates that the line had."""
        contents = filled("rate")
        image = self.write("image.romfs", contents)
        with Board("--baud-max", "921600") as board:
            with Link(board, *LINE) as link, serve(link.port) as server:
                self.mprom("deploy", image, "-n", SEGMENT, "--no-restart", "-p", server.names[0])
                self.mprom("query", "-p", server.names[0])
            self.assertEqual(self.mprom("dump", "-n", SEGMENT, "-p", board.port).stdout, contents)
        return link.counts["bauds"]

    def test_up_and_back(self):
        for kind in SERVERS:
            with self.subTest(kind.__name__):
                self.assertEqual(self.deploy(kind), [115200, 921600, 115200])

    def test_a_server_that_cannot(self):
        self.assertEqual(self.deploy(lambda port: PySerial(port, baud_max=460800)), [115200])


class Refused(SimTest):
    def refused(self, name, *args):
        return self.error("query", "-p", name, *args)

    def test_raw_server(self):
        with Ser2net(self.board.port, telnet="") as server:
            name = server.names[0]
            self.assertEqual(
                self.refused(name),
                f"mprom: {name}: the server does not speak Telnet; if its port is in raw TCP mode, use "
                f"{name.replace('rfc2217', 'socket')}\n")
            self.mprom("query", "-p", name.replace("rfc2217", "socket"))

    def test_telnet_without_rfc2217(self):
        with Ser2net(self.board.port, telnet="telnet,") as server:
            self.assertIn("the server speaks Telnet but not RFC 2217: set its port to RFC 2217, or to raw TCP and use "
                          "socket://127.0.0.1:", self.refused(server.names[0]))

    def test_socket_to_such_a_server(self):
        with Ser2net(self.board.port) as server:
            message = self.refused(server.names[0].replace("rfc2217", "socket"))
            self.assertIn("the server speaks Telnet: if it speaks RFC 2217, use rfc2217://HOST:PORT", message)

    def test_in_use(self):
        with Ser2net(self.board.port) as server:
            port = int(server.names[0].rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port)) as other:
                other.recv(1)
                self.assertIn("nobody else uses that port", self.refused(server.names[0]))

    def test_no_such_board(self):
        with Ser2net("/dev/no-such-board") as server:
            self.assertRegex(self.refused(server.names[0]), "the connection to the board was lost .*is connected there")

    def test_rate(self):
        with PySerial(self.board.port, baud_max=115200) as server:
            message = self.refused(server.names[0], "--baud", "230400")
            self.assertIn("the server has set its port to 115200 baud, not 230400; choose a rate with --baud", message)

    def test_bits(self):
        with PySerial(self.board.port, kind=SevenBits) as server:
            self.assertIn("port does not do 8 data bits, no parity and 1 stop bit", self.refused(server.names[0]))

    def test_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            name = "rfc2217://127.0.0.1:%d" % taken.getsockname()[1]
        self.assertIn("nobody listens at this port", self.refused(name))

    def test_form(self):
        for rest in ("", "localhost", "localhost:0", "localhost:4000?ign_set_control"):
            self.assertIn("a serial server is rfc2217://HOST:PORT", self.refused("rfc2217://" + rest))


class Vanishes(SimTest):
    def test_in_the_middle_of_a_deploy(self):
        contents = filled("vanishes", 90_000)
        image = self.write("image.romfs", contents)
        with Link(self.board, "--baud", "115200") as link:
            with Ser2net(link.port) as server:
                ours = subprocess.Popen([MPROM, "deploy", "-n", str(SEGMENT), "-p", server.names[0], str(image)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                self.addCleanup(ours.stderr.close)
                while server.written() < 30_000 and ours.poll() is None:
                    time.sleep(0.01)
                self.assertIsNone(ours.poll(), "it has come to its end already")
                server.kill()
                message = ours.communicate()[1]
            self.assertEqual(ours.returncode, 1)
            self.assertRegex(message, r"connection to the board was lost while writing .*; the server closed it or is gone")
        self.assertIsNone(self.query()["segments"][SEGMENT]["image"])
        with Ser2net(self.board.port) as server:
            self.mprom("deploy", "-n", SEGMENT, "-p", server.names[0], image)
        self.mprom("verify", "-n", SEGMENT, "-p", self.board.port, image)


class Many(CommandTest):
    def test_each_is_served(self):
        image = self.write("image.romfs", filled("many"))
        with Board() as a, Board() as b, Board() as c:
            with Ser2net(a.port, b.port, c.port) as server:
                ports = [word for name in server.names for word in ("-p", name)]
                done = self.mprom("deploy", *ports, "-n", SEGMENT, "--json", image)
                self.assertEqual({json.loads(line)["port"] for line in done.stdout.splitlines()}, set(server.names))
            for board in (a, b, c):
                self.mprom("verify", "-n", SEGMENT, "-p", board.port, image)


if __name__ == "__main__":
    unittest.main()
