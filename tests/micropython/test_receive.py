"""romfs.receive() on SIM, with frames that tests/support/receiving.py makes."""

import os
import random
import time
import unittest
import zlib

from board_test import BoardTest
from receiving import DAMAGED, DONE, FROM, GREETING, RATE, REFUSED, ROOM, WRITTEN, Patch, Transfer, frame, frames
from romfs_writer import file, image as bare_image, sealed_image

SEGMENT = 2
BLOCK = 4096
RAM_MAX = 16 * 1024


def make_image(seed, size=40_000):
    chosen = random.Random(seed)
    return sealed_image(file("data", chosen.randbytes(size)), file("text", "a line of text that comes often\n" * 500))


class Receive(BoardTest):
    prelude = "import gc, romfs, vfs, binascii"

    def assert_holds(self, image):
        self.assertEqual(self.console.eval(f"romfs.verify({SEGMENT})"), True)
        size = len(image) - 4  # the checksum of a sealed image is that of every other one
        self.assertEqual(self.console.eval(f"binascii.crc32(memoryview(vfs.rom_ioctl(2, {SEGMENT}))[:{size}])"),
                         zlib.crc32(image[:size]))

    def assert_free(self):
        """No session is open."""
        self.console.exec(f"romfs.Update({SEGMENT}, 100).abort()")

    def receive(self, image, patch, **setup):
        transfer = Transfer(self.console, SEGMENT, len(image), **setup)
        self.assertEqual(transfer.run(frames(patch, window_bits=setup.get("window_bits", 0))), ("", ""))
        self.assertEqual(transfer.words, [DONE])
        self.assert_holds(image)


class Whole(Receive):
    def test_modes_and_windows(self):
        for mode in (0, 1):
            for window_bits in (0, 9, 12, 15):
                with self.subTest(mode=mode, window_bits=window_bits):
                    image = make_image(mode * 100 + window_bits)
                    self.receive(image, Patch().literal(image).patch, mode=mode, window_bits=window_bits)

    def test_returns_the_checksum_in_the_seal(self):
        sealed, bare = sealed_image(file("small", "x")), bare_image(file("small", "y" * 300))
        for image, covered in ((sealed, sealed[:-4]), (bare, bare)):
            self.console.exec(f"def f(): print(romfs.receive({SEGMENT}, {len(image)}, 1, 512, 2304, 2048, 0, 0))")
            self.console.write(b"f()\x04")
            self.console.read_until(b"OK")
            self.console.write(b"".join(frames(Patch().literal(image).patch)))
            expected = bytes([DONE]) + b"%d\r\n\x04" % zlib.crc32(covered)
            self.assertEqual(self.console.read_until(b"\x04")[-len(expected):], expected)
            self.console.read_until(b"\x04>")

    def test_what_was_mounted_is_released(self):
        first, second = make_image(1, 100), make_image(2, 100)
        self.receive(first, Patch().literal(first).patch)
        self.console.exec(f"romfs.mount({SEGMENT}, '/x')")
        self.receive(second, Patch().literal(second).patch)
        self.assertEqual(self.console.eval("[path for _, path in vfs.mount() if path == '/x']"), [])


class Delta(Receive):
    def test_copies_and_keeps(self):
        old = make_image(1)
        for window_bits in (0, 12):
            self.console.rom_write(SEGMENT, old)
            patch = Patch(old).literal(old[:100]).copy(100, 2 * BLOCK - 100).keep(3 * BLOCK)
            # The second copy crosses blocks of the image, and both ends of its source are in blocks that stay.
            patch.copy(len(patch.image), BLOCK + 77).literal(old[len(patch.image):len(patch.image) + 5])
            patch.copy(len(patch.image), len(old) - len(patch.image))
            self.assertLess(len(patch.patch), 200)
            self.receive(old, patch.patch, window_bits=window_bits)


