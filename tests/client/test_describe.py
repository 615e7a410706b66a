"""What the firmware says of itself: how little that takes, that it is the same as a program finds out, and that nothing
else is taken for it."""

import json
import os
import random
import unittest

from board import Board
from command import CommandTest
from link import Link, overruns
from romfs_writer import file, image, sealed_image
from sim import SimTest
from stock_board import OLDER, StockBoard

SMALLEST = 255  # the smallest input buffer of MicroPython's ports
AHEAD = 192  # bytes that go out before the board has read any, at most
TRIES = 10
FIRST = sealed_image(file("main.py", "x = 1\n"), file("data.bin", random.Random(1).randbytes(20_000)))
SECOND = sealed_image(file("main.py", "x = 2\n"), file("data.bin", random.Random(1).randbytes(20_000)))


class Sizes(CommandTest):
    def counted(self, board, *args):
        with Link(board, "--usb") as link:
            self.mprom(*args, "-p", link.port)
        return link.counts

    def assert_least(self, turns, board, *args):
        """In some tries: a machine that is so busy that a board does not answer for 750 ms makes a client begin again."""
        for _ in range(TRIES):
            counts = self.counted(board, *args)
            if counts["turns"] <= turns:
                break
        self.assertEqual(counts["turns"], turns)
        self.assertLess(counts["to_board"]["sent"], turns * AHEAD)
        self.assertLess(counts["to_client"]["sent"], 1000)

    def test_small_buffer(self):
        """
        Nothing that is longer than the smallest input buffers goes to firmware that describes itself; keys that are
        sent again to a board that is late fit behind it.
        """
        path = self.write("image.romfs", FIRST)
        with Board("--receive-buffer", str(SMALLEST)) as board:
            with board.raw() as console:
                for segment in (1, 2):
                    console.rom_write(segment, FIRST, piece_size=32)
            before = overruns(board)
            for args in (("query",), ("deploy", "-n", "2", "--no-restart", path), ("verify", "-n", "2", path), ("verify", "-n", "2"), ("erase", "-n", "2")):
                with self.subTest(args):
                    self.counted(board, *args)
                    self.assertEqual(overruns(board), before)

    def test_query(self):
        """One turn, and less than a kilobyte in all."""
        with Board() as board:
            with board.raw() as console:
                console.rom_write(2, FIRST)
            self.assert_least(1, board, "query")

    def test_unchanged(self):
        path = self.write("image.romfs", FIRST)
        with Board() as board:
            with board.raw() as console:
                console.rom_write(2, FIRST)
            self.assert_least(2, board, "deploy", "-n", "2", "--no-restart", path)

    def test_unchanged_but_damaged(self):
        """The same seal does not make it the same image: the block that differs is sent."""
        path = self.write("image.romfs", FIRST)
        with Board() as board:
            with board.raw() as console:
                console.rom_write(2, FIRST)
            with open(os.path.join(board.state, "flash"), "r+b") as flash:
                flash.seek(2 * 1024 * 1024 + 5000)
                flash.write(b"\0\0")
            done = self.mprom("deploy", "-n", "2", "--no-restart", "--json", path, "-p", board.port)
            sent = json.loads(done.stdout)[0]["sent"]
            self.assertTrue(4096 <= sent < 3 * 4096, sent)
            self.assertEqual(self.mprom("dump", "-n", "2", "-p", board.port).stdout, FIRST)


