"""mprom-link between a client and SIM: what it counts, what its faults do, and what a limited receive buffer loses."""

import contextlib
import os
import select
import time
import unittest

from board import Board, Console
from link import LINK, Link, overruns
from programs import run

DATA = bytes(range(256)) * 40


def read_all(fd, quiet_s=0.3):
    """Reads what comes, until nothing came for a while after the first of it."""
    data = b""
    while select.select([fd], [], [], quiet_s if data else 10)[0]:
        more = os.read(fd, 65536)
        if not more:
            break
        data += more
    return data


class FakeBoard:
    """A terminal without a board behind it."""

    def __init__(self):
        self.master, slave = os.openpty()
        self.port = os.ttyname(slave)
        self.console = Console(self.port)  # makes it raw, and keeps it open
        os.close(slave)
        self.process = type("Nobody", (), {"pid": os.getpid()})

    def close(self):
        self.console.close()
        os.close(self.master)


class Counts(unittest.TestCase):
    def setUp(self):
        self.board = FakeBoard()
        self.addCleanup(self.board.close)

    def both_ways(self, *options):
        """Sends DATA to the board and its reverse back. Returns what came, and the counts."""
        with Link(self.board, *options) as link:
            client = Console(link.port)
            client.write(DATA)
            to_board = read_all(self.board.master)
            os.write(self.board.master, DATA[:3000][::-1])
            to_client = read_all(client.fd)
            client.close()
        return to_board, to_client, link.counts

    def test_nothing_is_lost(self):
        for options in ((), ("--usb",), ("--baud", "921600"), ("--rate", "50000", "--latency", "100")):
            with self.subTest(options):
                to_board, to_client, counts = self.both_ways(*options)
                self.assertEqual(to_board, DATA)
                self.assertEqual(to_client, DATA[:3000][::-1])
                self.assertEqual(counts["to_board"], {"sent": len(DATA), "delivered": len(DATA), "unheard": 0, "lost": 0,
                                                      "added": 0, "faults": 0})
                self.assertEqual(counts["to_client"]["delivered"], 3000)
                self.assertEqual(counts["turns"], 1)

    def test_seven_bit(self):
        to_board, to_client, _ = self.both_ways("--seven-bit")
        self.assertEqual(to_board, bytes(byte & 0x7F for byte in DATA))
        self.assertEqual(to_client, bytes(byte & 0x7F for byte in DATA[:3000][::-1]))

    def test_faults_each_way(self):
        to_board, to_client, counts = self.both_ways("--fault", "lose:board:5000:1", "--fault", "flip:client:7:3")
        lost = counts["to_board"]["lost"]
        self.assertEqual(to_board, DATA[:5000] + DATA[5000 + lost:])
        self.assertEqual([at for at in range(3000) if to_client[at] != DATA[2999 - at]], [7])
        self.assertEqual((counts["to_board"]["faults"], counts["to_client"]["faults"]), (1, 1))

    def test_cut(self):
        with Link(self.board, "--fault", "cut:board:5000") as link:
            client = Console(link.port)
            with contextlib.suppress(OSError):  # the cut may come before all is written
                client.write(DATA)
            self.assertEqual(read_all(self.board.master), DATA[:5000])
            self.assertEqual(link.process.wait(timeout=20), 0)
            self.assertEqual(os.read(client.fd, 100), b"")  # hung up
            client.close()
        self.assertEqual(link.counts["to_board"]["delivered"], 5000)

    def test_nobody_listens(self):
        with Link(self.board) as link:
            os.write(self.board.master, b"to nobody")
            while select.select([self.board.console.fd], [], [], 0)[0]:
                time.sleep(0.01)
            os.write(self.board.master, b"!")
            time.sleep(0.1)
            client = Console(link.port)
            os.write(self.board.master, b"to somebody")
            self.assertEqual(read_all(client.fd), b"to somebody")
            client.close()
        self.assertEqual(link.counts["to_client"]["unheard"], 10)

    def test_refused(self):
        for options in ([], ["--board", "x", "--baud", "0"], ["--board", "x", "--fault", "lose:board"],
                        ["--board", "x", "--fault", "eat:board:1"], ["--board", "x", "--fault", "reset:board:1"],
                        ["--board", "x", "--fault", "lose:nobody:1"], ["--board", "x", "--fault", "lose:board:x"],
                        ["--board", "x", *["--fault", "lose:board:1"] * 17], ["--board", "x", "more"]):
            with self.subTest(options):
                run(LINK, *options, status=2)
        self.assertIn("No such file", run(LINK, "--board", "/dev/none", status=1).stderr)


class Sim(unittest.TestCase):
    def test_reset(self):
        with Board() as board, Link(board, "--fault", "reset:board:40") as link:
            console = Console(link.port)
            console.enter_raw()
            console.exec("x = 1")
            console.write(b"\x02" * 40)
            console.read_until(b">>> ")
            console.enter_raw()
            self.assertIn("NameError", console.exec_error("x"))
            self.assertEqual(console.eval("__import__('machine').reset_cause()"), 1)
            console.close()
            self.assertEqual(board.process.poll(), None)

    def test_receive_buffer(self):
        """A program that does not read: 256 bytes wait for it, the others are lost, Ctrl-C is seen."""
        with Board("--receive-buffer", "256") as board:
            with board.raw() as console:
                console.write(b"print('begun')\nwhile True: pass\x04")
                console.read_until(b"begun")
                console.write(b"#" * 1000)
                console.write(b"\x03")
                console.read_until(b"KeyboardInterrupt")
                console.read_until(b"\x04>")
                # They are the start of the next program.
                console.write(b"\nprint('next')\x04")
                console.read_until(b"next\r\n")
            self.assertEqual(overruns(board), 1000 - 256)

    def test_no_limit(self):
        with Board() as board:
            with board.raw() as console:
                console.write(b"print('begun')\nimport time\ntime.sleep_ms(100)\x04")
                console.read_until(b"begun")
                console.write(b"y" * 1000 + b"=1\x04")
                console.read_until(b"\x04>OK")
            self.assertEqual(overruns(board), 0)


if __name__ == "__main__":
    unittest.main()