class Refused(Receive):
    def test_operation(self):
        old = make_image(1)
        self.console.rom_write(SEGMENT, old)
        transfer = Transfer(self.console, SEGMENT, len(old))
        output, error = transfer.run(frames(b"\x07"))
        self.assertEqual(transfer.words, [ROOM, REFUSED])
        self.assertEqual(output, "")
        self.assertIn("OSError: (74, 'segment 2, offset 0: the patch has an operation that is not allowed')", error)
        self.assert_holds(old)

    def test_what_is_on_the_way_does_not_reach_the_prompt(self):
        transfer = Transfer(self.console, SEGMENT, 5000)
        made = frames(Patch().literal(make_image(1)).patch)
        self.assertEqual(transfer.send_frame(made[0])[-1], WRITTEN)
        transfer.send(frame(1, 0, 1, b"\x07") + b"".join(made[2:6]))
        while transfer.word() != REFUSED:
            pass
        self.assertIn("not allowed", transfer.end()[1])
        self.assertEqual(self.console.eval("1 + 1"), 2)

    def test_broken_stream(self):
        transfer = Transfer(self.console, SEGMENT, 5000, window_bits=12)
        transfer.send_frame(frames(b"")[0])
        self.assertEqual(transfer.send_frame(frame(1, 0, 100, b"\xff" * 100))[-1], REFUSED)
        self.assertIn("the frame cannot be inflated", transfer.end()[1])

    def test_stream_that_ends_early(self):
        packer = zlib.compressobj(9, zlib.DEFLATED, -12)
        stream = packer.compress(b"\x07" * 50) + packer.flush()
        for payload in (stream, stream[:-2], b""):
            transfer = Transfer(self.console, SEGMENT, 5000, window_bits=12)
            transfer.send_frame(frames(b"")[0])
            self.assertEqual(transfer.send_frame(frame(1, 0, 51, payload))[-1], REFUSED)
            self.assertIn("the frame cannot be inflated", transfer.end()[1])

    def test_running(self):
        self.console.rom_write(0, make_image(1, 100))
        with open(os.path.join(self.board.state, "flash"), "rb") as flash:
            self.assertEqual(flash.read(3), b"\xd2\xcd\x31")
        self.console.write(b"import machine\nmachine.reset()\x04")
        self.console.read_until(b">>> ")
        self.console.enter_raw()
        image = make_image(2, 5000)
        transfer = Transfer(self.console, 0, len(image))
        self.assertIn("OSError: (16, 'segment 0", transfer.run(frames(Patch().literal(image).patch))[1])
        self.assertEqual(transfer.words[-1], REFUSED)

    def test_arguments(self):
        for call, error in (("receive(3, 4, 1, 1, 1, 1, 0, 0)", "OSError: [Errno 2] ENOENT"), ("receive(2, 4, 2, 1, 1, 1, 0, 0)", "ValueError"),
                            ("receive(2, 4, 1, 0, 1, 1, 0, 0)", "ValueError"), ("receive(2, 4, 1, 1, 65536, 1, 0, 0)", "ValueError"),
                            ("receive(2, 4, 1, 1, 0, 1, 0, 0)", "ValueError"), ("receive(2, 4, 1, 1, 1, 0, 0, 0)", "ValueError"),
                            ("receive(2, 4, 1, 1, 1, 1, 7, 0)", "ValueError"), ("receive(2, 4, 1, 1, 1, 1, 16, 0)", "ValueError"),
                            ("receive(2, 4, 1, 1, 1, 1, -1, 0)", "ValueError"), ("receive('2', 4, 1, 1, 1, 1, 0, 0)", "TypeError"),
                            ("receive(2, 4, 1, 1, 1, 1, 0)", "TypeError")):
            self.assertIn(error, self.console.exec_error(f"romfs.{call}"), call)


