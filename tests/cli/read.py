"""ls, tree, cat and info, on images that were made by hand."""

import json
import os
import unittest

import command
from romfs_writer import (DATA, FILE, PADDING, data, directory, file, image, info, name, pointer, record, sealed_image,
                          varuint)

# U10: characters that nobody sees, or that only steer what is beside them.
UNSEEN = [chr(code) for code in (0x200B, 0x200D, 0xFEFF, 0xAD, 0x2060, 0x180E, 0x3164, 0xFE0F, 0xE0041, 0x1D173, 0x34F)]

# A kind that no reader knows stands in between; b.txt is longer than one byte of length can say.
SMALL = image(
    directory("lib", directory("deep", file("x.bin", b"\x00\xff\x1b[2J")), file("util.py", b"A = 1\n")),
    record(0x123456, b"skip me"),
    file("b.txt", b"b" * 200),
    directory("none"),
    file("zero"),
)


class Ls(command.CommandTest):
    def setUp(self):
        super().setUp()
        self.write("a.romfs", SMALL)

    def test_root(self):
        self.assertEqual(self.output("ls", "a.romfs"), "lib/\nb.txt\nnone/\nzero\n")

    def test_directory(self):
        for path in ("lib", "/lib", "lib/"):
            self.assertEqual(self.output("ls", "a.romfs", path), "deep/\nutil.py\n")
        self.assertEqual(self.output("ls", "a.romfs", "none"), "")
        self.assertEqual(self.output("ls", "a.romfs", "lib/deep"), "x.bin\n")

    def test_file(self):
        self.assertEqual(self.output("ls", "a.romfs", "lib/util.py"), "lib/util.py\n")

    def test_recursive(self):
        self.assertEqual(
            self.output("ls", "-R", "a.romfs"),
            "lib/\nlib/deep/\nlib/deep/x.bin\nlib/util.py\nb.txt\nnone/\nzero\n",
        )
        self.assertEqual(self.output("ls", "-R", "a.romfs", "lib/"), "lib/deep/\nlib/deep/x.bin\nlib/util.py\n")

    def test_sizes_and_offsets(self):
        lines = [line.split() for line in self.output("ls", "-lR", "a.romfs").splitlines()]
        entries = {path: (size, offset) for size, offset, path in lines}
        self.assertEqual(entries["lib/"], ("-", "-"))
        for path, contents in [("lib/util.py", b"A = 1\n"), ("b.txt", b"b" * 200), ("zero", b"")]:
            size, offset = map(int, entries[path])
            self.assertEqual(size, len(contents))
            self.assertEqual(SMALL[offset : offset + size], contents)
        self.assertEqual(int(entries["b.txt"][1]), SMALL.index(b"b" * 200))

    def test_json(self):
        found = json.loads(self.output("ls", "--json", "a.romfs"))
        self.assertEqual([entry["path"] for entry in found], ["lib", "b.txt", "none", "zero"])
        self.assertEqual(found[0], {"path": "lib", "type": "dir"})
        self.assertEqual(found[1], {"path": "b.txt", "type": "file", "size": 200, "offset": SMALL.index(b"bbb")})
        found = json.loads(self.output("ls", "--json", "a.romfs", "lib/util.py"))
        self.assertEqual([(entry["path"], entry["size"]) for entry in found], [("lib/util.py", 6)])

    def test_standard_input(self):
        self.assertEqual(self.output("ls", "-", input=SMALL), "lib/\nb.txt\nnone/\nzero\n")
        with open(self.folder / "a.romfs", "rb") as stream:
            self.assertEqual(self.output("ls", "-", "none", stdin=stream), "")

    def test_standard_input_is_read_from_where_it_stands(self):
        self.write("two", b"1234" + SMALL)
        with open(self.folder / "two", "rb", buffering=0) as stream:
            stream.read(4)
            self.assertEqual(self.output("ls", "-", stdin=stream), "lib/\nb.txt\nnone/\nzero\n")

    def test_a_stream_without_an_end(self):
        self.assertIn("/dev/zero: not a ROMFS image", self.error("ls", "/dev/zero"))
        self.assertIn("offset 0: ", self.output("check", "/dev/zero", status=1))

    def test_a_segment_around_the_image(self):
        self.write("dump.bin", SMALL + b"\xff" * 1000)
        self.assertEqual(self.output("ls", "dump.bin"), "lib/\nb.txt\nnone/\nzero\n")

    def test_what_is_not_there(self):
        self.assertIn("a.romfs: there is no 'lib/x' in it", self.error("ls", "a.romfs", "lib/x"))
        self.assertIn("a.romfs: there is no 'b.txt/x' in it", self.error("ls", "a.romfs", "b.txt/x"))
        self.assertIn("cannot open nothing.romfs: No such file", self.error("ls", "nothing.romfs"))
        self.assertIn("is a directory, not an image", self.error("ls", "."))

    def test_what_is_no_image(self):
        self.write("text", "hello, world\n")
        self.write("empty", b"")
        self.write("cut.romfs", SMALL[:-3])
        self.assertIn("text: not a ROMFS image", self.error("ls", "text"))
        self.assertIn("empty: not a ROMFS image", self.error("ls", "empty"))
        self.assertIn("cut.romfs: the image is cut off or damaged", self.error("ls", "cut.romfs"))
        self.assertIn("standard input: not a ROMFS image", self.error("ls", "-", input=b""))

    def test_corrupt_directory(self):
        self.write("bad.romfs", image(file("a"), b"\x05\x7f\x01b"))
        done = self.mprom("ls", "bad.romfs", status=1)
        self.assertEqual(done.stdout, b"a\n")
        self.assertIn(b"damaged", done.stderr)


