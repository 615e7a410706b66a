#!/usr/bin/python3
"""The program that receives frames on boards with stock MicroPython, on the unix port, over two pipes.

    test_receiver_program.py MICROPYTHON [TEST...]

The other end is written from docs/transfer.md: it sends a frame, hears the words, and goes on where it is told to.
"""

import os
import select
import subprocess
import sys
import tempfile
import unittest
import zlib

from on_micropython import MicroPython, session, text_of

MICROPYTHON = sys.argv.pop(1)

ROOM, WRITTEN, DAMAGED, MARK, DONE, REFUSED = 0x16, 0x06, 0x15, 0x1D, 0x17, 0x18
PIECE = 48
WAIT_S = 120
GREETING = bytes(range(256))[:128]
FLASH = "segments(bytearray(65536), 'blocks', 4096, {4: None})"


def escaped(payload):
    return b"".join(bytes([27, byte + 0x40]) if byte in (1, 2, 3, 4, 5, 13, 27) else bytes([byte]) for byte in payload)


def frame(number, off, size, payload):
    wire = escaped(payload)
    digits = b"%04x%04x%08x" % (len(wire), size, off)
    return digits + b"%08x" % zlib.crc32(payload, zlib.crc32(digits, number)) + wire


def pieces(wire):
    return -(-(len(wire) - 24) // PIECE)


class Board:
    """A program that runs: its words come one by one, text is left out of them."""

    running = []

    def __init__(self, command, folder):
        self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, bufsize=0)
        self.running.append(self.process)
        self.text = b""
        self.until(b"mprom:7 can ")
        self.until(b"\n")

    def byte(self, wait_s=WAIT_S):
        ready, _, _ = select.select([self.process.stdout], [], [], wait_s)
        got = os.read(self.process.stdout.fileno(), 1) if ready else b""
        self.text += got
        return got

    def until(self, end):
        while not self.text.endswith(end):
            if not self.byte():
                raise AssertionError(f"{self.text} and no {end}; {self.end()[1]}")

    def words(self, last):
        """The words up to one of those that are given. A number of a frame is a word, too."""
        found = []
        while not found or found[-1] not in last:
            got = self.byte()
            if not got:
                raise AssertionError(f"{found} and no more; {self.end()[1]}")
            if got == b"\x0e":
                start = len(self.text)
                self.until(b"\x0f")
                found.append(("from", int(self.text[start:-1])))
                if "from" in last:
                    break
            else:
                found.append(got[0])
        return found

    def send(self, data):
        self.process.stdin.write(data)

    @classmethod
    def end_all(cls):
        """A test that failed may have left one."""
        while cls.running:
            process = cls.running.pop()
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                pipe.close()

    def end(self):
        """What is printed behind the words, and the errors."""
        self.process.stdin.close()
        self.process.wait(WAIT_S)
        rest = self.process.stdout.read().decode(errors="replace")
        errors = self.process.stderr.read().decode()
        self.process.stdout.close()
        self.process.stderr.close()
        return rest, errors


