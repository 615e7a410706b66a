"""Deploy, dump, verify and erase on boards with stock MicroPython, in each of the shapes that its ports have."""

import os
import random
import unittest

import stock_board
from command import CommandTest
from link import Link
from romfs_writer import SEAL, file, filled_image, image, sealed_image, varuint
from sim import SimTest
from stock_board import BLOCK, KINDS, MRAM, RANGED, SHAPES, SIZE, StockBoard

MAGIC = b"\xd2\xcd\x31"


class StockTest(SimTest):
    def setUp(self):
        CommandTest.setUp(self)
        self.board = None
        self.addCleanup(self.end)

    def end(self):
        if self.board:
            self.board.__exit__()

    def start(self, kind, *options, flash=None, **kwargs):
        """Has such a board run, in place of the one before. flash is what it holds already."""
        self.end()
        self.board = StockBoard(kind, *options, **kwargs)
        if flash is not None:
            with open(os.path.join(self.board.state, "flash"), "wb") as cells:
                cells.write(flash.ljust(3 * SIZE, b"\xff"))
        self.board.start()
        self.run_dir = os.path.join(self.board.state, "run")
        self.board.operations()

    def deploy(self, contents, *args, **kwargs):
        return self.mprom("deploy", self.write("image.romfs", contents), *args, **kwargs)

    def assert_holds(self, contents):
        self.assertEqual(self.board.flash()[: len(contents)], contents)

    def assert_no_image(self):
        self.assertNotEqual(self.board.flash()[:3], MAGIC)

    def number_of(self, kind, contents, what, off, flash=None):
        """Which of the operations of a deploy is the first of this sort at off or behind it."""
        self.start(kind, flash=flash)
        self.deploy(contents)
        return next(i for i, operation in enumerate(self.board.operations()) if operation[0] == what and operation[1] >= off)


