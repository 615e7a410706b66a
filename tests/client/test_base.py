"""Deploys of a directory that was deployed before: the image is laid out like the one that is kept in the cache."""

import json
import os
import random
import struct
import unittest

from board import Board
from command import CommandTest
from link import Link
from romfs_writer import file, image, sealed_image
from sim import SimTest

import stock_board

FILES = 100
SEGMENT = "2"
FIRST_EDIT = 3000  # bytes sent: what was added, and the directory and index that speak of it and of what moved
SECOND_EDIT = 1200
BLOCK = 4096


def with_the_same_digest(block):
    """Other bytes that XXH32 cannot tell from these: of two words for the same lane, the second makes up for the first."""
    prime_1, prime_2, mask = 0x9E3779B1, 0x85EBCA77, 0xFFFFFFFF

    def lane(word):
        sum_ = (prime_1 + prime_2 + word * prime_2) & mask
        return (sum_ << 13 | sum_ >> 19) * prime_1 & mask

    first, second = struct.unpack_from("<I12xI", block)
    second += (lane(first) - lane(first ^ 1)) * pow(prime_2, -1, 1 << 32)
    return bytes([block[0] ^ 1]) + block[1:16] + struct.pack("<I", second & mask) + block[20:]


class BaseTest(SimTest):
    options = ("--heap", "1M")

    def setUp(self):
        super().setUp()
        self.home = self.folder / "home"
        self.home.mkdir()
        self.cache = self.home / "cache"
        self.contents = {f"f{i:03}.bin": random.Random(i).randbytes(700) for i in range(FILES)}
        for name, data in self.contents.items():
            self.write(f"app/{name}", data)

    def deploy(self, *options, what="app", cache=None, **kwargs):
        env = dict(os.environ, MPROM_RUN_DIR=self.run_dir, HOME=str(self.home), XDG_CACHE_HOME=str(cache or self.cache))
        return self.mprom("deploy", what, "-n", SEGMENT, "--no-restart", "--json", *options, env=env, **kwargs)

    def sent(self, *options, **kwargs):
        found = json.loads(self.deploy(*options, **kwargs).stdout)[0]
        return found["sent"], found["size"]

    def wire(self):
        """Bytes to the board of a deploy."""
        with Link(self.board, "--usb") as link:
            self.deploy("-p", link.port)
        return link.counts["to_board"]["sent"]

    def edit(self, name, more=b"more"):
        self.contents[name] += more * 30
        self.write(f"app/{name}", self.contents[name])

    def kept(self):
        return sorted((self.cache / "mprom/deploy").iterdir())

    def assert_board_holds_the_tree(self):
        self.output("verify", "-n", SEGMENT, env=dict(os.environ, MPROM_RUN_DIR=self.run_dir))
        image = self.mprom("dump", "-n", SEGMENT).stdout
        self.write("dumped.romfs", image)
        self.output("extract", "--force", "dumped.romfs", "-C", "out")
        self.assertEqual({path.name: path.read_bytes() for path in (self.folder / "out").iterdir()}, self.contents)
        return image

    def check_edits(self, first, second):
        sent, size = self.sent()
        self.assertEqual(sent, size)
        self.edit("f010.bin")
        sent, size = self.sent()
        self.assertLess(sent, first)
        self.edit("f020.bin")
        sent, again_size = self.sent()
        self.assertLess(again_size, size + 900)  # the contents that moved, of 820
        self.assertLessEqual(sent, second)
        image = self.assert_board_holds_the_tree()
        [kept] = self.kept()
        self.assertEqual(kept.read_bytes(), image)
        self.assertEqual(self.sent()[0], 0)
        self.assertIn(f"laid out like the image deployed last: {FILES} of {FILES} ", self.deploy("-v").stderr.decode())