class Link(Receive):
    def test_damaged_frames(self):
        image = make_image(1, 6_000)
        transfer = Transfer(self.console, SEGMENT, len(image), window_bits=12)
        for number, one in enumerate(frames(Patch().literal(image).patch, window_bits=12)):
            broken = bytearray(one)
            broken[-1] ^= 0x80
            words = transfer.send_frame(bytes(broken))
            self.assertEqual(words[-1], DAMAGED)
            self.assertEqual(transfer.word(), (FROM, number))
            self.assertEqual(transfer.send_frame(one)[-1], WRITTEN)
        self.assertEqual(transfer.word(), DONE)
        self.assertEqual(transfer.end(), ("", ""))
        self.assert_holds(image)

    def test_pieces_are_confirmed(self):
        transfer = Transfer(self.console, SEGMENT, 5000, piece=50)
        words = transfer.send_frame(frames(b"")[0])
        self.assertEqual(words, [ROOM] * -(-len(GREETING) // 50) + [WRITTEN])
        transfer.send(b"\x03")
        self.assertIn("KeyboardInterrupt", transfer.end()[1])

    def test_interrupt(self):
        image = make_image(1)
        made = frames(Patch().literal(image).patch, window_bits=12)
        for count, cut in ((0, 0), (0, 10), (1, 0), (1, 24), (2, 700), (9, 0), (len(made) - 1, 30)):
            with self.subTest(count=count, cut=cut):
                transfer = Transfer(self.console, SEGMENT, len(image), window_bits=12)
                for one in made[:count]:
                    self.assertEqual(transfer.send_frame(one)[-1], WRITTEN)
                transfer.send(made[count][:cut] + b"\x03")
                self.assertIn("KeyboardInterrupt", transfer.end()[1])
                self.console.write(b"\r\x01")
                self.console.read_until(b"raw REPL; CTRL-B to exit\r\n>")
                self.assert_free()

    def test_what_comes_with_an_interrupt_is_for_the_prompt(self):
        transfer = Transfer(self.console, SEGMENT, 5000)
        transfer.send_frame(frames(b"")[0])
        transfer.send(b"\x03print('heard')\x04")
        self.assertIn("KeyboardInterrupt", transfer.end()[1])
        self.assertIn(b"OKheard", self.console.read_until(b"\x04\x04>"))


class Memory(Receive):
    options = ("--heap", "48K")

    def test_takes_less_than_16_kib(self):
        """All memory is taken but one range of 16 KiB."""
        image = make_image(1, 9000)
        self.console.exec(f"""
import gc
room = bytearray({RAM_MAX})
taken = None
for size in (8192, 1024, 128):
    try:
        while True: taken = [taken, bytearray(size)]
    except MemoryError: pass
room = None
gc.collect()
""")
        self.assertIn("MemoryError", self.console.exec_error(f"bytearray({RAM_MAX + 1024})"))
        self.receive(image, Patch().literal(image).patch, window_bits=12)

    def test_memory_error(self):
        """It comes before anything was touched, and what was sent is not left for the prompt."""
        old = make_image(1, 3000)
        self.console.rom_write(SEGMENT, old, 512)
        for room, window_bits in ((60000, 0), (30000, 15)):
            transfer = Transfer(self.console, SEGMENT, 5000, room=room, window_bits=window_bits)
            transfer.send(frames(b"")[0])
            output, error = transfer.end()
            self.assertEqual(output, "")
            self.assertIn("MemoryError", error)
            self.assert_holds(old)


class Rate(Receive):
    """The console's rate is raised while it receives."""

    options = ("--baud-max", "921600")

    def raised(self, image):
        transfer = Transfer(self.console, SEGMENT, len(image), baud=921600)
        self.assertEqual(transfer.word(), RATE)
        return transfer

    def send_at_old_rate(self, transfer, all_frames):
        """The first frame may find the board in the middle of noise."""
        self.console.write(b"\0" * 600)
        words = []
        while not words or words[-1] != (FROM, 0):
            words.append(transfer.word())
        self.assertEqual(transfer.run(all_frames), ("", ""))
        self.assertEqual(transfer.words, [DONE])

    def test_raised(self):
        image = make_image(1)
        transfer = self.raised(image)
        self.console.set_baud(921600)
        for one in frames(Patch().literal(image).patch):
            self.assertEqual(transfer.send_frame(one)[-1], WRITTEN)
        self.assertEqual(transfer.word(), DONE)
        self.console.set_baud(115200)
        self.console.write(b"\n")
        self.assertEqual(transfer.end(), ("", ""))
        self.assert_holds(image)

    def test_the_client_never_says_that_it_is_back(self):
        image = make_image(2, 100)
        transfer = self.raised(image)
        self.console.set_baud(921600)
        for one in frames(Patch().literal(image).patch):
            transfer.send_frame(one)
        self.console.set_baud(115200)
        self.assertEqual(transfer.end()[1], "")
        self.assert_holds(image)

    def test_silence(self):
        """The board is back at its own rate after a second, or three when a frame has come through."""
        image = make_image(3)
        all_frames = frames(Patch().literal(image).patch)
        transfer = self.raised(image)
        time.sleep(1.2)
        self.send_at_old_rate(transfer, all_frames)
        self.assert_holds(image)
        transfer = self.raised(image)
        self.console.set_baud(921600)
        for one in all_frames[:3]:
            self.assertEqual(transfer.send_frame(one)[-1], WRITTEN)
        self.console.set_baud(115200)
        time.sleep(3.2)
        self.console.write(b"\0" * 600)
        words = []
        while not words or words[-1] != (FROM, 3):
            words.append(transfer.word())
        self.assertEqual(transfer.run(all_frames[3:]), ("", ""))
        self.assert_holds(image)

    def test_noise(self):
        """What comes at another rate does not keep the board there."""
        image = make_image(4)
        transfer = self.raised(image)
        for _ in range(15):
            self.console.write(b"\x55" * 20)
            time.sleep(0.1)
        self.console.read_available(0.3)
        self.send_at_old_rate(transfer, frames(Patch().literal(image).patch))
        self.assert_holds(image)

    def test_ctrl_c(self):
        """The exception is told of at the raised rate, and printed at the old one."""
        image = make_image(5)
        transfer = self.raised(image)
        self.console.set_baud(921600)
        self.assertEqual(transfer.send_frame(frame(0, 0, 0, GREETING))[-1], WRITTEN)
        for _ in range(4):
            self.console.write(b"\x03 and what is on the way")
            time.sleep(0.05)
        self.assertEqual(transfer.word(), REFUSED)
        self.console.set_baud(115200)
        self.console.write(b"\n")
        self.assertIn("KeyboardInterrupt", transfer.end()[1])
        self.assert_free()

    def test_too_much(self):
        for baud in ("921601", "-1", "1 << 32"):
            self.assertIn("ValueError", self.console.exec_error(f"romfs.receive({SEGMENT}, 100, 1, 512, 2304, 2048, 0, {baud})"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