class Deploy(StockTest):
    def test_every_shape(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.start(kind, flash=filled_image(30000, seed="old"))
                contents = filled_image(20000, seed=kind)
                done = self.deploy(contents)
                self.assertIn(b"segment 0: deployed 20,000 bytes and read them back", done.stdout)
                self.assert_holds(contents)
                self.assert_order(self.board.operations(), kind)

    def test_samd_keeps_the_users_files(self):
        """L7: that port's ioctl(6) erases the writable filesystem, whichever object it is asked of."""
        self.start("samd")
        with self.board.raw() as console:
            console.exec("for i in range(20):\n with open('/f%d' % i, 'w') as f: f.write('mine' * 999)")
        for size in (60000, 60100, 30000):
            self.deploy(filled_image(size, seed=size))
            self.assert_holds(filled_image(size, seed=size))
        with self.board.raw() as console:
            self.assertEqual(console.eval("all(open('/f%d' % i).read() == 'mine' * 999 for i in range(20))"), True)

    def test_another_segment_than_there_is(self):
        """L7: ports that take any number write segment 0 instead."""
        contents = filled_image(20000)
        for kind in ("device", "esp8266", "renesas-ra", "samd", "samd-view"):
            with self.subTest(kind):
                self.start(kind)
                self.deploy(contents)
                self.board.operations()
                for args in (("deploy", self.write("other.romfs", filled_image(9000, seed="other"))), ("dump",), ("verify",)):
                    done = self.mprom(*args, "-n", "1", status=1)
                    self.assertIn(b"there is no segment ", done.stderr)
                self.assert_holds(contents)
                self.assertEqual(self.board.operations(), [])

    def test_a_sector_larger_than_the_segment(self):
        """L0: op 6 of stm32's port names the largest of the chip, 128 KiB. This segment is one of 64 KiB."""
        self.start("sectors-inside", "--segment-size", "128K")
        self.board.size = 128 * 1024
        self.assertEqual(self.query()["segments"][0]["size"], 64 * 1024)
        for seed in ("one", "two"):
            contents = filled_image(60000, seed=seed)
            self.deploy(contents)
            self.assert_holds(contents)

    def test_doubled_text(self):
        """Text that is longer than it was is not written, as that may be no number of units; the deploy fails and says so."""
        contents = filled_image(1400)
        self.start("blocks")
        with Link(self.board, "--baud", "921600") as link:
            self.deploy(contents, "-p", link.port)
        first = link.counts["to_board"]["sent"] - 460  # the text of the first bytes of the image, which is typed, lies around here
        told = set()
        for at in range(first, first + 450, 20):
            self.start("blocks")  # whose end tells of violations
            with Link(self.board, "--baud", "921600", "--fault", f"double:board:{at}:4") as link:
                done = self.deploy(contents, "-p", link.port, status=None)
            told.add(b"bytes arrived on the board" in done.stderr)
        self.assertIn(True, told)

    def counted(self, contents):
        """How many bytes the board makes digests of in a deploy."""
        self.deploy(contents)
        self.assert_holds(contents)
        with self.board.raw() as console:
            sizes = console.exec("import os\nprint(open('/counted').read())\nos.remove('/counted')")
            console.leave_raw()
        return sum(map(int, sizes.split()))

    def test_what_is_read_back(self):
        """Everything once, and the block of the start once more when that was written. Before, the blocks where some
        can stay, and where none can only what looks as if all of it was there."""
        old, new, longer = (filled_image(size, seed=seed) for size, seed in ((20000, 1), (20000, 2), (30000, 3)))
        for kind, look in (("view", 0), ("blocks", 1)):
            with self.subTest(kind):
                self.start(kind, boot=stock_board.COUNTED)
                for contents in (old, new, longer):
                    expected = look * len(contents) + len(contents) - 32 + BLOCK
                    self.assertEqual(self.counted(contents), expected)
                self.assertEqual(self.counted(longer), len(longer))  # is there already

    def assert_order(self, operations, kind):
        """Block 0 goes first, the first bytes come last, and nothing is written twice."""
        erased = [off for what, off, _ in operations if what == "erase"]
        written = [off for what, off, _ in operations if what == "program"]
        self.assertEqual(written[-1], 0)
        if kind in MRAM:
            self.assertEqual(erased, [])
            self.assertEqual(written[0], 0)
            del written[0]
        else:
            self.assertEqual(erased, [0, 4096, 8192, 12288, 16384])
            self.assertEqual([what for what, _, _ in operations[:5]], ["erase"] * 5)
        self.assertEqual(len(set(written)), len(written))

    def test_sizes(self):
        for kind in KINDS:
            self.start(kind)
            for size in (4, 300, 4096, SIZE, 4098, 256):
                with self.subTest(kind, size=size):
                    contents = image() if size == 4 else filled_image(size, seed=size)
                    self.deploy(contents)
                    self.assert_holds(contents)

    def test_one_byte_too_large(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.start(kind)
                old = filled_image(600)
                self.deploy(old)
                self.board.operations()
                done = self.deploy(filled_image(SIZE + 2), status=1)
                self.assertIn(b"has 65538 bytes, segment 0 only 65536; nothing was sent", done.stderr)
                self.assertEqual(self.board.operations(), [])
                self.assert_holds(old)

    def test_poor_board(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.start(kind, boot=stock_board.POOR)
                contents = filled_image(6000, seed=kind)
                self.deploy(contents)
                self.assert_holds(contents)
                self.mprom("verify", self.folder / "image.romfs")
                self.mprom("verify")
                self.assertEqual(self.mprom("dump").stdout, contents)

    def test_little_memory(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.start(kind, heap="28K")
                contents = filled_image(5000)
                self.deploy(contents)
                self.assert_holds(contents)
                self.assertLess(self.query()["free_memory"], 28 * 1024)
                self.mprom("verify", self.folder / "image.romfs")

    def test_boot_that_fails_in_a_class(self):
        """MicroPython then goes on with the class's names in place of the outermost ones."""
        self.start("view")
        with self.board.raw() as console:
            console.exec("f = open('/boot.py', 'w')\nf.write('\\nclass C:\\n    x = 1 / 0\\n')\nf.close()")
        contents = filled_image(5000)
        self.deploy(contents)
        self.assert_holds(contents)

    def test_boot_that_never_ends(self):
        self.start("view")
        with self.board.raw() as console:
            console.exec("f = open('/boot.py', 'w')\nf.write('\\nwhile True: print(1)\\n')\nf.close()")
        contents = filled_image(5000)
        self.deploy(contents, "--no-restart")
        self.assert_holds(contents)

    def test_prompt_of_its_own(self):
        self.start("view")
        with self.board.raw() as console:
            console.exec("f = open('/boot.py', 'w')\nf.write('import sys\\nsys.ps1 = \"? \"\\n')\nf.close()")
        self.deploy(filled_image(300))

    def test_board_that_prints_by_itself(self):
        """What a timer prints between the answers is no answer."""
        prints = "def see(op, *args):\n    print('tick', op, 'mprom:3 did 0')\n"
        self.start("view", boot=stock_board.BETWEEN + prints)
        contents = filled_image(9000)
        self.deploy(contents)
        self.assert_holds(contents)


class Transfer(StockTest):
    """What goes over the link. Images of 50,000 bytes, of which a stream of deflate makes a fifth."""

    def setUp(self):
        super().setUp()
        choose = random.Random(1)
        self.words = [choose.randbytes(100) for _ in range(20)]
        self.data = bytearray(b"".join(choose.choice(self.words) for _ in range(500)))

    def sent(self, *args):
        """Bytes on their way to the board in a deploy of the data."""
        contents = sealed_image(file("data.bin", bytes(self.data)))
        with Link(self.board, "--usb") as link:
            self.deploy(contents, "-p", link.port, *args)
        self.assert_holds(contents)
        return link.counts["to_board"]["sent"]

    def test_every_kind(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.start(kind)
                self.assertLess(self.sent(), 24_000)  # frames, with deflate
                self.data[30_000] ^= 1
                again = self.sent()  # one block changed
                self.assertLess(again, 13_000 if kind in RANGED else 24_000)
                self.assertLess(self.sent(), 4_000)

    def test_random_bytes(self):
        """Without deflate, as binary frames."""
        self.data = bytearray(random.Random(2).randbytes(50_000))
        for kind in KINDS:
            with self.subTest(kind):
                self.start(kind)
                self.assertLess(self.sent(), 64_000)

    def test_many_escapes(self):
        """Without deflate, seven of these eight bytes are sent as two, and many a piece ends between those."""
        self.data = bytearray(random.Random(3).choices(b"\1\2\3\4\5\r\x1bx", k=9_000))
        contents = sealed_image(file("data.bin", bytes(self.data)))
        for options, link in (((), ("--usb",)), (("--receive-buffer", "256"), ("--baud", "460800"))):
            with self.subTest(link):
                self.start("view", *options, boot=stock_board.NO_DEFLATE)
                with Link(self.board, *link) as wire:
                    self.deploy(contents, "-p", wire.port)
                self.assert_holds(contents)
                self.assertGreater(wire.counts["to_board"]["sent"], 15 * len(self.data) // 8)
                # No large frame twice: those have more than 7,000 bytes. On a busy machine a program may go twice.
                self.assertLess(wire.counts["to_board"]["sent"], 15 * len(self.data) // 8 + 12_000)

    def test_poor_board_gets_text(self):
        del self.data[8000:]
        for kind in KINDS:
            with self.subTest(kind):
                self.start(kind, boot=stock_board.POOR)
                self.assertGreater(self.sent(), 2 * len(self.data))

    def test_little_memory(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.start(kind, heap="32K")  # no room for an inflater
                self.assertLess(self.sent(), 64_000)
                self.start(kind, heap="64K")  # for a small one
                self.assertLess(self.sent(), 40_000)

    def test_uart(self):
        """A buffer that takes no more than a UART's."""
        del self.data[16_000:]
        for kind in SHAPES:
            with self.subTest(kind):
                self.start(kind, "--receive-buffer", "256")
                contents = sealed_image(file("data.bin", bytes(self.data)))
                with Link(self.board, "--baud", "115200") as link:
                    self.deploy(contents, "-p", link.port)
                self.assert_holds(contents)


class Faults(StockTest):
    """Whatever the flash does wrong is reported, and no image is left."""

    CONTENTS = filled_image(20000)

    def assert_fails(self, expected):
        done = self.deploy(self.CONTENTS, status=1)
        self.assertRegex(done.stderr.decode(), expected)
        self.assertIn(self.board.port.encode(), done.stderr)
        self.assertEqual(done.stdout, b"")
        self.assert_no_image()

    def fail_at(self, kind, fault, what, off=8192):
        """A board whose flash does so at an operation that the deploy comes to. Returns where that is."""
        number = self.number_of(kind, self.CONTENTS, what, off)
        self.start(kind, "--fault", f"{fault}:{number}")

    def test_erase_fails(self):
        for kind in ("view", "blocks"):
            with self.subTest(kind):
                self.fail_at(kind, "fails", "erase")
                self.assert_fails(r"segment 0, offset 0: the board could not erase it \(Input/output error")
        for kind in ("device", "bare"):
            with self.subTest(kind):
                self.fail_at(kind, "fails", "erase")
                self.assert_fails(r"erasing segment 0 failed on the board: OSError: .*EIO")

    def test_program_fails(self):
        for kind in SHAPES:
            with self.subTest(kind):
                self.fail_at(kind, "fails", "program")
                self.assert_fails(
                    r"writing segment 0, offset \d+ failed on the board: OSError: .*EIO" if kind == "device" else
                    r"segment 0, offset \d+: the board could not write \(Input/output error"
                )

    def test_program_lies(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.fail_at(kind, "lies", "program")
                self.assert_fails(
                    r"offset 8\d\d\d: what was read back differs from what was sent; the segment holds no image now"
                )

    def test_first_unit_lies(self):
        """Found only when all is written; what is there must not stay."""
        for kind in KINDS:
            with self.subTest(kind):
                self.start(kind, boot=stock_board.SPOILED_START)
                self.assert_fails(r"offset 8: what was read back differs.*was cleared")

    def test_damage_on_the_way(self):
        self.start("view", boot=stock_board.GARBLES, flash=filled_image(20000))
        self.assertRegex(self.error("dump"), r"segment 0, offset 8192: bytes were damaged on their way")

    def test_loss_on_the_way(self):
        """On a board that cannot take frames."""
        self.start("view", boot=stock_board.LOSES)
        self.assert_fails(r"segment 0, offset 4096: only 4092 of 4096 bytes arrived")

    def test_traceback_with_v(self):
        number = self.number_of("device", self.CONTENTS, "program", 8192)
        for option, assert_it in (("-q", self.assertNotIn), ("-v", self.assertIn)):
            self.start("device", "--fault", f"fails:{number}")
            assert_it(b"Traceback", self.deploy(self.CONTENTS, option, status=1).stderr)


class Preview(StockTest):
    def test_version(self):
        """R8: a preview is shown as the board says it."""
        self.start("view", boot=stock_board.PREVIEW)
        self.assertEqual(self.query()["version"], "1.29.0-preview")
        self.assertIn(b"MicroPython 1.29.0-preview, .mpy version", self.mprom("query").stdout)


class Read(StockTest):
    def test_dump(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.start(kind)
                contents = filled_image(10002, seed=kind)
                self.deploy(contents)
                done = self.mprom("dump", "-o", "back.romfs")
                self.assertEqual((self.folder / "back.romfs").read_bytes(), contents)
                self.assertIn(b"read 10,002 bytes", done.stderr)
                whole = self.mprom("dump", "--raw").stdout
                self.assertEqual(whole, self.board.flash())
                self.assertEqual(len(whole), SIZE)

    def test_empty_segment(self):
        self.start("view")
        self.mprom("erase", "-n", "0")
        self.assertIn("segment 0 holds no image", self.error("dump"))
        self.assertIn("segment 0 holds no image", self.error("verify"))

    def test_verify(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.start(kind)
                contents = filled_image(9000, seed=1)
                self.deploy(contents)
                self.assertIn(b"9,000 bytes, as sealed", self.mprom("verify").stdout)
                self.assertIn(b"the same as the image", self.mprom("verify", self.folder / "image.romfs").stdout)
                other = self.write("other.romfs", filled_image(9002, seed=1))
                self.assertIn("has 9000 bytes, the one to compare with 9002", self.error("verify", other))
                bent = bytearray(contents)
                bent[7001] ^= 1
                other = self.write("bent.romfs", bytes(bent))
                self.assertIn("segment 0 differs from the image at offset 7001", self.error("verify", other))
                self.board.put(bytes([contents[7001] ^ 1]), 7001)
                self.assertRegex(self.error("verify"), "is damaged: its checksum is [0-9a-f]{8}, its seal says")

    def test_a_read_that_fails_without_checksums(self):
        """B11: the image is read back to make its checksum here; no checksum is made of what did not come."""
        contents = filled_image(3 * BLOCK)
        self.start("bare", boot=stock_board.BETWEEN + stock_board.POOR + """
class Failing(Device):
    def __init__(self, device):
        super().__init__(device)
        self.read = device.readblocks
        self.readblocks = self.fail
    def fail(self, n, data, off=0):
        if n == 1: raise OSError(5)
        self.read(n, data, off)
Device = Failing
""", flash=contents)
        done = self.mprom("verify", status=1)
        self.assertRegex(done.stderr, rb"reading segment 0, offset 4096 .*OSError: \[Errno 5\] EIO")

    def test_verify_without_a_seal(self):
        self.start("view")
        self.deploy(filled_image(3000, make=image))
        self.assertIn("has no seal to check it by", self.error("verify"))
        self.mprom("verify", self.folder / "image.romfs")

    def test_query(self):
        self.start("device")
        self.deploy(filled_image(3000))
        (segment,) = self.query()["segments"]
        self.assertEqual(segment["access"], "device")
        self.assertEqual((segment["size"], segment["block_size"]), (SIZE, 4096))
        self.assertEqual(segment["image"]["size"], 3000)
        self.assertEqual(segment["image"]["seal"], filled_image(3000)[:-5:-1].hex())
        self.assertFalse(self.query()["mprom"])

    def test_what_is_a_seal(self):
        """Not what only looks like one: here it is the end of the last file."""
        self.start("view")
        fake = varuint(SEAL) + b"\x05\x01" + b"\x11\x22\x33\x44"
        contents = next(
            whole for whole in (image(file("a", b"x" * n + fake)) for n in range(300, 302)) if whole.endswith(fake)
        )
        self.deploy(contents)
        self.assertIsNone(self.query()["segments"][0]["image"]["seal"])
        for number in range(40):
            self.write(f"app/{number}.txt", str(number) * number * 3)
        for option in ("--no-index", "--no-info"):
            self.mprom("build", "app", "-o", "app.romfs", option, "--label", "many")
            self.mprom("deploy", "app.romfs")
            found = self.query()["segments"][0]["image"]
            self.assertEqual(found["seal"], (self.folder / "app.romfs").read_bytes()[:-5:-1].hex())
            self.assertEqual(found["label"], "" if option == "--no-info" else "many")
            self.mprom("verify")


class Erase(StockTest):
    def test_every_shape(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.start(kind)
                self.deploy(filled_image(9000))
                self.assertIn(b"segment 0: erased", self.mprom("erase", "-n", "0").stdout)
                self.assert_no_image()
                if kind not in MRAM:
                    self.assertEqual(self.board.flash(), b"\xff" * SIZE)
                self.assertIsNone(self.query()["segments"][0]["image"])

    def test_segment_must_be_named(self):
        self.start("view")
        self.error("erase", status=2)
        self.assertIn("no segment '7'", self.error("erase", "-n", "7"))
        self.assertIn("no segment 'x'", self.error("erase", "-n", "x"))


class Refused(StockTest):
    def test_what_is_no_image(self):
        self.start("view")
        self.deploy(b"hello", status=1)
        self.deploy(filled_image(3000)[:-2], status=1)
        self.assertEqual(self.board.operations(), [])

    def test_no_such_segment(self):
        self.start("view")
        done = self.deploy(filled_image(300), "-n", "1", status=1)
        self.assertIn(b"there is no segment '1'", done.stderr)


if __name__ == "__main__":
    unittest.main()
