"""Deploys of an image of which the board holds a part, or all."""

import json
import os
import random
import signal
import subprocess
import tempfile
import time
import unittest
import zlib

from command import MPROM, CommandTest
from romfs_writer import file, sealed_image
from sim import SimTest
from stock_board import KINDS, NO_HASHES, RANGED, StockBoard, install_boot, install_older

BLOCK = 4096


class DeltaTest(SimTest):
    def setUp(self):
        logs = tempfile.TemporaryDirectory(prefix="mprom-test-")
        self.addCleanup(logs.cleanup)
        self.log = os.path.join(logs.name, "log")
        self.options = ("--heap", "1M", "--log", self.log)
        super().setUp()
        self.data = bytearray(random.Random(1).randbytes(100_000))

    def operations(self):
        with open(self.log) as log:
            return log.read().count("flash ")

    @staticmethod
    def contents_of(data):
        return sealed_image(file("data.bin", bytes(data)))

    def deploy(self, *args, segment=2, status=0):
        """Returns what the deploy says about it, and its operations on flash."""
        self.contents = self.contents_of(self.data)
        start = self.operations()
        done = self.mprom("deploy", self.write("image.romfs", self.contents), "-n", str(segment), "--json", *args,
                          status=status)
        return status or json.loads(done.stdout)[0], self.operations() - start

    def assert_holds(self, segment=2):
        self.assertEqual(self.mprom("dump", "-n", str(segment)).stdout, self.contents)


class Older(DeltaTest):
    """Firmware of mprom that has no receiver built in."""

    def setUp(self):
        super().setUp()
        install_older(self.board)

    def sent_after_a_change(self):
        first, all_operations = self.deploy()
        self.assertEqual(first["sent"], first["size"])
        self.data[50_000] ^= 1
        second, operations = self.deploy()
        self.assertLess(operations, all_operations / 5)
        self.assert_holds()
        return second["sent"]

    def test_only_what_changed_is_sent(self):
        last = len(self.contents_of(self.data)) % BLOCK  # the seal
        self.assertEqual(self.sent_after_a_change(), 2 * BLOCK + last)  # the first block, the changed one, the seal's

    def test_image_grows_and_shrinks(self):
        for size in (60_000, 100_000, 99_999, 4096, 3000, 100_001, 100_001):
            with self.subTest(size):
                self.data = bytearray(random.Random(1).randbytes(size))
                self.deploy()
                self.assert_holds()
                self.mprom("verify", "-n", "2")

    def test_nothing_changed(self):
        self.deploy()
        again, operations = self.deploy()
        self.assertEqual((again["sent"], operations), (0, 0))
        done = self.mprom("deploy", self.folder / "image.romfs", "-n", "2")
        self.assertIn(b"segment 2 (rom2): already there, verified: ", done.stdout)

    def test_another_image_of_the_same_size(self):
        """The checksum of a range that goes on over the seal does not tell what is in the range."""
        for size, at in ((10, 5), (500, 250), (4000, 20), (60_000, 59_990), (100_000, 99_950), (3 * BLOCK - 65, 100)):
            with self.subTest((size, at)):
                self.data = bytearray(random.Random(size).randbytes(size))
                self.deploy()
                self.data[at] ^= 1
                other = self.write("other.romfs", self.contents_of(self.data))
                self.mprom("verify", other, "-n", "2", status=1)
                done, _ = self.deploy()
                self.assertGreater(done["sent"], 0)
                self.assert_holds()
                self.mprom("verify", other, "-n", "2")

    def test_files_that_end_with_their_own_checksum(self):
        """A CRC-32 of a range that goes on over them is always the same."""
        def closed(seed):
            data = random.Random(seed).randbytes(1000)
            return data + zlib.crc32(data).to_bytes(4, "little")

        self.data = bytearray(random.Random(1).randbytes(10_000) + closed(1) + random.Random(2).randbytes(10_000))
        self.deploy()
        self.data[10_000:11_004] = closed(2)
        other = self.write("other.romfs", self.contents_of(self.data))
        self.mprom("verify", other, "-n", "2", status=1)
        self.deploy()
        self.assert_holds()

    def test_the_seal_alone(self):
        """Cut off anywhere among the blocks."""
        for size in range(3 * BLOCK - 70, 3 * BLOCK - 40):
            self.data = bytearray(random.Random(size).randbytes(size))
            self.deploy()
            self.data[0] ^= 0x80
            self.deploy()
            self.assert_holds()

    def test_full(self):
        self.deploy()
        again, operations = self.deploy("--full")
        self.assertEqual(again["sent"], again["size"])
        self.assertGreater(operations, 100)
        self.assert_holds()

    def test_one_damaged_byte_is_mended(self):
        """The board's own contents count, not what was deployed last."""
        self.deploy()
        damaged = bytearray(self.contents)
        damaged[70_000] ^= 0x10
        with self.board.raw() as console:
            console.rom_write(2, sealed_image(file("data.bin", bytes(damaged[-100_004:-4]))))
        done, _ = self.deploy()
        self.assertGreater(done["sent"], 0)
        self.assert_holds()

    def test_the_slot_that_runs_is_left_alone_if_nothing_changed(self):
        path = self.write("image.romfs", sealed_image(file("data.bin", bytes(self.data))))
        self.assertIn(b"segment 0 (rom0): deployed", self.mprom("deploy", path).stdout)
        self.assertIn(b"segment 0 (rom0): already there", self.mprom("deploy", path).stdout)
        self.assertIn(b"segment 1 (rom1): deployed", self.mprom("deploy", "--full", path).stdout)
        self.assertIn(b"segment 1 (rom1): already there", self.mprom("deploy", path).stdout)

    def test_an_image_in_the_other_slot_becomes_the_newest_again(self):
        one = self.write("one.romfs", sealed_image(file("data.bin", bytes(self.data))))
        two = self.write("two.romfs", sealed_image(file("data.bin", bytes(self.data[::-1]))))
        self.mprom("deploy", "--confirm", one)
        self.mprom("deploy", "--confirm", two)
        done = self.mprom("deploy", "--confirm", one)
        self.assertRegex(done.stdout, rb"segment 0 \(rom0\): deployed [0-9,]+ bytes, of which [0-9,]+ were sent")
        self.assertTrue(self.query()["segments"][0]["running"])

    def test_an_interrupted_deploy_goes_on(self):
        self.data = bytearray(random.Random(2).randbytes(900_000))
        path = self.write("image.romfs", sealed_image(file("data.bin", bytes(self.data))))
        start = self.operations()
        ours = subprocess.Popen([MPROM, "deploy", "-q", "-n", "2", path], env={"MPROM_RUN_DIR": self.run_dir})
        while self.operations() - start < 1000 and ours.poll() is None:
            time.sleep(0.001)
        ours.send_signal(signal.SIGKILL)
        self.assertNotEqual(ours.wait(), 0)
        done, _ = self.deploy()
        self.assertLess(done["sent"], done["size"])
        self.assert_holds()


