"""extract: right, whole, and never outside its target, whatever an image or a target holds."""

import random
import resource
import unittest

import command
from romfs_writer import DATA, FILE, directory, file, image, name, pointer, record, sealed_image

BIG = random.Random(1).randbytes(300_000)
SAMPLE = image(
    directory("lib", directory("deep", file("x.bin", b"\x00\xff")), file("größe.py", b"A = 1\n")),
    file("big", BIG),
    directory("none"),
    file("zero"),
    record(DATA, b"shared"),
    record(FILE, name("pointed") + pointer(3, 0)),
)
FILES = {"lib/deep/x.bin": b"\x00\xff", "lib/größe.py": b"A = 1\n", "big": BIG, "zero": b""}


class Extract(command.CommandTest):
    def files(self, folder):
        base = self.folder / folder
        return {str(path.relative_to(base)): path.read_bytes() for path in base.rglob("*") if path.is_file()}

    def test_everything(self):
        self.write("a.romfs", SAMPLE)
        text = self.output("extract", "a.romfs", "-C", "out")
        self.assertEqual(text, "out: 5 files, 300,011 bytes\n")
        self.assertEqual(self.files("out"), FILES | {"pointed": SAMPLE[6:9]})
        self.assertTrue((self.folder / "out/none").is_dir())
        self.assertEqual(self.output("extract", "-q", "a.romfs", "-C", "out2"), "")
        self.assertEqual(self.files("out2"), self.files("out"))

    def test_into_the_current_folder(self):
        (self.folder / "here").mkdir()
        self.write("a.romfs", image(file("f", b"1")))
        self.output("extract", "../a.romfs", cwd=self.folder / "here")
        self.assertEqual(self.files("here"), {"f": b"1"})

    def test_parts(self):
        self.write("a.romfs", SAMPLE)
        self.output("extract", "a.romfs", "-C", "out", "/lib/deep/", "zero")
        self.assertEqual(self.files("out"), {"lib/deep/x.bin": b"\x00\xff", "zero": b""})
        self.output("extract", "a.romfs", "-C", "out4", "//lib///deep//x.bin")
        self.assertEqual(self.files("out4"), {"lib/deep/x.bin": b"\x00\xff"})
        self.assertIn("there is no 'lib/nothing' in it", self.error("extract", "a.romfs", "-C", "out3", "lib/nothing"))
        self.assertIn("there is no '../x' in it", self.error("extract", "a.romfs", "-C", "out3", "../x"))
        self.assertEqual(self.files("out3"), {})

    def test_parts_that_overlap(self):
        self.write("a.romfs", SAMPLE)
        self.assertEqual(
            self.output("extract", "a.romfs", "-C", "out", "lib/deep/x.bin", "zero", "/lib/", "lib", "zero",
                        "lib//deep"),
            "out: 3 files, 8 bytes\n",
        )
        self.output("extract", "a.romfs", "-C", "all", "zero", "/")
        self.assertEqual(len(self.files("all")), 5)

    def test_standard_input_and_verbose(self):
        done = self.mprom("extract", "-", "-v", "-C", "out", input=image(file("f\x1b", b"1")))
        self.assertIn(b"mprom: out/f\\x1b\n", done.stderr)
        self.assertEqual(self.files("out"), {"f\x1b": b"1"})

    def test_existing_files_are_kept(self):
        self.write("a.romfs", SAMPLE)
        self.write("out/zero", "mine")
        text = self.error("extract", "a.romfs", "-C", "out")
        self.assertIn("out/zero: exists already", text)
        self.assertIn("nothing was extracted", text)
        self.assertIn("--force", text)
        self.assertEqual(self.files("out"), {"zero": b"mine"})
        self.assertEqual(self.left(), ["a.romfs", "out", "out/zero"])
        self.output("extract", "a.romfs", "-C", "out", "--force")
        self.assertEqual(self.files("out")["zero"], b"")

    def test_a_directory_in_the_way(self):
        self.write("a.romfs", image(file("x", b"1"), file("y", b"2")))
        (self.folder / "out/x").mkdir(parents=True)
        self.assertIn("out/x: exists already", self.error("extract", "a.romfs", "-C", "out"))
        self.assertIn("x: Is a directory", self.error("extract", "a.romfs", "-C", "out", "--force"))
        self.assertEqual(self.left(), ["a.romfs", "out", "out/x"])

    def test_a_file_where_a_directory_must_be(self):
        self.write("a.romfs", image(directory("d", file("x", b"1"))))
        self.write("out/d", "mine")
        for force in ([], ["--force"]):
            self.assertIn("a symbolic link or a file is where a directory must be",
                          self.error("extract", "a.romfs", "-C", "out", *force))
        self.assertEqual(self.files("out"), {"d": b"mine"})

    def test_bad_names_are_refused(self):
        outside = self.write("outside/victim", "mine")
        attacks = [
            file("..", b"!"),
            file("../outside/victim", b"!"),
            directory("..", directory("outside", file("victim", b"!"))),
            directory("../outside", file("victim", b"!")),
            file(str(outside), b"!"),
            directory(str(outside.parent), file("victim", b"!")),
            directory("/", file("victim", b"!")),
            file(b"outside\0/victim", b"!"),
            file(b"x\0", b"!"),
            file("", b"!"),
            directory("", file("x", b"!")),
            file(".", b"!"),
            directory(".", file("x", b"!")),
            directory("a", directory("b", file("../../../outside/victim", b"!"))),
            file("a/b", b"!"),
        ]
        for number, attack in enumerate(attacks):
            for args in ([], ["--force"]):
                with self.subTest(attack=attack, args=args):
                    self.write("bad.romfs", image(file("first", b"fine"), attack))
                    text = self.error("extract", "bad.romfs", "-C", f"out{number}", *args)
                    self.assertIn("nothing was extracted", text)
                    self.assertEqual(outside.read_bytes(), b"mine")
                    self.assertFalse((self.folder / f"out{number}").exists())
        self.assertEqual(self.left(), ["bad.romfs", "outside", "outside/victim"])

    def test_links_in_the_target_are_not_followed(self):
        self.write("outside/victim", "mine")
        self.write("a.romfs", image(directory("link", file("victim", b"!")), file("victim", b"!")))
        out = self.folder / "out"
        out.mkdir()
        (out / "link").symlink_to("../outside")
        for args in ([], ["--force"]):
            text = self.error("extract", "a.romfs", "-C", "out", *args)
            self.assertIn("out/link", text)
            self.assertIn("symbolic link", text)
        (out / "link").unlink()
        (out / "victim").symlink_to("../outside/victim")
        self.assertIn("out/victim: exists already", self.error("extract", "a.romfs", "-C", "out"))
        self.output("extract", "a.romfs", "-C", "out", "--force")
        self.assertFalse((out / "victim").is_symlink())
        self.assertEqual((out / "victim").read_bytes(), b"!")
        self.assertEqual((self.folder / "outside/victim").read_bytes(), b"mine")

    def test_dangling_link_is_not_followed(self):
        self.write("a.romfs", image(file("f", b"!")))
        (self.folder / "out").mkdir()
        (self.folder / "out/f").symlink_to("../new")
        self.assertIn("exists already", self.error("extract", "a.romfs", "-C", "out"))
        self.output("extract", "a.romfs", "-C", "out", "--force")
        self.assertEqual(self.left(), ["a.romfs", "out", "out/f"])

    def test_the_target_itself_may_be_a_link(self):
        self.write("a.romfs", image(file("f", b"!")))
        (self.folder / "real").mkdir()
        (self.folder / "out").symlink_to("real")
        self.output("extract", "a.romfs", "-C", "out")
        self.assertEqual(self.files("real"), {"f": b"!"})

    def test_force_has_no_letter(self):
        """U14: -f is --follow in a deploy."""
        self.write("a.romfs", image(file("f", b"!")))
        self.assertIn("extract has no option -f", self.error("extract", "-f", "a.romfs", status=2))

    def test_equal_names(self):
        self.write("a.romfs", image(file("f", b"1"), file("f", b"2")))
        done = self.mprom("extract", "a.romfs", "-C", "out")
        self.assertIn(b"boards take the first", done.stderr)
        self.assertEqual(self.files("out"), {"f": b"1"})

    def test_damage_is_refused(self):
        sealed = bytearray(sealed_image(file("f", b"contents")))
        sealed[sealed.index(b"contents")] ^= 1
        self.write("a.romfs", bytes(sealed))
        self.assertIn("nothing was extracted", self.error("extract", "a.romfs", "-C", "out"))
        self.assertFalse((self.folder / "out").exists())
        self.write("b.romfs", image(file("f", b"1")) + b"\xff" * 100 + b"junk")
        self.output("extract", "b.romfs", "-C", "out")
        self.assertEqual(self.files("out"), {"f": b"1"})

    def test_no_space_leaves_no_part(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

        self.write("a.romfs", image(file("a", b"a"), file("big", BIG), file("z", b"z")))
        done = self.mprom("extract", "a.romfs", "-C", "out", status=1, preexec_fn=limit)
        self.assertIn(b"cannot write big: File too large", done.stderr)
        self.assertEqual(self.left(), ["a.romfs", "out", "out/a"])

    def test_unwritable_target(self):
        self.write("a.romfs", image(file("a", b"a")))
        # A filesystem in which nobody can create a file, root neither.
        self.assertIn("cannot create a: ", self.error("extract", "a.romfs", "-C", "/proc"))

    def test_missing_parent_of_target(self):
        self.write("a.romfs", image(file("a", b"a")))
        self.assertIn("cannot make the directory no/out", self.error("extract", "a.romfs", "-C", "no/out"))
        self.write("plain", "x")
        self.assertIn("cannot open the directory plain", self.error("extract", "a.romfs", "-C", "plain"))


if __name__ == "__main__":
    unittest.main()