class Base(BaseTest):
    def test_an_edit_sends_little_but_itself(self):
        self.check_edits(FIRST_EDIT, SECOND_EDIT)

    def test_without_base(self):
        self.deploy()
        self.edit("f010.bin")
        self.output("build", "app", "-o", "plain.romfs")
        plain = (self.folder / "plain.romfs").read_bytes()
        sent, size = self.sent("--no-base")
        self.assertGreater(sent, size // 2)
        self.assertEqual(self.assert_board_holds_the_tree(), plain)

    def test_base_of_the_command_line(self):
        self.output("build", "app", "-o", "first.romfs")
        self.deploy(what="first.romfs")
        self.assertFalse(self.cache.exists())
        self.edit("f010.bin")
        sent, _ = self.sent("--base", "first.romfs")
        self.assertLess(sent, FIRST_EDIT)
        self.assert_board_holds_the_tree()

    def test_other_options_have_a_base_of_their_own(self):
        self.deploy()
        self.deploy("--label", "other")
        self.assertEqual(len(self.kept()), 2)
        self.deploy("--label", "other", "--exclude", "*.txt")
        self.assertEqual(len(self.kept()), 3)

    def test_whatever_is_in_the_cache(self):
        self.deploy()
        [kept] = self.kept()
        image = kept.read_bytes()
        flipped = bytearray(image)
        for i in range(0, len(flipped), 50):
            flipped[i] ^= 1 << i % 7
        for bytes_ in (b"", b"text", image[:1000], image[:-3], bytes(flipped), b"\xd2\xcd\x31\x00"):
            with self.subTest(size=len(bytes_)):
                kept.write_bytes(bytes_)
                self.edit("f050.bin", b"x")
                self.deploy()
                [kept] = self.kept()
                self.assertEqual(kept.read_bytes(), self.assert_board_holds_the_tree())
        kept.unlink()
        kept.mkdir()
        self.edit("f050.bin", b"y")
        self.deploy()
        self.assert_board_holds_the_tree()

    def test_a_cache_that_cannot_be_written(self):
        self.write("file", "no folder")
        self.write("cache2/mprom", "no folder")
        for cache in ("/dev/null", "/proc/none", self.folder / "file", self.folder / "cache2"):
            with self.subTest(cache=cache):
                self.assertEqual(self.deploy(cache=cache).stderr, b"")
        self.deploy(cache="not/absolute")
        self.assertTrue((self.home / ".cache/mprom/deploy").is_dir())
        self.assertEqual((self.home / ".cache/mprom").stat().st_mode & 0o777, 0o700)

    def test_the_cache_stays_small(self):
        self.deploy()
        [kept] = self.kept()
        folder = kept.parent
        for i in range(40):
            path = folder / f"{i:016x}.romfs"
            path.write_bytes(b"old")
            os.utime(path, (1000 + i, 1000 + i))
        self.deploy()
        left = [path.name for path in self.kept()]
        self.assertEqual(left, sorted([kept.name] + [f"{i:016x}.romfs" for i in range(9, 40)]))
        with open(folder / f"{39:016x}.romfs", "wb") as large:
            large.truncate(70 << 20)
        os.utime(folder / f"{39:016x}.romfs", (2000, 2000))
        self.deploy()
        self.assertEqual(self.kept(), [kept])

    def victim(self, folder):
        """40 old files that somebody else's program needs, with names like the cache's and others."""
        names = [f"{i:016x}.romfs" for i in range(20)] + [f"note{i}" for i in range(20)]
        for i, name in enumerate(names):
            self.write(f"{folder}/{name}", "mine")
            os.utime(self.folder / folder / name, (1000 + i, 1000 + i))
        return set(names)

    def test_the_cache_follows_no_link(self):
        """L3: what a link leads to is nobody's cache, whatever the names in it are."""
        for link in "mprom/deploy", "mprom":
            with self.subTest(link):
                cache = self.folder / ("cache-" + link.replace("/", "-"))
                victim = f"victim-{cache.name}/deploy" if link == "mprom" else f"victim-{cache.name}"
                names = self.victim(victim)
                (cache / link).parent.mkdir(parents=True)
                (cache / link).symlink_to(self.folder / f"victim-{cache.name}")
                for seed in range(2):
                    self.edit("f050.bin", bytes([seed]))
                    self.assertEqual(self.deploy(cache=cache).stderr, b"")
                self.assertEqual({path.name for path in (self.folder / victim).iterdir()}, names)

    def test_the_cache_is_the_users_own(self):
        """L3: a folder that others can write to is left alone."""
        for mode in 0o770, 0o707:
            with self.subTest(oct(mode)):
                cache = self.folder / f"cache{mode}"
                names = self.victim(f"cache{mode}/mprom/deploy")
                os.chmod(cache / "mprom/deploy", mode)
                self.deploy(cache=cache)
                self.assertEqual({path.name for path in (cache / "mprom/deploy").iterdir()}, names)

    def test_the_cache_deletes_only_names_of_its_own(self):
        """L3."""
        self.deploy()
        [kept] = self.kept()
        names = {f"note{i}" for i in range(40)} | {f"{i:015x}g.romfs" for i in range(9)} | {"part-", "part-x", "ABCDEF0123456789.romfs"}
        for name in names:
            (kept.parent / name).write_text("mine")
            os.utime(kept.parent / name, (1000, 1000))
        for i in range(40):
            (kept.parent / f"part-{i}").write_text("left behind")
            os.utime(kept.parent / f"part-{i}", (2000 + i, 2000 + i))
        self.deploy()
        left = {path.name for path in self.kept()}
        self.assertEqual(left - {f"part-{i}" for i in range(40)}, names | {kept.name})
        self.assertEqual(len(left), len(names) + 32)

    def test_a_deploy_that_failed_is_not_kept(self):
        self.write("app/large.bin", bytes(2 << 20))
        self.deploy(status=1)
        self.assertFalse(self.cache.exists())

    def test_an_edit_costs_few_bytes_on_the_link(self):
        first = self.wire()
        self.assertGreater(first, FILES * 700)
        self.edit("f010.bin")
        self.assertLess(self.wire(), first / 10)
        self.assert_board_holds_the_tree()

    def test_what_repeats_is_no_reason_for_a_patch(self):
        """A segment that holds nothing gets the image whole."""
        self.write("app/again.bin", b"".join(self.contents.values()))
        self.contents["again.bin"] = b"".join(self.contents.values())
        sent, size = self.sent()
        self.assertEqual(sent, size)
        self.assert_board_holds_the_tree()

    def test_the_cache_speaks_of_another_board(self):
        """Blocks are compared with what this one holds, whatever the last one was given."""
        self.deploy()
        self.edit("f010.bin")
        with Board(*self.options) as other:
            mine = self.board
            self.board, self.run_dir = other, os.path.join(other.state, "run")
            self.deploy()
            self.assert_board_holds_the_tree()
            self.edit("f020.bin")
            self.deploy()
            self.assert_board_holds_the_tree()
            self.board, self.run_dir = mine, os.path.join(mine.state, "run")
            self.edit("f030.bin")
            self.assertLess(self.sent()[0], 20 * 4096)
            self.assert_board_holds_the_tree()

    def test_a_base_that_only_its_digest_takes_for_what_is_there(self):
        """What is made of a part of it is wrong, as the seal or the checksum of the whole says: then all of it is sent."""
        data = random.Random(5).randbytes(50_000)
        for make in (sealed_image, image):
            with self.subTest(make.__name__):
                at = 4 * BLOCK - make(file("data.bin", data)).index(data)
                believed = data[:at] + with_the_same_digest(data[at : at + BLOCK]) + data[at + BLOCK :]
                for name, contents in (("there", data), ("believed", believed),
                                       ("wanted", believed[: at + 1000] + b"edited" + believed[at + 1000 :])):
                    self.write(f"{name}.romfs", make(file("data.bin", contents)))
                self.deploy(what="there.romfs")
                sent, size = self.sent("--base", "believed.romfs", what="wanted.romfs")
                self.assertEqual(sent, size)
                self.assertEqual(self.mprom("dump", "-n", SEGMENT).stdout, (self.folder / "wanted.romfs").read_bytes())


class Older(BaseTest):
    """Firmware that makes no image of what it holds: whole blocks stay or are sent."""

    def setUp(self):
        super().setUp()
        stock_board.install_older(self.board)

    def test_an_edit_sends_few_blocks(self):
        self.check_edits(7 * 4096, 5 * 4096)  # the index moved, this once; the first, two around the edit, its contents, the seal


class Full(CommandTest):
    """L8: a segment that is filled to 80 % and more takes whatever a plain image of the tree would fit into."""

    FILES = 4
    segment = "0"

    def start(self, *options, size):
        board = self.enterContext(Board("--heap", "1M", *options))
        self.env = dict(os.environ, MPROM_RUN_DIR=os.path.join(board.state, "run"), XDG_CACHE_HOME=str(self.folder / "cache"))
        self.size = size
        self.files = {f"f{i}.dat": random.Random(i).randbytes(size * 27000 // 131072) for i in range(self.FILES)}
        for name, data in self.files.items():
            self.write(f"app/{name}", data)
        return board

    def grow(self, name, size):
        self.files[name] = random.Random(name).randbytes(size)
        self.write(f"app/{name}", self.files[name])

    def deploy(self, *options, **kwargs):
        return self.mprom("deploy", "app", "-n", self.segment, "--no-restart", *options, env=self.env, **kwargs)

    def assert_board_holds_the_tree(self):
        self.mprom("dump", "-n", self.segment, "-o", "dumped.romfs", env=self.env)
        self.output("extract", "--force", "dumped.romfs", "-C", "out")
        self.assertEqual({path.name: path.read_bytes() for path in (self.folder / "out").iterdir()}, self.files)

    def check(self):
        self.deploy()
        for name in ("f1.dat", "f2.dat", "f0.dat", "f1.dat", "f3.dat"):
            self.grow(name, len(self.files[name]) + self.size * 1500 // 131072)
            self.deploy()
            self.assert_board_holds_the_tree()
        for edit in range(6):
            chance = random.Random(edit)
            self.grow(f"f{edit % self.FILES}.dat", chance.randrange(self.size * 30000 // 131072))
            self.deploy()
            self.assert_board_holds_the_tree()

    def test_stock_boards_of_every_shape(self):
        for shape in stock_board.SHAPES:
            with self.subTest(shape):
                self.start("--compat", shape, "--segment-size", "131072", size=131072)
                self.check()
                self.doCleanups()  # of the board and of the folder
                self.setUp()

    def test_firmware_of_mprom(self):
        self.segment = SEGMENT
        self.start(size=1 << 20)
        self.check()

    def test_base_of_the_command_line(self):
        self.start("--compat", "blocks", "--segment-size", "131072", size=131072)
        self.output("build", "app", "-o", "first.romfs")
        self.deploy()
        self.grow("f1.dat", 28500)
        self.deploy("--base", "first.romfs")
        self.assert_board_holds_the_tree()
        self.assertIn("136,650 bytes", self.output("build", "app", "--base", "first.romfs", "-o", "wide.romfs"))
        self.assertIn("in place  2 of 4", self.output("build", "app", "--base", "first.romfs", "--fit", "128K", "-o", "x.romfs"))
        self.assertIn("109646 bytes, and only 109568 fit",
                      self.error("build", "app", "--base", "first.romfs", "--fit", "107K", "-o", "y.romfs"))
        self.assertFalse((self.folder / "y.romfs").exists())

    def test_boards_of_several_sizes(self):
        """The one that is too small for the layout gets one of its own; the next deploy is laid out for both."""
        small = self.start("--compat", "blocks", "--segment-size", "131072", size=131072)
        large = self.enterContext(Board("--heap", "1M", "--compat", "blocks", "--segment-size", str(1 << 20)))
        ports = ("-p", small.port, "-p", large.port)
        self.deploy(*ports)
        for edit in range(3):
            self.grow("f1.dat", 28500 + edit * 700)
            self.deploy(*ports)
            for board in small, large:
                self.mprom("dump", "-p", board.port, "-o", "dumped.romfs", env=self.env)
                self.output("extract", "--force", "dumped.romfs", "-C", "out")
                self.assertEqual((self.folder / "out/f1.dat").read_bytes(), self.files["f1.dat"])

    def test_what_no_layout_fits(self):
        """The message has the size of the smallest there is."""
        self.start("--compat", "view", "--segment-size", "131072", size=131072)
        self.deploy()
        self.grow("f1.dat", 51000)
        text = self.deploy(status=1).stderr.decode()
        self.assertIn(f"the image has {132146} bytes, segment 0 only 131072; nothing was sent. Leave files out", text)


if __name__ == "__main__":
    unittest.main()