class Receives(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="mprom-test-")

    def tearDown(self):
        Board.end_all()
        self.folder.cleanup()

    def start(self, end, off=0, before="", act=None, keep="notes.append((o,n))", window_bits=0, flash=FLASH, after=""):
        act = act or text_of("frame_write", SEGMENT=0)
        body = "\n".join([text_of("receiver"), text_of(
            "receive_frames", FROM=off, TO=end, PIECE=PIECE, ROOM=600, WRITE=act, KEEP=keep, WINDOW_BITS=window_bits, CHUNK=300), after])
        script = MicroPython(MICROPYTHON, self.folder.name).script(session(None, body, opens=4096), f"{flash}\n{before}")
        return Board(script, self.folder.name)

    def did(self, board, number):
        """Ends, and returns what the board has noted."""
        rest, errors = board.end()
        self.assertIn(f"mprom:7 did {number}\n", rest.replace("\r", ""), errors)
        return eval(rest.rsplit("\nnotes ", 1)[1])

    def greet(self, board, off=0):
        wire = frame(0, off, 0, GREETING)
        board.send(wire)
        self.assertEqual(board.words((WRITTEN, DAMAGED)), [ROOM] * pieces(wire) + [WRITTEN])

    def send(self, board, number, off, data, last=(WRITTEN, DAMAGED)):
        wire = frame(number, off, len(data), data)
        board.send(wire)
        self.assertEqual(board.words(last), [ROOM] * pieces(wire) + [WRITTEN])

    def test_frames_are_written(self):
        data = bytes(i * 31 % 256 for i in range(900))
        board = self.start(900)
        self.greet(board)
        for number in (1, 2, 3):
            self.send(board, number, 300 * number - 300, data[300 * number - 300:300 * number])
        self.assertEqual(board.words((DONE, REFUSED)), [DONE])
        self.assertEqual(self.did(board, 0), [("rom_ioctl", (4, 0, off, data[off:off + 300])) for off in (0, 300, 600)])

    def test_escapes_lie_anywhere_in_pieces(self):
        data = b"".join(b"a" * (i % 50) + bytes([i % 32]) for i in range(120))
        data += bytes([27]) * 150 + bytes([3]) * (-len(data) % 150)
        end = len(data)
        board = self.start(end)
        self.greet(board)
        for number, off in enumerate(range(0, end, 250), 1):
            self.send(board, number, off, data[off:off + 250])
        board.words((DONE,))
        written = self.did(board, 0)
        self.assertEqual(b"".join(args[3] for _, args in written), data)

    def test_what_frames_leave_out_is_kept(self):
        board = self.start(1000, off=100)
        self.greet(board, off=100)
        self.send(board, 1, 300, b"abc")
        self.send(board, 2, 303, b"def")
        self.send(board, 3, 1000, b"")
        board.words((DONE,))
        self.assertEqual(self.did(board, 0), [(100, 200), ("rom_ioctl", (4, 0, 300, b"abc")),
                                              ("rom_ioctl", (4, 0, 303, b"def")), (306, 694)])

    def damage(self, damaged, rooms, before="", mark=b"", word=DAMAGED):
        """A damaged frame is answered with so many words for its pieces, then the word, then the number; sent again it
        is written, once."""
        data = b"abc" * 60
        board = self.start(len(data), before=before)
        self.greet(board)
        # What follows is thrown away: it must not be there when the frame is sent again.
        board.send(damaged(frame(1, 0, len(data), data)) + b"what is on the way")
        self.assertEqual(board.words((WRITTEN, word)), [ROOM] * rooms + [word])
        board.send(mark)
        self.assertEqual(board.words(("from",)), [("from", 1)])
        self.send(board, 1, 0, data)
        board.words((DONE,))
        notes = [note for note in self.did(board, 0) if note[0] == "rom_ioctl"]
        self.assertEqual(notes, [("rom_ioctl", (4, 0, 0, data))])

    def test_damaged_frames_are_asked_for_again(self):
        flip = {"payload": lambda wire: wire[:100] + b"\xff" + wire[101:],
                "made size": lambda wire: wire[:7] + b"5" + wire[8:],
                "offset": lambda wire: wire[:15] + b"8" + wire[16:],
                "checksum": lambda wire: wire[:23] + bytes([wire[23] ^ 1]) + wire[24:],
                "another frame's": lambda wire: frame(2, 0, 180, b"abc" * 60),
                "its own predecessor": lambda wire: frame(0, 0, 0, GREETING)}
        for name, damaged in flip.items():
            with self.subTest(name):
                rooms = pieces(damaged(frame(1, 0, 180, b"abc" * 60)))
                self.damage(damaged, rooms)

    def test_headers_that_are_none(self):
        # Nothing of what is on the way is confirmed.
        self.damage(lambda wire: b"zzzz" + wire[4:], 0)
        self.damage(lambda wire: b"0259" + wire[4:], 0)  # 601 bytes: more than there is room for

    def test_a_greeting_that_is_none(self):
        board = self.start(3)
        board.send(b"z" * 24 + b"what is on the way")
        self.assertEqual(board.words((DAMAGED,)), [DAMAGED])
        self.assertEqual(board.words(("from",)), [("from", 0)])
        self.greet(board)
        self.send(board, 1, 0, b"abc")
        board.words((DONE,))
        self.did(board, 0)

    def test_boards_on_which_poll_finds_no_input_wait_for_a_mark(self):
        blind = ("class Poll:\n"
                 "    def register(self, *args): pass\n"
                 "    def poll(self, ms): return []\n"
                 "sys.modules['select'] = Noting('select', {'poll': lambda: Poll()})\n")
        self.damage(lambda wire: wire[:100] + b"\xff" + wire[101:], 4, blind, b"rest \x1b of \x1b\x1b it\x1b\x1b\x1b", MARK)

    def packed(self, window_bits, fault_at=None):
        data = b"".join(b"a line of text that comes again, number %d\n" % (i % 37) for i in range(60))
        packer = zlib.compressobj(9, zlib.DEFLATED, -window_bits)
        stream = packer.compress(data) + packer.flush()
        board = self.start(len(data), window_bits=window_bits)
        self.greet(board)
        inflater = zlib.decompressobj(-window_bits)
        made = taken = sent = 0
        for number, off in enumerate(range(0, len(data), 300), 1):
            end = min(off + 300, len(data))
            while made < end:
                made += len(inflater.decompress(stream[taken:taken + 1]))
                taken += 1
            ahead = min(max(taken + (0, 1, 17)[number % 3], sent), len(stream))
            wire = frame(number, off, end - off, stream[sent:ahead])
            if number == fault_at:
                board.send(wire[:-1] + bytes([wire[-1] ^ 0x80]))
                board.words((DAMAGED,))
                self.assertEqual(board.words(("from",)), [("from", number)])
            board.send(wire)
            self.assertEqual(board.words((WRITTEN, DAMAGED)), [ROOM] * pieces(wire) + [WRITTEN])
            sent = ahead
        board.words((DONE,))
        self.assertEqual(b"".join(args[3] for _, args in self.did(board, 0)), data)

    def test_a_deflate_stream_goes_on_over_frames(self):
        self.packed(9)
        self.packed(12)

    def test_a_deflate_stream_goes_on_over_damage(self):
        self.packed(10, fault_at=3)

    def test_flash_that_refuses(self):
        board = self.start(100, flash=FLASH.replace("None", "-5"), after="print('left', sys.stdin.read())")
        self.greet(board)
        wire = frame(1, 0, 50, b"a" * 50)
        board.send(wire + b"what is on the way")
        self.assertEqual(board.words((DONE, REFUSED)), [ROOM] * pieces(wire) + [REFUSED])
        board.until(b"did -5\n")
        rest, _ = board.end()
        self.assertEqual(rest.split("\n")[0], "left ")
        self.assertEqual(eval(rest.rsplit("\nnotes ", 1)[1]), [("rom_ioctl", (4, 0, 0, b"a" * 50))])

    def test_blocks_that_cannot_be_kept(self):
        board = self.start(100, keep="-7")
        self.greet(board)
        wire = frame(1, 50, 50, b"a" * 50)
        board.send(wire)
        self.assertEqual(board.words((DONE, REFUSED)), [ROOM] * pieces(wire) + [REFUSED])
        self.assertEqual(self.did(board, -7), [])

    def left_by(self, error):
        """What is still to be read when a program has ended by this error, of what was on the way."""
        receive = text_of("receive_frames", FROM=0, TO=100, PIECE=PIECE, ROOM=600, WRITE="refuse()", KEEP="0", WINDOW_BITS=0,
                          CHUNK=300)
        body = "\n".join([text_of("receiver"), f"def refuse(): raise {error}", "try:", f" {receive}", f"except {error}:",
                          " print('ended')", " print('left', sys.stdin.read())"])
        script = MicroPython(MICROPYTHON, self.folder.name).script(session(None, body), FLASH)
        board = Board(script, self.folder.name)
        self.greet(board)
        wire = frame(1, 0, 50, b"a" * 50)
        board.send(wire + b"what is on the way")
        self.assertEqual(board.words((ord("e"),))[:-1], [ROOM] * pieces(wire))
        board.until(b"nded\n")
        rest, errors = board.end()
        self.assertEqual(errors, "")
        return rest.split("\n")[0]

    def test_an_error_reads_on_until_the_line_is_quiet(self):
        self.assertEqual(self.left_by("ZeroDivisionError"), "left ")

    def test_after_ctrl_c_the_rest_is_for_the_prompt(self):
        self.assertEqual(self.left_by("KeyboardInterrupt"), "left what is on the way")

    def test_devices(self):
        board = self.start(4700, off=4608, flash="segments(bytearray(65536), 'device', 4096)",
                           act=text_of("frame_write_device", BLOCK_SIZE=4096))
        self.greet(board, off=4608)
        self.send(board, 1, 4608, b"a" * 92)
        board.words((DONE,))
        self.assertEqual(self.did(board, 0), [("writeblocks", (1, b"a" * 92, 512))])


