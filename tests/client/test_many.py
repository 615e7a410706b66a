"""Several boards at once: test_many.py [COUNT], COUNT boards (4 unless given)."""

import fcntl
import json
import os
import pty
import random
import re
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
from stock_board import OLDER

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

    def test_json_is_nothing_but_json(self):
        self.write("app/main.py", "print('hello')")
        done = self.mprom("deploy", "app", "--all", "--json", "--confirm", "--follow", "20")
        self.assertEqual({line["port"]: line["result"] for line in self.lines(done)}, {port: "ok" for port in self.ports})
        for port in self.ports:
            self.assertIn(f"\n{port}: hello\n".encode(), b"\n" + done.stderr)

    def test_json_says_what_failed_whatever_the_port_is_called(self):
        done = self.mprom("query", "--json", "-p", b"/dev/\xff", "-p", "/dev/no-such-port", status=1)
        errors = {line["port"]: line["error"] for line in self.lines(done)}
        self.assertIn("no such port", errors["/dev/\ufffd"])

    def test_names_are_not_cut(self):
        """What is left of a long one may be the name of another port."""
        other = self.folder / ("x" * (126 - len(str(self.folder))))
        other.symlink_to(self.ports[0])
        done = self.mprom("query", "--json", "-p", f"{other}xyz", "-p", self.ports[1], status=1)
        self.assertEqual({line["port"]: line["result"] for line in self.lines(done)}, {f"{other}xyz": "failed", self.ports[1]: "ok"})
        self.assertIn(b"its name is too long", done.stderr)

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

    def test_a_link_is_the_port_it_leads_to(self):
        """Two threads at one board would find it in use, or deploy twice."""
        link = self.folder / "link"
        link.symlink_to(self.ports[0])
        for named in ((), self.named):
            with self.subTest(named):
                done = self.mprom("query", "--all", "-p", link, *named)
                self.assertEqual(self.table(done), {port: "ok" for port in [str(link), *self.ports[1:]]})


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
            self.skipTest("needs a machine with a UART, and without USB boards, which would be interrupted")
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


# A board SIM says that it is of another architecture: the REPL is its own, only what sys.implementation says is not.
POSES_AS = OLDER + """
import sys
class Implementation:
    _mpy = 6 | 3 << 8 | {arch} << 10
    _machine = "a board of architecture {arch}"
    def __getitem__(self, i):
        return ("micropython", (1, 25, 0, ""))[i]
class Sys:
    implementation = Implementation()
    platform = "pose"
    maxsize = (1 << 31) - 1
sys.modules["sys"] = Sys
"""


class Architectures(ManyTest):
    def pose(self, board, arch):
        with board.raw() as console:
            console.exec(f"f = open('/boot.py', 'w')\nf.write({POSES_AS.format(arch=arch)!r})\nf.close()")
            console.soft_reset()

    def setUp(self):
        super().setUp()
        self.arches = (7, 7, 4, 0)[:COUNT]  # armv7emsp twice, armv6m, none
        for board, arch in zip(self.boards, self.arches):
            self.pose(board, arch)
        self.write("app/plain.py", "x = 1\n")

    def assert_held(self, board, expected):
        self.mprom("dump", "-n", "2", "-p", board.port, "-o", "back", "-q")
        self.assertEqual((self.folder / "back").read_bytes(), (self.folder / expected).read_bytes())

    def test_native_code_is_built_for_each(self):
        """Each board gets what build makes for it, and each image is built once."""
        self.write("app/fast.py", "import micropython\n@micropython.native\ndef f(x):\n    return x + 1\n")
        done = self.mprom("deploy", "-v", "-n", "2", "--no-restart", "app", *self.named, status=1)
        for march in ("armv7emsp", "armv6m"):
            self.assertEqual(done.stderr.count(f"building for {march}".encode()), 1)
            self.mprom("build", "app", "--march", march, "-o", f"{march}.romfs")
        for board, expected in zip(self.boards, ("armv7emsp.romfs", "armv7emsp.romfs", "armv6m.romfs")):
            self.assert_held(board, expected)
        self.assertEqual(self.table(done)[self.ports[3]], "failed")
        self.assertIn(f"{self.ports[3]}: app has native code, and this board runs none".encode(), done.stderr)
        # One board alone is served as well.
        self.write("app/plain.py", "x = 2\n")
        self.mprom("deploy", "-n", "2", "--no-restart", "app", "-p", self.ports[2])
        self.mprom("build", "app", "--march", "armv6m", "-o", "new.romfs")
        self.assert_held(self.boards[2], "new.romfs")

    def test_bytecode_is_built_for_all(self):
        """And before any board is spoken to."""
        done = self.mprom("deploy", "-v", "-n", "2", "--no-restart", "app", *self.named)
        self.assertNotIn(b"building for", done.stderr)
        self.mprom("build", "app", "-o", "any.romfs")
        for board in self.boards:
            self.assert_held(board, "any.romfs")

    def test_errors_are_told_once_and_first(self):
        self.write("app/fast.py", "import micropython\n@micropython.native\ndef f(x):\n    return x + 1\n")
        self.write("app/wrong.py", "def\n")
        message = self.mprom("deploy", "-n", "2", "app", *self.named, status=1)
        self.assertEqual(message.stderr.count(b"wrong.py:1: SyntaxError"), 1)
        self.assertEqual(message.stdout, b"")  # no board was asked

    def test_what_one_architecture_cannot(self):
        """Assembler for Thumb is none for others: the boards that can have their image get it."""
        self.write("app/fast.py", "import micropython\n@micropython.asm_thumb\ndef f(r0):\n    add(r0, r0, r0)\n")
        self.pose(self.boards[2], 9)  # xtensa
        done = self.mprom("deploy", "-n", "2", "--no-restart", "app", *self.named[:6], status=1)
        self.assertEqual([self.table(done)[port] for port in self.ports[:3]], ["ok", "ok", "failed"])
        self.assertIn(f"{self.ports[2]}: there is no image for this board".encode(), done.stderr)


class OnATerminal(ManyTest):
    def run_on_terminal(self, *args, rows=40, columns=60):
        """Returns the screens that a run showed, and its exit status."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        run = subprocess.Popen([MPROM, *map(str, args)], env={**self.env, "TERM": "vt100"}, stdin=theirs, stdout=theirs, stderr=theirs)
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

    def test_narrow_terminal(self):
        """U9: the bar shrinks, the percents stay."""
        screens, _ = self.run_on_terminal("deploy", "-n", "2", "--all", self.image("narrow", size=900_000), columns=40)
        rows = {line for screen in screens for line in screen if re.match(r"/dev/\S+  (sending|comparing) ", line)}
        self.assertTrue(rows)
        for row in rows:
            self.assertRegex(row, r" \d+%$")

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