class Answers(SimTest):
    """Boards whose boot.py stands in for what the firmware says."""

    def boot(self, source):
        with self.board.raw() as console:
            console.exec("f = open('/boot.py', 'w')")
            for at in range(0, len(source), 1000):
                console.exec(f"f.write({source[at : at + 1000]!r})")
            console.exec("f.close()")
            console.soft_reset()
            console.leave_raw()

    def rom_write(self, segment, contents):
        with self.board.raw() as console:
            console.rom_write(segment, contents)
            console.leave_raw()

    def expected(self):
        """As asked(), of the board as it is; what pose() changes is what it says now."""
        with self.board.raw() as console:
            said = console.exec("import romfs; romfs.describe(0)").splitlines()
            console.leave_raw()
        self.lines = [line.removeprefix("mprom:0 ") for line in said if line]
        return self.asked()

    def pose(self, act, tail="pass"):
        self.boot(POSED.format(act=act, tail=tail, lines=self.lines))

    def asked(self):
        """What a query tells, without what no two boards agree in."""
        board = self.query()
        self.assertGreater(board.pop("free_memory"), 0)
        return board

    def assert_deploys(self):
        """All of it, and then a part, after which the board says what it holds."""
        for contents in (FIRST, SECOND):
            path = self.write("image.romfs", contents)
            self.mprom("deploy", "-n", "2", path)
            self.assertEqual(self.mprom("dump", "-n", "2").stdout, contents)
            self.mprom("verify", "-n", "2", path)

    def damage(self, segment, off):
        with open(os.path.join(self.board.state, "flash"), "r+b") as flash:
            flash.seek(segment * 1024 * 1024 + off)
            flash.write(b"\0")

    def test_as_a_program_finds_out(self):
        label = self.folder / "labelled.romfs"
        self.write("app/main.py", "pass\n")
        self.mprom("build", "app", "--label", "a label", "-o", label)
        damaged = sealed_image(file("data", b"contents"))
        for contents in ((b"", b"", b""), (FIRST, image(file("a", "x")), label.read_bytes()),
                         (damaged, FIRST, image(file("like", FIRST[-10:]))), (FIRST, damaged, b"")):
            self.board.stop()
            for name in ("flash", "disk"):
                os.unlink(os.path.join(self.board.state, name))
            self.board.start()
            for segment, image_bytes in enumerate(contents):
                if image_bytes:
                    self.rom_write(segment, image_bytes)
                if image_bytes == damaged:
                    self.damage(segment, damaged.index(b"contents"))
            self.board.stop()
            self.board.start()
            described = self.asked()
            self.boot(OLDER)
            self.assertEqual(self.asked(), described)

    def test_older_firmware(self):
        self.boot(OLDER)
        self.assert_deploys()

    def test_fails_in_the_middle(self):
        expected = self.expected()
        for act in ("if n == 1: 1 / 0", "if n == 9: bytes(1 << 40)", "if n == 3: raise SystemExit"):
            with self.subTest(act):
                self.pose(act)
                self.assertEqual(self.asked(), expected)
        self.assert_deploys()

    def test_nonsense(self):
        """Lines that are cut, missing, in another order or of other commands; then it is asked by a program."""
        expected = self.expected()
        for act in ("text.pop(1)", "text.append(text.pop(2))", "text.clear()", "text.reverse()",
                    "text[2] = text[2][:-2]", "text[3] = text[3].replace('3', '33')",
                    "text[0] = text[0].replace('link 2', 'link 1')", "text[2] = text[2][:-1] + '0'",
                    "text[4] = text[4].replace('view', 'vie')", "text.pop(9)", "text.pop()"):
            with self.subTest(act):
                self.pose(f"if n == 0: {act}")
                self.assertEqual(self.asked(), expected)
        self.assert_deploys()

    def test_prints_in_between(self):
        """What is not marked, and lines that answer another question."""
        expected = self.expected()
        self.pose("print('\\nnoise\\nmprom:1 link 2 77 0\\n\\x01\\xff mprom-')", tail="print('noise')")
        self.assertEqual(self.asked(), expected)

    def test_a_module_of_the_same_name(self):
        """On a stock board it is not even imported."""
        self.board.__exit__()
        self.board = StockBoard("view")
        self.board.start()
        self.addCleanup(self.board.__exit__)
        self.run_dir = os.path.join(self.board.state, "run")
        expected = self.asked()
        with self.board.raw() as console:
            console.exec("f = open('/boot.py', 'w'); f.write('import sys\\nclass Romfs:\\n def __getattr__(s, n): open(\"/used\", \"w\").close()"
                         "\\nsys.modules[\"romfs\"] = Romfs()\\n'); f.close()")
            self.assertEqual(console.soft_reset(), b"")
        self.assertEqual(self.asked(), expected)
        self.mprom("deploy", self.write("image.romfs", FIRST))
        with self.board.raw() as console:
            self.assertNotIn("used", console.eval("__import__('os').listdir('/')"))

    def test_the_prompt_after_a_deploy(self):
        self.mprom("deploy", "-n", "2", "--no-restart", self.write("image.romfs", FIRST))
        with self.board.console() as console:
            console.write(b"\r")
            console.read_until(b"\r\n>>> ")

    def test_a_busy_board(self):
        """The first keys do not stop it, so that the first program is lost; it describes itself all the same."""
        expected = self.asked()
        self.start_program("print('started')\nn = 0\nwhile n < 3:\n try:\n  while True: pass\n except KeyboardInterrupt: n += 1\n")
        self.assertEqual({**self.asked(), "was_interrupted": False}, {**expected, "was_interrupted": False})


# The firmware's own lines, as `text`, go through `act` before number n of them is printed.
POSED = OLDER + """
for name in ("crc", "digest", "digests", "receive"):
    setattr(Romfs, name, getattr(real, name, None))
describe_one = real.describe
def describe(number, *id):
    if id:
        return describe_one(number, *id)
    text = ["mprom:%d " % number + line for line in {lines!r}]
    n = 0
    while n == 0 or n < len(text):
        {act}
        if n < len(text):
            print("\\n" + text[n])
        n += 1
    {tail}
Romfs.describe = describe
"""


if __name__ == "__main__":
    unittest.main()
