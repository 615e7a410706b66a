"""Deploy, dump, verify and erase on the boards of stock MicroPython, in each of the shapes that its ports have."""

import json
import random
import subprocess
import time
import unittest

import stock_board
from board import Board
from command import MPROM
from romfs_writer import SEAL, file, image, sealed_image, varuint
from sim import SimTest

SHAPES = tuple(stock_board.UNITS)
SIZE = 65536
MAGIC = b"\xd2\xcd\x31"


def image_of(size, seed=1, make=sealed_image):
    """An image of this many bytes (even)."""
    data = random.Random(seed).randbytes(size)
    for less in range(12, 64):
        whole = make(file("data.bin", data[: size - less]))
        if len(whole) == size:
            return whole
    raise ValueError(f"no image of {size} bytes")


class StockTest(SimTest):
    options = ("--heap", "1M")

    def install(self, shape, **kwargs):
        stock_board.install(self.board, shape, **kwargs)
        stock_board.take_log(self.board)

    def deploy(self, contents, *args, **kwargs):
        return self.mprom("deploy", self.write("image.romfs", contents), *args, **kwargs)

    def assert_holds(self, contents):
        self.assertEqual(stock_board.contents(self.board)[: len(contents)], contents)

    def assert_no_image(self):
        self.assertNotEqual(stock_board.contents(self.board)[:3], MAGIC)


class Deploy(StockTest):
    def test_every_shape(self):
        for shape in SHAPES:
            with self.subTest(shape):
                self.install(shape)
                contents = image_of(20000, seed=shape)
                done = self.deploy(contents)
                self.assertIn(b"segment 0: deployed 20,000 bytes and read them back", done.stdout)
                self.assert_holds(contents)
                self.assert_order(stock_board.take_log(self.board), shape)

    def assert_order(self, log, shape):
        """Block 0 goes first, the first bytes come last, and nothing is written twice."""
        erased = [off for kind, off, _ in log if kind == "erase"]
        written = [off for kind, off, _ in log if kind == "program"]
        self.assertEqual(written[-1], 0, log)
        if shape == "mram":
            self.assertEqual(erased, [])
            return
        self.assertEqual(erased[0], 0)
        self.assertEqual(len(set(erased)), len(erased))
        self.assertEqual(len(set(written)), len(written))
        self.assertGreater([kind for kind, _, _ in log].index("program"), 0)

    def test_sizes(self):
        for shape in SHAPES:
            self.install(shape)
            for size in (4, 300, 4096, SIZE, 4098, 256):
                with self.subTest(shape, size=size):
                    contents = image() if size == 4 else image_of(size, seed=size)
                    self.deploy(contents)
                    self.assert_holds(contents)
                    stock_board.take_log(self.board)

    def test_one_byte_too_large(self):
        for shape in SHAPES:
            with self.subTest(shape):
                self.install(shape)
                old = image_of(600)
                self.deploy(old)
                stock_board.take_log(self.board)
                done = self.deploy(image_of(SIZE + 2), status=1)
                self.assertIn(b"has 65538 bytes, segment 0 only 65536; nothing was sent", done.stderr)
                self.assertEqual(stock_board.take_log(self.board), [])
                self.assert_holds(old)

    def test_mram_is_made_invalid_first(self):
        self.install("mram")
        self.deploy(image_of(20000, seed=1))
        stock_board.take_log(self.board)
        self.deploy(image_of(9000, seed=2))
        log = stock_board.take_log(self.board)
        self.assertEqual(log[0], ("program", 0, 16))
        self.assertEqual(log[-1][:2], ("program", 0))

    def test_poor_board(self):
        for shape in ("view", "device"):
            with self.subTest(shape):
                self.install(shape, poor=True)
                contents = image_of(6000, seed=shape)
                self.deploy(contents)
                self.assert_holds(contents)
                stock_board.take_log(self.board)
                self.mprom("verify", self.folder / "image.romfs")
                self.mprom("verify")
                self.assertEqual(self.mprom("dump").stdout, contents)

    def test_little_memory(self):
        with Board("--heap", "20K") as small:
            path = self.write("image.romfs", image_of(5000))
            self.mprom("deploy", path, "-p", small.port, "-n", "2")
            done = self.mprom("query", "-p", small.port, "--json")
            (board,) = json.loads(done.stdout)
            self.assertLess(board["free_memory"], 20 * 1024)
            self.assertEqual(board["segments"][2]["image"]["size"], 5000)
            self.mprom("verify", path, "-p", small.port, "-n", "2")

    def test_boot_that_fails_in_a_class(self):
        """MicroPython then goes on with the class's names in place of the outermost ones."""
        self.install("view")
        with self.board.raw() as console:
            console.exec("f = open('/boot.py', 'a')\nf.write('\\nclass C:\\n    x = 1 / 0\\n')\nf.close()")
        contents = image_of(5000)
        self.deploy(contents)
        self.assert_holds(contents)

    def test_boot_that_never_ends(self):
        self.install("view")
        with self.board.raw() as console:
            console.exec("f = open('/boot.py', 'a')\nf.write('\\nwhile True: print(1)\\n')\nf.close()")
        contents = image_of(5000)
        self.deploy(contents, "--no-restart")
        self.assert_holds(contents)

    def test_prompt_of_its_own(self):
        self.install("view")
        with self.board.raw() as console:
            console.exec("f = open('/boot.py', 'a')\nf.write('\\nsys.ps1 = \"? \"\\n')\nf.close()")
        self.deploy(image_of(300))

    def test_board_that_prints_by_itself(self):
        """What a timer prints between the answers is no answer."""
        self.install("view")
        with self.board.raw() as console:
            console.exec(
                "f = open('/boot.py', 'a')\n"
                "f.write('''\n"
                "ask = rom_ioctl\n"
                "def rom_ioctl(*args):\n"
                "    print('tick', args[0], 'mprom:3 did 0')\n"
                "    return ask(*args)\n"
                "Vfs.rom_ioctl = staticmethod(rom_ioctl)\n"
                "''')\n"
                "f.close()"
            )
        contents = image_of(9000)
        self.deploy(contents)
        self.assert_holds(contents)


