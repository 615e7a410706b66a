"""Several boards at once: test_many.py [COUNT], COUNT boards (4 unless given)."""

import fcntl
import json
import os
import pty
import random
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import unittest

from board import Board
from command import MPROM, CommandTest
from romfs_writer import file, sealed_image
from screen import Screen
from serial_server import SerialServer

COUNT = int(sys.argv.pop()) if sys.argv[-1].isdigit() else 4
IGNORES_CTRL_C = b"import micropython, time\nmicropython.kbd_intr(-1)\nprint('started')\nwhile True: time.sleep(1)\n\x04"


def filled(seed, size=100_000):
    return sealed_image(file("data.bin", random.Random(seed).randbytes(size)))


class ManyTest(CommandTest):
    """COUNT boards, which --all finds; no other does it find."""

    def setUp(self):
        super().setUp()
        self.run_dir = self.folder / "run"
        self.run_dir.mkdir(mode=0o700)
        self.env = dict(os.environ, MPROM_RUN_DIR=str(self.run_dir), MPROM_PORTS="emulated")
        self.boards = [self.start_board() for _ in range(COUNT)]
        self.ports = [board.port for board in self.boards]
        self.named = [word for port in self.ports for word in ("-p", port)]

    def start_board(self, *options):
        board = Board(*options)
        board.start()
        self.addCleanup(board.__exit__)
        entry = next(name for name in os.listdir(os.path.join(board.state, "run")) if name.endswith(".json"))
        os.rename(os.path.join(board.state, "run", entry), self.run_dir / entry)
        return board

    def mprom(self, *args, **kwargs):
        kwargs.setdefault("env", self.env)
        return super().mprom(*args, **kwargs)

    def image(self, seed, **kwargs):
        return self.write(f"{seed}.romfs", filled(seed, **kwargs))

    def hang(self, board):
        with board.console() as console:
            console.enter_raw()
            console.write(IGNORES_CTRL_C)
            console.read_until(b"OKstarted")

    def lines(self, done):
        return [json.loads(line) for line in done.stdout.decode().splitlines()]

    def table(self, done):
        """The table at the end: port -> result."""
        text = done.stdout.decode().splitlines()
        start = next(number for number, line in enumerate(text) if line.startswith("port "))
        self.assertEqual(text[start].split(), ["port", "board", "result", "seconds"])
        rows = [line.split() for line in text[start + 1 :]]
        return {row[0]: row[-2] for row in rows}

    def assert_all_hold(self, image):
        for line in self.lines(self.mprom("verify", "-n", "2", "--json", *self.named, image)):
            self.assertEqual((line["result"], line["size"]), ("ok", os.path.getsize(image)))