class TriesTheLink(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="mprom-test-")

    def tearDown(self):
        Board.end_all()
        self.folder.cleanup()

    def start(self, before="", slowest_us=10_000_000):
        body = text_of("receiver") + "\n" + text_of("try_link", TRY_SIZE=64, BURST_SIZE=2048, SLOWEST_US=slowest_us)
        return Board(MicroPython(MICROPYTHON, self.folder.name).script(session(None, body), f"{FLASH}\n{before}"),
                     self.folder.name)

    def test_a_burst_that_arrives(self):
        board = self.start()
        burst = bytes(i * 7 % 256 for i in range(2048))
        self.assertEqual(board.words((ROOM,)), [ROOM])
        board.send(bytes(64) + burst + b"more")  # all at once, lest this PC is late
        self.assertEqual(board.words((DONE,)), [ROOM, DONE])
        self.assertIn(f"mprom:7 did 2048 {zlib.crc32(burst)}\n", board.end()[0].replace("\r", ""))

    def test_a_burst_that_is_cut(self):
        board = self.start()
        board.words((ROOM,))
        board.send(bytes(64 + 255))
        self.assertEqual(board.words((DONE,)), [ROOM, DONE])
        self.assertIn(f"mprom:7 did 255 {zlib.crc32(bytes(255))}\n", board.end()[0].replace("\r", ""))

    def test_nothing_more_is_tried_at_the_pace_of_a_uart(self):
        board = self.start(slowest_us=0)
        board.words((ROOM,))
        board.send(bytes(64))
        self.assertEqual(board.words((ROOM, DONE)), [DONE])
        self.assertIn("mprom:7 did 0 0\n", board.end()[0].replace("\r", ""))

    def can(self, *absent):
        before = "".join(f"sys.modules['{name}'] = Noting('{name}', {{}})\n" for name in absent)
        text = session(None, text_of("receiver"))
        lines, _ = MicroPython(MICROPYTHON, self.folder.name).answer(text, f"{FLASH}\n{before}")
        return lines

    def test_what_a_board_has(self):
        self.assertEqual(self.can(), ["can 1 1"])
        self.assertEqual(self.can("deflate"), ["can 1 0"])
        for name in ("select", "binascii", "time"):
            self.assertEqual(self.can(name), ["can 0 0"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