class Faults(StockTest):
    """Whatever the flash does wrong is reported, and no image is left."""

    def assert_fails(self, shape, fault, expected):
        self.install(shape, fault=fault)
        done = self.deploy(image_of(20000), status=1)
        self.assertRegex(done.stderr.decode(), expected)
        self.assertIn(self.board.port.encode(), done.stderr)
        self.assertEqual(done.stdout, b"")
        self.assert_no_image()
        stock_board.take_log(self.board)

    def test_erase_fails(self):
        for shape in ("blocks", "device"):
            with self.subTest(shape):
                self.assert_fails(shape, "erase fails", r"segment 0, offset \d+: the board could not erase it \(Input/output error")

    def test_program_fails(self):
        for shape in ("view", "mram", "blocks"):
            with self.subTest(shape):
                self.assert_fails(
                    shape, "program fails", r"segment 0, offset 8192: the board could not write \(Input/output error"
                )
        self.assert_fails("device", "program fails", r"writing segment 0, offset 8192 failed on the board: OSError: .*EIO")

    def test_program_lies(self):
        for shape in SHAPES:
            with self.subTest(shape):
                self.assert_fails(
                    shape, "program lies", r"offset 8192: what was read back differs from what was sent; the segment holds no image now"
                )

    def test_first_unit_lies(self):
        """Found only when all is written; what is there must not stay."""
        for shape in SHAPES:
            with self.subTest(shape):
                self.assert_fails(shape, "first unit lies", r"offset 8: what was read back differs.*was cleared")

    def test_damage_on_the_way(self):
        self.install("view")
        self.deploy(image_of(20000))
        self.install("view", fault="garbles")
        self.assertRegex(self.error("dump"), r"segment 0, offset 8192: bytes were damaged on their way")

    def test_loss_on_the_way(self):
        """On a board that cannot take frames."""
        self.assert_fails("view", "loses", r"segment 0, offset 4096: only 4092 of 4096 bytes arrived")

    def test_traceback_with_v(self):
        self.install("device", fault="program fails")
        self.assertNotIn(b"Traceback", self.deploy(image_of(20000), status=1).stderr)
        self.assertIn(b"Traceback", self.deploy(image_of(20000), "-v", status=1).stderr)