class Works(ManyTest):
    def test_deploy(self):
        image = self.image("deploy")
        done = self.mprom("deploy", "-n", "2", *self.named, image)
        for port in self.ports:
            self.assertIn(f"{port}: segment 2 (rom2): deployed {os.path.getsize(image):,} bytes".encode(), done.stdout)
        self.assertEqual(self.table(done), {port: "ok" for port in self.ports})
        self.assert_all_hold(image)
        # Each was asked by itself what it holds.
        for port in self.ports:
            self.mprom("dump", "-n", "2", "-p", port, "-o", "back")
            self.assertEqual((self.folder / "back").read_bytes(), image.read_bytes())

    def test_all_commands(self):
        image = self.image("all")
        ok = {port: "ok" for port in self.ports}
        self.assertEqual(self.table(self.mprom("deploy", "-n", "2", "--all", image)), ok)
        query = self.mprom("query", "--all")
        self.assertEqual(self.table(query), ok)
        for port in self.ports:
            self.assertRegex(query.stdout.decode(), rf"(?m)^{port}: SIM with mprom\n  MicroPython .*\n(  segment .*\n){{3}}")
        self.assertEqual(self.table(self.mprom("verify", "-n", "2", "--all")), ok)
        self.assertEqual(self.table(self.mprom("erase", "-n", "2", "--all")), ok)
        failed = self.mprom("verify", "-n", "2", "--all", status=1)
        self.assertEqual(self.table(failed), {port: "failed" for port in self.ports})
        self.assertIn(f"{COUNT} of {COUNT} boards failed".encode(), failed.stderr)

    def test_json(self):
        done = self.mprom("deploy", "-n", "2", "--json", "--all", "-p", "/dev/no-such-port", self.image("json"), status=1)
        lines = {line["port"]: line for line in self.lines(done)}
        self.assertEqual(set(lines), {*self.ports, "/dev/no-such-port"})
        for port in self.ports:
            self.assertEqual(lines[port]["result"], "ok")
            self.assertEqual(lines[port]["board"], "SIM with mprom")
            self.assertEqual(lines[port]["segment"], 2)
            self.assertGreater(lines[port]["seconds"], 0)
        self.assertEqual(lines["/dev/no-such-port"]["result"], "failed")
        self.assertIn("no such port", lines["/dev/no-such-port"]["error"])
        query = {line["port"]: line for line in self.lines(self.mprom("query", "--json", "--all"))}
        self.assertEqual([len(query[port]["segments"]) for port in self.ports], [3] * COUNT)

    def test_one_board_is_as_ever(self):
        one = self.mprom("query", "--json", "-p", self.ports[0]).stdout
        self.assertEqual([board["port"] for board in json.loads(one)], self.ports[:1])
        self.assertNotIn(b"seconds", self.mprom("query", "-p", self.ports[0]).stdout)

    def test_what_the_boards_print(self):
        self.write("app/main.py", "print('hello')")
        done = self.mprom("deploy", "app", "--all", "--confirm", "--follow", "20")
        for port in self.ports:
            self.assertIn(f"\n{port}: hello\n", done.stdout.decode())

    def test_named_twice(self):
        done = self.mprom("query", "-p", self.ports[0], *self.named)
        self.assertIn(f"{self.ports[0]} is named twice".encode(), done.stderr)
        self.assertEqual(self.table(done), {port: "ok" for port in self.ports})


class Apart(ManyTest):
    """One board's trouble is no other's."""

    def test_hung_board(self):
        hung = self.boards[1]
        self.hang(hung)
        image = self.image("hung")
        lines = self.lines(self.mprom("deploy", "-n", "2", "--json", "--all", image))
        self.assertEqual({line["port"]: line["result"] for line in lines},
                         {port: "skipped" if port == hung.port else "ok" for port in self.ports})
        self.assertEqual(lines[-1]["port"], hung.port)  # the others did not wait for it
        self.assertIn("no MicroPython prompt within 5 s", lines[-1]["error"])
        # One that was named is a failure.
        done = self.mprom("query", "-p", hung.port, "-p", self.ports[0], status=1)
        self.assertEqual(self.table(done), {hung.port: "failed", self.ports[0]: "ok"})

    def test_port_in_use(self):
        used = self.boards[0].port
        fd = os.open(used, os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, fd)
        fcntl.flock(fd, fcntl.LOCK_EX)
        done = self.mprom("deploy", "-n", "2", "--all", self.image("used"))
        self.assertEqual(self.table(done), {port: "skipped" if port == used else "ok" for port in self.ports})
        self.assertIn(f"mprom: skipped: {used} is in use by another program".encode(), done.stderr)
        self.mprom("query", *self.named, status=1)

    def test_board_that_goes_away(self):
        image = self.image("vanishes")
        with SerialServer(self.ports[0]) as server:
            self.mprom("query", "-p", server.name)
            passed = server.passed
        with SerialServer(self.ports[0], vanish_after=passed + 5000) as server:
            done = self.mprom("deploy", "-n", "2", "-p", server.name, *self.named[2:], image, status=1)
            self.assertEqual(self.table(done), {server.name: "failed", **{port: "ok" for port in self.ports[1:]}})
        self.assertIn(b"connection to the board was lost", done.stderr)
        self.mprom("deploy", "-n", "2", *self.named, image)
        self.assert_all_hold(image)

    def test_no_board(self):
        for board in self.boards:
            board.kill()
        message = self.error("deploy", "--all", self.image("none"))
        self.assertIn("no board found: connect one", message)

    def test_uart_is_not_asked(self):
        """A port that is not on USB may have anything at its other end."""
        real = {key: value for key, value in self.env.items() if key != "MPROM_PORTS"}
        listed = [port for port in json.loads(self.mprom("query", "--list", "--json", env=real).stdout)
                  if not port["emulated"]]
        if not listed or any(port["usb"] for port in listed):
            self.skipTest("no UART here, or boards that are none of ours")
        done = self.mprom("query", "--all", env=real)
        for port in listed:
            self.assertEqual(self.table(done)[port["port"]], "skipped")
            self.assertIn(f"skipped: {port['port']} is not on USB; if a board is there, name it".encode(), done.stderr)

    def test_ctrl_c(self):
        """It ends all at once; the next deploy mends every board."""
        logged = [self.start_board("--log", str(self.folder / f"log{i}")) for i in range(2)]
        image = self.image("ctrl-c", size=600_000)
        ours = subprocess.Popen([MPROM, "deploy", "-n", "2", "--all", image], env=self.env, stdout=subprocess.DEVNULL)
        while any((self.folder / f"log{i}").read_bytes().count(b"flash ") < 50 for i in range(2)) and ours.poll() is None:
            time.sleep(0.001)
        ours.send_signal(signal.SIGINT)
        self.assertEqual(ours.wait(60), -signal.SIGINT)
        held = {line["port"]: line["segments"][2]["image"] for line in self.lines(self.mprom("query", "--json", "--all"))}
        self.assertEqual([held[board.port] for board in logged], [None, None])
        self.assertEqual(set(self.table(self.mprom("deploy", "-n", "2", "--all", image)).values()), {"ok"})
        self.assert_all_hold(image)