class Mprom(Older):
    """Firmware with all of it: the first block is known, and copied to itself; the others that changed are not."""

    def setUp(self):
        DeltaTest.setUp(self)

    def test_only_what_changed_is_sent(self):
        last = len(self.contents_of(self.data)) % BLOCK
        self.assertIn(self.sent_after_a_change() - BLOCK - last, range(1, 16))  # and the operations


class Stock(CommandTest):
    """Blocks stay where a board's interface erases in ranges; "already there" is known everywhere."""

    def deploy(self, board, data):
        image = sealed_image(file("data.bin", bytes(data)))
        done = self.mprom("deploy", self.write("image.romfs", image), "-p", board.port, "--json")
        self.assertEqual(board.flash()[: len(image)], image)
        return json.loads(done.stdout)[0], board.operations()

    def test_every_kind(self):
        for kind in KINDS:
            with self.subTest(kind), StockBoard(kind) as board:
                data = bytearray(random.Random(kind).randbytes(50_000))
                first, _ = self.deploy(board, data)
                data[20_000] ^= 1
                second, operations = self.deploy(board, data)
                if kind in RANGED:
                    changed = {0, 20_000 // BLOCK * BLOCK, first["size"] // BLOCK * BLOCK}
                    self.assertEqual(second["sent"], 2 * BLOCK + first["size"] % BLOCK)
                    self.assertLessEqual({off // BLOCK * BLOCK for _, off, _ in operations}, changed)
                    self.assertEqual((operations[0][1], operations[-1][1]), (0, 0))
                else:
                    self.assertEqual(second["sent"], second["size"])
                third, operations = self.deploy(board, data)
                self.assertEqual((third["sent"], operations), (0, []))
                for size, at in ((500, 250), (50_000, 49_950)):
                    data = bytearray(random.Random(size).randbytes(size))
                    self.deploy(board, data)
                    data[at] ^= 1
                    other = self.write("other.romfs", sealed_image(file("data.bin", bytes(data))))
                    self.mprom("verify", other, "-p", board.port, status=1)
                    self.assertGreater(self.deploy(board, data)[0]["sent"], 0)

    def test_without_hashes(self):
        """What such a board holds is read back: nothing stays, and nothing is believed."""
        for kind in KINDS:
            with self.subTest(kind), StockBoard(kind) as board:
                install_boot(board, NO_HASHES)
                data = bytearray(random.Random(kind).randbytes(20_000))
                for _ in range(2):
                    done, _ = self.deploy(board, data)
                    self.assertEqual(done["sent"], done["size"])
                self.mprom("verify", self.folder / "image.romfs", "-p", board.port)
                self.mprom("verify", "-p", board.port)
                data[10_000] ^= 1
                other = self.write("other.romfs", sealed_image(file("data.bin", bytes(data))))
                done = self.mprom("verify", other, "-p", board.port, status=1)
                self.assertRegex(done.stderr.decode(), "differs from the image at offset 10[0-9]{3}")


if __name__ == "__main__":
    unittest.main()