class Torn(StockTest):
    """A deploy that ends half way leaves the old image or none, and the next one succeeds."""

    def test_client_killed(self):
        for shape in SHAPES:
            with self.subTest(shape):
                self.install(shape)
                old = image_of(30000, seed="old")
                self.deploy(old)
                self.install(shape, fault="stops")
                path = self.write("new.romfs", image_of(20000, seed="new"))
                ours = subprocess.Popen([MPROM, "deploy", path], env={"MPROM_RUN_DIR": self.run_dir})
                self.wait_until_stuck()
                ours.kill()
                ours.wait()
                self.install(shape)
                if stock_board.contents(self.board)[: len(old)] != old:
                    self.assert_no_image()
                self.mprom("deploy", path)
                self.assert_holds(path.read_bytes())
                stock_board.take_log(self.board)

    def wait_until_stuck(self):
        """Returns once the board's process was busy for a second without a pause."""
        busy = 0
        for _ in range(200):
            before = self.cpu_ticks()
            time.sleep(0.2)
            busy = busy + 1 if self.cpu_ticks() - before >= 3 else 0
            if busy == 5:
                return
        self.fail("the deploy did not get as far as the fault")

    def cpu_ticks(self):
        with open(f"/proc/{self.board.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def test_board_reset(self):
        self.install("view")
        self.deploy(image_of(30000, seed="old"))
        self.install("view", fault="resets")
        message = self.deploy(image_of(20000, seed="new"), status=1).stderr.decode()
        self.assertRegex(message, "writing segment 0, offset 8192")
        self.install("view")
        self.assert_no_image()


class Read(StockTest):
    def test_dump(self):
        for shape in SHAPES:
            with self.subTest(shape):
                self.install(shape)
                contents = image_of(10002, seed=shape)
                self.deploy(contents)
                done = self.mprom("dump", "-o", "back.romfs")
                self.assertEqual((self.folder / "back.romfs").read_bytes(), contents)
                self.assertIn(b"read 10,002 bytes", done.stderr)
                whole = self.mprom("dump", "--raw").stdout
                self.assertEqual(whole, stock_board.contents(self.board))
                self.assertEqual(len(whole), SIZE)
                stock_board.take_log(self.board)

    def test_empty_segment(self):
        self.install("view")
        self.mprom("erase", "-n", "0")
        self.assertIn("segment 0 holds no image", self.error("dump"))
        self.assertIn("segment 0 holds no image", self.error("verify"))

    def test_verify(self):
        for shape in ("view", "device"):
            with self.subTest(shape):
                self.install(shape)
                contents = image_of(9000, seed=1)
                self.deploy(contents)
                self.assertIn(b"9,000 bytes, as sealed", self.mprom("verify").stdout)
                self.assertIn(b"the same as the image", self.mprom("verify", self.folder / "image.romfs").stdout)
                other = self.write("other.romfs", image_of(9002, seed=1))
                self.assertIn("has 9000 bytes, the one to compare with 9002", self.error("verify", other))
                bent = bytearray(contents)
                bent[7001] ^= 1
                other = self.write("bent.romfs", bytes(bent))
                self.assertIn("segment 0 differs from the image at offset 7001", self.error("verify", other))
                self.flip(7001)
                self.assertRegex(self.error("verify"), "is damaged: its checksum is [0-9a-f]{8}, its seal says")
                stock_board.take_log(self.board)

    def flip(self, off):
        """Changes a byte of the flash behind everybody's back."""
        with self.board.raw() as console:
            console.exec(
                f"f = open('/flash.bin', 'r+b')\nf.seek({off})\nb = f.read(1)[0]\n"
                f"f.seek({off})\nf.write(bytes((b ^ 1,)))\nf.close()"
            )
            console.soft_reset()
            console.leave_raw()

    def test_verify_without_a_seal(self):
        self.install("view")
        self.deploy(image_of(3000, make=image))
        self.assertIn("has no seal to check it by", self.error("verify"))
        self.mprom("verify", self.folder / "image.romfs")

    def test_query(self):
        self.install("device")
        self.deploy(image_of(3000))
        (segment,) = self.query()["segments"]
        self.assertEqual(segment["access"], "device")
        self.assertEqual((segment["size"], segment["block_size"]), (SIZE, 4096))
        self.assertEqual(segment["image"]["size"], 3000)
        self.assertEqual(segment["image"]["seal"], image_of(3000)[:-5:-1].hex())
        self.assertFalse(self.query()["mprom"])


    def test_what_is_a_seal(self):
        """Not what only looks like one: here it is the end of the last file."""
        self.install("view")
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
        for shape in SHAPES:
            with self.subTest(shape):
                self.install(shape)
                self.deploy(image_of(9000))
                self.assertIn(b"segment 0: erased", self.mprom("erase", "-n", "0").stdout)
                self.assert_no_image()
                if shape != "mram":
                    self.assertEqual(stock_board.contents(self.board), b"\xff" * SIZE)
                self.assertIsNone(self.query()["segments"][0]["image"])
                stock_board.take_log(self.board)

    def test_segment_must_be_named(self):
        self.install("view")
        self.error("erase", status=2)
        self.assertIn("no segment '7'", self.error("erase", "-n", "7"))
        self.assertIn("no segment 'x'", self.error("erase", "-n", "x"))


class Refused(StockTest):
    def test_what_is_no_image(self):
        self.install("view")
        stock_board.take_log(self.board)
        self.deploy(b"hello", status=1)
        self.deploy(image_of(3000)[:-2], status=1)
        self.assertEqual(stock_board.take_log(self.board), [])

    def test_no_such_segment(self):
        self.install("view")
        done = self.deploy(image_of(300), "-n", "1", status=1)
        self.assertIn(b"there is no segment '1'", done.stderr)


if __name__ == "__main__":
    unittest.main()
