"""build: each option, what goes in and what does not, messages, and where the summary goes."""

import json
import os
import random
import unittest

import command


class Build(command.CommandTest):
    TREE = {
        "main.py": "import util\nprint(util.A)\n",
        "lib/util.py": "A = 1\n",
        "data/größe.txt": "groß\n",
        "data/copy1.bin": "0123456789" * 50,
        "data/copy2.bin": "0123456789" * 50,
        "model.tflite": "m" * 100,
    }

    def setUp(self):
        super().setUp()
        for path, contents in self.TREE.items():
            self.write(f"app/{path}", contents)

    def entries(self, path="app.romfs"):
        """What ls says of an image: path -> entry."""
        return {entry["path"]: entry for entry in json.loads(self.output("ls", "-R", "--json", path))}

    def info(self, path="app.romfs"):
        return json.loads(self.output("info", "--json", path))

    def test_everything(self):
        text = self.output("build", "app")
        size = (self.folder / "app.romfs").stat().st_size
        lines = text.splitlines()
        self.assertEqual(lines[0], f"app.romfs: 6 files, {size:,} bytes")
        self.assertRegex(lines[1], r"^  compiled  2 \.py files \(mpy 6, bytecode, small ints of 31 bits\)$")
        self.assertEqual(lines[2], "  shared    1 file with equal contents, 500 bytes saved")
        self.assertEqual(len(lines), 3)
        self.assertEqual(
            sorted(self.entries()),
            ["data", "data/copy1.bin", "data/copy2.bin", "data/größe.txt", "lib", "lib/util.mpy", "main.mpy",
             "model.tflite"],
        )
        self.assertEqual(self.output("cat", "app.romfs", "data/größe.txt"), "groß\n")
        self.assertEqual(self.mprom("cat", "app.romfs", "main.mpy").stdout[:2], b"M\x06")
        self.assertIn("seal matches", self.output("check", "app.romfs"))
        found = self.info()
        self.assertEqual((found["sealed"], found["index"], found["mpy"]["version"]), (True, True, 6))
        self.assertEqual(self.left(), sorted(["app.romfs", "app", "app/lib", "app/data"] + [f"app/{p}" for p in self.TREE]))

    def test_output_names(self):
        self.output("build", "app/", cwd=self.folder)
        self.assertTrue((self.folder / "app.romfs").exists())
        self.output("build", ".", cwd=self.folder / "app/data")
        self.assertTrue((self.folder / "app/data/data.romfs").exists())
        self.output("build", "../app", cwd=self.folder / "app")
        self.assertTrue((self.folder / "app/app.romfs").exists())
        self.output("build", "app", "-o", "app/lib/x.img")
        self.assertTrue((self.folder / "app/lib/x.img").exists())

    def test_an_earlier_image_is_left_out(self):
        """W3: an image never goes into another one by accident, and what is built does not depend on one that is there."""
        for number in range(2):
            text = self.output("build", ".", cwd=self.folder / "app")
            self.assertEqual("left out  app.romfs: the image itself\n" in text, number == 1)
            self.assertNotIn("app.romfs", self.entries("app/app.romfs"))
        first = (self.folder / "app/app.romfs").read_bytes()
        text = self.output("build", "app", "-o", "app/lib/out.img")
        self.assertIn("left out  app.romfs: an image\n", text)
        self.assertEqual(first, (self.folder / "app/lib/out.img").read_bytes())
        os.link(self.folder / "app/app.romfs", self.folder / "app/data/hard.bin")
        (self.folder / "app/link").symlink_to("lib/out.img")
        (self.folder / "app/large.dat").write_bytes(first + b"\xff" * (2 << 20))
        for args in ([], ["--keep-all"], ["-x", "*.txt", "-x", "!*"]):
            self.output("build", "app", "-o", "app/lib/third", *args)
            self.assertEqual(first, (self.folder / "app/lib/third").read_bytes(), args)

    def test_a_link_to_the_image_that_is_not_there_yet(self):
        """W3: such a link is the image, before the first build as after it."""
        (self.folder / "app/latest").symlink_to("lib/new.img")
        (self.folder / "app/lib/absolute").symlink_to(self.folder / "app/lib/new.img")
        images = []
        for _ in range(2):
            text = self.output("build", "app", "-o", "app/lib/new.img")
            self.assertIn("latest", text)
            images.append((self.folder / "app/lib/new.img").read_bytes())
        self.assertEqual(images[0], images[1])

    def test_images_that_are_wanted_or_are_none(self):
        """W3: an image goes in if a pattern names it; what only starts like one always does."""
        self.output("build", "app", "-o", "app/font.romfs")
        self.output("build", "app", "-o", "app/data/font.bin")
        starts = {"a.bin": b"\xd2\xcd\x31", "b.bin": b"\xd2\xcd\x31hello" + b"x" * 300, "c.bin": b"\xd2\xcd\x31\xff\xff\xff"}
        for name, contents in starts.items():
            self.write(f"app/{name}", contents)
        self.output("build", "app")
        self.assertTrue(set(starts) <= set(self.entries()))
        self.assertNotIn("data/font.bin", self.entries())
        self.write("app/.mpromignore", "!*.romfs\n!data/*\n")
        self.output("build", "app")
        self.assertFalse({"font.romfs", "data/font.bin"} & set(self.entries()))
        self.write("app/.mpromignore", "!font.romfs\n!data/font.bin\n")
        self.output("build", "app")
        self.assertTrue({"font.romfs", "data/font.bin"} <= set(self.entries()))

    def test_standard_output(self):
        self.output("build", "app")
        done = self.mprom("build", "app", "-o", "-")
        self.assertEqual(done.stdout, (self.folder / "app.romfs").read_bytes())
        self.assertTrue(done.stderr.decode().startswith("image: 6 files, "), done.stderr)
        self.assertEqual(self.mprom("build", "-q", "app", "-o", "-").stderr, b"")
        self.assertEqual(self.output("build", "-q", "app"), "")

    def test_json(self):
        self.write("app/notes.txt~", "backup")
        found = json.loads(self.output("build", "app", "--json"))
        self.assertEqual(found["image"], "app.romfs")
        self.assertEqual((found["files"], found["dirs"], found["sources"], found["compiled"]), (6, 2, 2, 2))
        self.assertEqual((found["shared"], found["shared_size"], found["left_out"]), (1, 500, ["notes.txt~"]))
        image = (self.folder / "app.romfs").read_bytes()
        self.assertEqual((found["size"], found["crc"]), (len(image), int.from_bytes(image[-4:], "little")))
        self.error("build", "app", "--json", "-o", "-", status=2)

    def test_no_mpy(self):
        text = self.output("build", "app", "--no-mpy")
        self.assertNotIn("compiled", text)
        self.assertIn("main.py", self.entries())
        self.assertEqual(self.output("cat", "app.romfs", "lib/util.py"), "A = 1\n")
        self.assertNotIn("mpy", self.info())

    def test_march(self):
        self.write("app/fast.py", "@micropython.native\ndef f(a):\n    return a + 1\n")
        self.assertIn("fast.py:", self.mprom("build", "app", status=1).stderr.decode())
        text = self.output("build", "app", "--march", "armv7emsp")
        self.assertIn(", armv7emsp, ", text)
        self.assertEqual(self.info()["mpy"]["arch"], "armv7emsp")
        self.error("build", "app", "--march", "z80", status=2)

    def test_small_ints(self):
        self.output("build", "app", "--small-int-bits", "63")
        self.assertEqual(self.info()["mpy"]["small_int_bits"], 63)
        self.error("build", "app", "--small-int-bits", "7", status=2)

    def test_optimise(self):
        self.write("app/a.py", "def f(x):\n    assert x, 'a message to drop'\n")
        self.output("build", "app")
        self.assertIn(b"a message to drop", self.mprom("cat", "app.romfs", "a.mpy").stdout)
        self.output("build", "app", "-O1")
        self.assertNotIn(b"a message to drop", self.mprom("cat", "app.romfs", "a.mpy").stdout)
        self.error("build", "app", "-O", "4", status=2)
        self.assertIn("--optimise takes a number, not 'fast'", self.error("build", "app", "-O", "fast", status=2))

    def test_align(self):
        self.output("build", "app", "--align", "*.tflite=64", "--align", "data/*=32", "--align", "8")
        for path, entry in self.entries().items():
            if entry["type"] == "file":
                step = 64 if path.endswith(".tflite") else 32 if path.startswith("data/") else 8
                self.assertEqual(entry["offset"] % step, 0, path)
        self.assertEqual(self.info()["align"], 64)
        for bad in ("3", "x", "*.a=", "=4", "131072", "0", "-1", "*.a=12"):
            self.assertIn("--align takes N or PATTERN=N", self.error("build", "app", f"--align={bad}", status=2))

    def test_exclude(self):
        text = self.output("build", "app", "-x", "*.bin", "--exclude", "lib")
        self.assertIn("  left out  data/copy1.bin, data/copy2.bin, lib\n", text)
        self.assertEqual(sorted(self.entries()), ["data", "data/größe.txt", "main.mpy", "model.tflite"])

    def test_left_out_by_default(self):
        for path in (".git/config", "__pycache__/x.pyc", "lib/x.pyc", "notes~", ".notes.swp", "data/.git/x", "lib/y.pyc"):
            self.write(f"app/{path}", "x")
        text = self.output("build", "app")
        self.assertRegex(text, r"\n  left out  .*: .*\n(            .*: .*\n)*            and 2 more \(-v lists them\)\n$")
        text = self.mprom("build", "app", "-v").stdout.decode()
        for path in (".git", "__pycache__", "lib/x.pyc", "lib/y.pyc", "notes~", ".notes.swp", "data/.git"):
            self.assertIn(path, text)
        self.assertEqual(len(self.entries()), 8)
        self.output("build", "app", "--keep-all")
        self.assertIn("__pycache__/x.pyc", self.entries())
        self.assertIn(".git/config", self.entries())

    def test_what_a_killed_build_left(self):
        self.write("app/.mprom-123-0.tmp", "half")
        self.assertIn("left out  .mprom-123-0.tmp: an image that was not finished\n", self.output("build", "app"))

    def test_terminal(self):
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        done = self.mprom("build", "app", "-o", "-", status=1, stdout=slave)
        os.close(slave)
        self.assertIn(b"standard output is a terminal", done.stderr)

    def test_label(self):
        self.output("build", "app", "--label", "Größe 1.2")
        self.assertEqual(self.info()["label"], "Größe 1.2")
        self.error("build", "app", "--label", b"\xff", status=2)

    def test_parts_left_away(self):
        self.output("build", "app", "--no-index", "--no-seal", "--no-info")
        found = self.info()
        self.assertEqual((found["index"], found["sealed"], found["builder"]), (False, False, None))
        self.assertIn("no seal", self.output("check", "app.romfs"))
        self.assertEqual(sorted(self.entries()), sorted(["data", "data/copy1.bin", "data/copy2.bin", "data/größe.txt",
                                                        "lib", "lib/util.mpy", "main.mpy", "model.tflite"]))

    def test_times(self):
        os.utime(self.folder / "app/model.tflite", (1, 1_000_000_000))
        self.output("build", "app")
        without = (self.folder / "app.romfs").read_bytes()
        self.output("build", "app", "--times")
        # Kind 0x6d7004, length 5, 1,000,000,000 as a varuint.
        record = bytes.fromhex("83 b5 e0 04 05 83 dc eb 94 00".replace(" ", ""))
        self.assertNotIn(record, without)
        self.assertIn(record, (self.folder / "app.romfs").read_bytes())

    def test_source_date_epoch(self):
        self.output("build", "app", env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})
        self.assertEqual(self.info()["build_time"], 1700000000)
        self.output("build", "app", env={key: os.environ[key] for key in os.environ if key != "SOURCE_DATE_EPOCH"})
        self.assertNotIn("build_time", self.info())
        text = self.error("build", "app", env={**os.environ, "SOURCE_DATE_EPOCH": "today"})
        self.assertIn("SOURCE_DATE_EPOCH is 'today'", text)

    def test_reproducible(self):
        """U15: the same bytes with any number of workers, whenever the files were written."""
        images = set()
        for workers in ("1", "2", "5"):
            self.output("build", "app", "--workers", workers)
            images.add((self.folder / "app.romfs").read_bytes())
        os.rename(self.folder / "app/main.py", self.folder / "main.py")
        os.rename(self.folder / "main.py", self.folder / "app/main.py")
        os.utime(self.folder / "app/main.py", (1, 1))
        self.output("build", "app")
        images.add((self.folder / "app.romfs").read_bytes())
        self.assertEqual(len(images), 1)

    def test_base(self):
        self.output("build", "app")
        first = self.folder / "app.romfs"
        before = self.entries()
        self.write("app/main.py", self.TREE["main.py"] + "print(util.A + 1, 'and more')\n")
        plain = self.output("build", "app", "-o", "plain.romfs")
        self.assertNotIn("in place", plain)
        text = self.output("build", "app", "--base", "app.romfs", "-o", "new.romfs")
        self.assertIn("\n  in place  8 of 8 files and directories\n", text)
        after = self.entries("new.romfs")
        self.assertEqual([path for path in before if after[path].get("offset") != before[path].get("offset")], ["main.mpy"])
        self.assertIn("seal matches", self.output("check", "new.romfs"))
        self.assertIn("no difference in files", self.output("diff", "new.romfs", "plain.romfs"))
        # The base may be what is written.
        self.output("build", "app", "--base", "app.romfs")
        self.assertEqual(first.read_bytes(), (self.folder / "new.romfs").read_bytes())
        found = json.loads(self.output("build", "app", "--base", "app.romfs", "--json"))
        self.assertEqual(found["in_place"], 8)
        self.assertEqual(first.read_bytes(), (self.folder / "new.romfs").read_bytes())
        self.assertIn("\n  in place  nothing: all was laid out anew\n",
                      self.output("build", "app", "--base", "app.romfs", "--label", "l" * 60))

    def test_base_that_is_no_image(self):
        self.write("text", "no image")
        self.assertIn("text", self.error("build", "app", "--base", "text"))
        self.assertIn("none.romfs", self.error("build", "app", "--base", "none.romfs"))
        self.assertEqual(sorted(self.left()), sorted(["text", "app", "app/lib", "app/data"] + [f"app/{p}" for p in self.TREE]))

    def test_syntax_errors(self):
        self.write("app/lib/bad.py", "x = 1\ny = = 2\n")
        self.write("app/worse.py", "def f(:\n")
        self.write("app.romfs", b"\xd2\xcd\x31\x00")
        done = self.mprom("build", "app", status=1)
        self.assertEqual(done.stdout, b"")
        lines = done.stderr.decode().splitlines()
        self.assertRegex(lines[0], r"^app/lib/bad\.py:2: .*SyntaxError")
        self.assertRegex(lines[1], r"^app/worse\.py:1: .*SyntaxError")
        self.assertEqual(lines[2:], ["mprom: 2 of 4 .py files cannot be compiled; nothing was written; --keep-source PATTERN keeps files as source"])
        self.assertEqual((self.folder / "app.romfs").read_bytes(), b"\xd2\xcd\x31\x00")
        self.assertNotIn(".mprom", " ".join(self.left()))

    def test_source_and_compiled_of_one_name(self):
        self.write("app/lib/util.mpy", b"M\x06\x03\x1f")
        text = self.error("build", "app")
        self.assertIn("app/lib/util.py and the .mpy file beside it would both be lib/util.mpy", text)
        self.output("build", "app", "--exclude", "*.mpy")
        self.output("build", "app", "--no-mpy")
        self.assertIn("lib/util.mpy", self.entries())
        self.assertIn("lib/util.py", self.entries())

    def test_mpy_files_of_different_boards(self):
        self.write("app/a.mpy", b"M\x06\x1f\x1f")
        self.write("app/b.mpy", b"M\x06\x2b\x1f")
        done = self.mprom("build", "app")
        self.assertIn(b"b.mpy is mpy 6.3, xtensawin, small ints of 31 bits, others are mpy 6.3, armv7emsp", done.stderr)
        self.assertEqual(self.info()["mpy"]["arch"], "armv7emsp")

    def test_trouble_in_the_tree(self):
        for args, message in [(["nothing"], "No such file"), (["app/main.py"], "Not a directory")]:
            self.assertIn(message, self.error("build", *args))
        (self.folder / "app/link").symlink_to("/etc/passwd")
        self.assertIn("app/link", self.error("build", "app"))
        (self.folder / "app/link").unlink()
        os.mkfifo(self.folder / "app/pipe")
        self.assertIn("app/pipe", self.error("build", "app"))
        self.assertNotIn("app.romfs", self.left())

    def test_empty(self):
        (self.folder / "none").mkdir()
        self.output("build", "none")
        self.assertEqual(self.entries("none.romfs"), {})
        self.output("build", "none", "--no-info", "--no-seal", "--no-index")
        self.assertEqual((self.folder / "none.romfs").read_bytes(), b"\xd2\xcd\x31\x00")
        self.assertIn("the root directory has no name", self.error("build", "/"))

    def test_without_a_compiler(self):
        """A build whose only compiler would be an mpy-cross in PATH, and there is none."""
        if "built in" in self.output("--version"):
            self.skipTest("this build has its own compiler")
        done = self.mprom("build", "-q", "app", env={**os.environ, "PATH": "/nowhere"})
        self.assertIn(b"2 .py files go in as source text", done.stderr)

    def test_fit(self):
        self.write("zeros/a.bin", bytes(1500))
        for size, status in (("1k", 2), ("", 2), ("K", 2), ("0", 2), ("-1", 2), ("4096M", 2), ("1.5K", 2), ("99999999999999999999999K", 2),
                             ("1K", 1), ("1500", 1), ("2K", 0), ("0x800", 0), ("4095M", 0)):
            with self.subTest(size=size):
                done = self.mprom("build", "zeros", "--fit", size, status=status)
                self.assertIn({0: b"", 1: b"bytes, and only 1", 2: b"--fit takes a number of bytes such as" if size else b"--fit needs a size"}[status],
                              done.stderr)

    def offsets(self, *options, folder="models"):
        self.output("build", "-q", folder, "-o", "m.romfs", *options)
        lines = self.output("ls", "-lR", "m.romfs").splitlines()
        return {name: int(off) for size, off, name in map(str.split, lines) if off != "-"}

    def test_models_are_aligned_without_being_asked(self):
        """W2: every board can read them in place, whatever stands before them, and however the name is written."""
        names = ["m.tflite", "M.TFLITE", "a.b.tflite", "deep/er/m.lite", "deep/m.onnx", "network.Bin", "empty.tflite"]
        for i, name in enumerate(names):
            self.write(f"models/{name}", b"" if "empty" in name else random.Random(i).randbytes(100 + 7 * i))
            self.write(f"models/{name}.txt", b"x" * (i % 3))
        for options in ([], ["--no-info"], ["--no-index", "--no-seal"], ["--align", "1"], ["--align", "8"]):
            with self.subTest(options=options):
                offsets = self.offsets(*options)
                self.assertEqual([name for name in names if "empty" not in name and offsets[name] % 32], [])
                self.assertIn(": ok, ", self.output("check", "m.romfs"))
        self.assertTrue(any(off % 32 for off in self.offsets("--align", "*.tflite=1").values()))
        self.assertEqual(self.offsets("--align", "deep/m.onnx=1024")["deep/m.onnx"] % 1024, 0)
        self.assertEqual({off % 64 for name, off in self.offsets("--align", "64").items() if off and "empty" not in name
                          and not name.endswith("txt")}, {0})
        # An edit of an image whose models were not aligned aligns them.
        self.output("build", "-q", "models", "-o", "old.romfs", "--align", "*=4")
        offsets = self.offsets("--base", "old.romfs")
        self.assertEqual([name for name in names if "empty" not in name and offsets[name] % 32], [])

    def test_a_model_alone(self):
        """W2, as it was found: offset 52."""
        for size in (1, 2, 31, 32, 1000, 20000):
            self.write("models/m.tflite", bytes(size))
            self.assertEqual(self.offsets()["m.tflite"] % 32, 0)


if __name__ == "__main__":
    unittest.main()