class Tree(command.CommandTest):
    def test_drawing(self):
        self.write("a.romfs", SMALL)
        self.assertEqual(
            self.output("tree", "a.romfs"),
            "a.romfs\n"
            "├── lib/\n"
            "│   ├── deep/\n"
            "│   │   └── x.bin  6\n"
            "│   └── util.py  6\n"
            "├── b.txt  200\n"
            "├── none/\n"
            "└── zero  0\n"
            "3 directories, 4 files, 212 bytes\n",
        )

    def test_part(self):
        self.write("a.romfs", SMALL)
        self.assertEqual(
            self.output("tree", "a.romfs", "lib/deep"), "lib/deep\n└── x.bin  6\n0 directories, 1 file, 6 bytes\n"
        )
        ascii_ = {**os.environ, "LC_ALL": "C"}  # U9
        self.assertEqual(self.output("tree", "a.romfs", env=ascii_),
                         self.output("tree", "a.romfs").replace("├", "|").replace("└", "`").replace("│", "|").replace("─", "-"))
        for name in "LC_ALL", "LC_CTYPE", "LANG":
            env = {key: value for key, value in os.environ.items() if key not in ("LC_ALL", "LC_CTYPE", "LANG")}
            self.assertTrue(self.output("tree", "a.romfs", env={**env, name: "POSIX"}).isascii())
            self.assertFalse(self.output("tree", "a.romfs", env={**env, name: "de_CH.UTF-8"}).isascii())
        self.assertIn("'zero' is a file", self.error("tree", "a.romfs", "zero"))

    def test_large_sizes_are_grouped(self):
        self.write("a.romfs", image(file("m", b"m" * 1234567)))
        self.assertIn("└── m  1,234,567\n", self.output("tree", "a.romfs"))

    def test_json_is_that_of_ls(self):
        self.write("a.romfs", SMALL)
        self.assertEqual(self.output("tree", "--json", "a.romfs"), self.output("ls", "-R", "--json", "a.romfs"))

    def test_very_deep(self):
        inner = file("bottom", b"!")
        for _ in range(1024):
            inner = directory("d", inner)
        self.write("deep.romfs", image(inner))
        self.assertIn("└── bottom  1\n", self.output("tree", "deep.romfs"))
        self.assertEqual(len(json.loads(self.output("ls", "-R", "--json", "deep.romfs"))), 1025)
        self.write("deeper.romfs", image(directory("d", inner)))
        for args in (["tree"], ["ls", "-R"], ["info"]):
            done = self.mprom(*args, "deeper.romfs", status=1)
            self.assertIn(b"nested more than 1024 deep", done.stderr)


class Cat(command.CommandTest):
    def test_bytes_come_unchanged(self):
        self.write("a.romfs", SMALL)
        self.assertEqual(self.mprom("cat", "a.romfs", "lib/deep/x.bin").stdout, b"\x00\xff\x1b[2J")
        self.assertEqual(self.mprom("cat", "a.romfs", "zero").stdout, b"")
        self.assertEqual(self.mprom("cat", "a.romfs", "zero", "b.txt", "lib/util.py").stdout, b"b" * 200 + b"A = 1\n")

    def test_large(self):
        contents = bytes(range(256)) * 9000
        self.write("a.romfs", image(file("big", contents)))
        self.assertEqual(self.mprom("cat", "a.romfs", "big").stdout, contents)

    def test_through_a_pointer(self):
        self.write("a.romfs", image(record(DATA, b"shared"), record(FILE, name("p") + pointer(5, 3))))
        self.assertEqual(self.mprom("cat", "a.romfs", "p").stdout, b"hared")

    def test_errors(self):
        self.write("a.romfs", SMALL)
        self.assertIn("'lib' is a directory", self.error("cat", "a.romfs", "lib"))
        done = self.mprom("cat", "a.romfs", "lib/util.py", "nothing", status=1)
        self.assertEqual(done.stdout, b"A = 1\n")
        self.assertIn(b"there is no 'nothing' in it", done.stderr)

    def test_pointer_out_of_the_image(self):
        self.write("a.romfs", image(record(FILE, name("p") + pointer(5, 4000))) + b"\xff" * 5000)
        self.assertIn("'p' is damaged", self.error("cat", "a.romfs", "p"))