class OnATerminal(ManyTest):
    def run_on_terminal(self, *args, rows=40, columns=60):
        """Returns the screens that a run showed, and its exit status."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        run = subprocess.Popen([MPROM, *map(str, args)], env=self.env, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        screen, shown, text = Screen(columns), [], b""
        while select.select([ours], [], [], 60)[0]:
            try:
                text += os.read(ours, 65536)
            except OSError:
                break
            # Up to the last whole redraw, so that no sequence and no character is cut.
            whole = text.rfind(b"\n") + 1
            screen.feed(text[:whole].decode())
            shown.append(list(screen.lines))
            text = text[whole:]
        os.close(ours)
        screen.feed(text.decode())
        return [*shown, screen.lines], run.wait(60)

    def test_rows(self):
        """A row for each board while it works, whatever is printed meanwhile; at the end none is left."""
        self.hang(self.boards[0])
        screens, status = self.run_on_terminal("deploy", "-n", "2", "--all", "-p", "/dev/no-such-port", self.image("rows"))
        self.assertEqual(status, 1)
        for port in self.ports:
            for screen in screens:
                self.assertLessEqual(sum(line.startswith(f"{port} ") and "/dev" in line and "(rom2)" not in line
                                         for line in screen), 1, screen)
            self.assertTrue(any(line.startswith(f"{port}  ") and "connecting" in line or "asking" in line
                                for screen in screens for line in screen), port)
        last = "\n".join(screens[-1])
        self.assertNotIn("connecting", last)
        self.assertNotRegex(last, r"\d of \d done")
        self.assertIn("mprom: /dev/no-such-port: no such port", last.replace("\n", ""))
        for port in self.ports[1:]:
            self.assertIn(f"{port}: segment 2 (rom2): deployed", last)
        self.assertRegex(last, rf"(?m)^{self.ports[0]} +skipped +\d")

    def test_low_terminal(self):
        self.hang(self.boards[0])
        self.hang(self.boards[1])
        self.hang(self.boards[2])
        screens, _ = self.run_on_terminal("query", "--all", rows=3)
        self.assertTrue(any("2 more at work" in line for screen in screens for line in screen))
        self.assertNotIn("more at work", "\n".join(screens[-1]))

    def test_quiet(self):
        screens, _ = self.run_on_terminal("deploy", "-q", "-n", "2", "--all", self.image("quiet"))
        self.assertNotIn("asking", repr(screens))
        self.assertEqual(sum(" ok " in line for line in screens[-1]), COUNT)


if __name__ == "__main__":
    unittest.main()