class Info(command.CommandTest):
    def test_everything(self):
        tags = info(label="Größe", build_time=86400 * 365, align=16, builder="mprom 9.9", mpy=b"M\x06\x1f\x1f")
        self.write("a.romfs", image(tags, directory("d", file("f", b"123"))))
        self.assertEqual(
            self.output("info", "a.romfs").splitlines(),
            [
                "label       Größe",
                f"size        {(self.folder / 'a.romfs').stat().st_size} bytes",
                "files       1",
                "directories 1",
                "contents    3 bytes",
                "seal        none",
                "index       none",
                "builder     mprom 9.9",
                "bytecode    mpy 6.3, armv7emsp, small ints of 31 bits",
                "alignment   16 bytes",
                "built       1971-01-01 00:00:00 UTC",
            ],
        )
        found = json.loads(self.output("info", "--json", "a.romfs"))
        self.assertEqual(
            found["mpy"], {"version": 6, "sub_version": 3, "arch": "armv7emsp", "small_int_bits": 31}
        )
        self.assertEqual((found["label"], found["build_time"], found["align"]), ("Größe", 31536000, 16))
        self.assertEqual((found["files"], found["dirs"], found["contents"]), (1, 1, 3))
        self.assertEqual((found["sealed"], found["index"], found["builder"]), (False, False, "mprom 9.9"))

    def test_plain(self):
        self.write("a.romfs", image())
        found = json.loads(self.output("info", "--json", "a.romfs"))
        self.assertEqual((found["label"], found["builder"], found["files"], found["size"]), (None, None, 0, 4))
        self.assertNotIn("mpy", found)
        self.assertNotIn("built", self.output("info", "a.romfs"))

    def test_sealed(self):
        sealed = sealed_image(file("f"))
        self.write("a.romfs", sealed)
        crc = int.from_bytes(sealed[-4:], "little")
        self.assertIn(f"seal        CRC-32 {crc:08x}", self.output("info", "a.romfs"))
        self.assertEqual(json.loads(self.output("info", "--json", "a.romfs"))["crc"], crc)
        self.write("b.romfs", image(info(sealed=True), file("f")))
        self.assertIn("seal        missing, the image is damaged", self.output("info", "b.romfs"))

    def test_absurd_time(self):
        self.write("a.romfs", image(info(build_time=(1 << 64) - 1)))
        self.assertIn("built       18446744073709551615 s", self.output("info", "a.romfs"))


class Terminal(command.CommandTest):
    """No name may reach the terminal as something that it obeys."""

    NAMES = [b"\x1b[2J\x1b]0;owned\x07", b"a\nb", b"\r", b"\x9b31m", "\u009b31m".encode(), "x\u202etxt.exe".encode(),
             b"\xff\xfe", b"\x7f", b"tab\there", b"nul\0l", "\u2028".encode(), "\ud800".encode(errors="surrogatepass"), 
             *[f"a{character}b".encode() for character in UNSEEN]]

    def assert_harmless(self, output):
        """Printable characters and newlines only, in UTF-8."""
        for character in output.decode():
            self.assertTrue(character == "\n" or (character.isprintable() and character not in UNSEEN), repr(output))

    def test_names(self):
        for number, text in enumerate(self.NAMES):
            whole = image(info(label=text, builder=text), directory(b"d" + text, file(text, b"x")), file(text, b"y"))
            path = self.write(f"{number}.romfs", whole).name
            for args in (["ls", "-lR"], ["ls", "-R", "--json"], ["tree"], ["info"], ["info", "--json"], ["ls", "--json"]):
                with self.subTest(name=text, args=args):
                    done = self.mprom(*args, path)
                    self.assert_harmless(done.stdout)
                    self.assertEqual(done.stderr, b"")
                    if args == ["ls", "-lR"]:
                        self.assertEqual(len(done.stdout.splitlines()), 3)
                    if "--json" in args:
                        json.loads(done.stdout)

    def test_good_names_stay(self):
        self.write("a.romfs", image(file("größe 日本 😀\\x.txt")))
        self.assertEqual(self.output("ls", "a.romfs"), "größe 日本 😀\\x.txt\n")
        self.assertEqual(json.loads(self.output("ls", "--json", "a.romfs"))[0]["path"], "größe 日本 😀\\x.txt")

    def test_escapes_are_exact(self):
        self.write("a.romfs", image(file(b"\x1bA\xffB")))
        self.assertEqual(self.output("ls", "a.romfs"), "\\x1bA\\xffB\n")
        self.assertEqual(json.loads(self.output("ls", "--json", "a.romfs"))[0]["path"], "\x1bA\ufffdB")

    def test_messages(self):
        done = self.mprom("ls", "\x1b[2J", status=1)
        self.assert_harmless(done.stderr)
        self.write("a.romfs", image(directory(b"\x1b[2J", b"\x05\x7f\x01b")))
        done = self.mprom("ls", "-R", "a.romfs", status=1)
        self.assert_harmless(done.stderr)


if __name__ == "__main__":
    unittest.main()
