"""check: what it prints, and its exit status."""

import json
import unittest

import command
from romfs_writer import FILE, directory, file, image, name, pointer, record, sealed_image


class Check(command.CommandTest):
    def faults(self, whole):
        """The lines printed for a faulty image, without the file's name in front."""
        self.write("a.romfs", whole)
        lines = self.output("check", "a.romfs", status=1).splitlines()
        for line in lines:
            self.assertTrue(line.startswith("a.romfs: offset "), line)
        return [line.removeprefix("a.romfs: ") for line in lines]

    def test_good_images(self):
        self.write("a.romfs", image(file("x", b"12"), directory("d")))
        self.write("b.romfs", sealed_image(file("y")))
        self.write("empty.romfs", b"\xd2\xcd\x31\x00")
        size = (self.folder / "b.romfs").stat().st_size
        self.assertEqual(
            self.output("check", "a.romfs", "b.romfs", "empty.romfs"),
            "a.romfs: ok, 1 file, 16 bytes, no seal: only the structure could be checked\n"
            f"b.romfs: ok, 1 file, {size} bytes, seal matches\n"
            "empty.romfs: ok, 0 files, 4 bytes, no seal: only the structure could be checked\n",
        )
        self.assertEqual(self.output("check", "-q", "a.romfs", "b.romfs"), "")

    def test_offset_and_path(self):
        # The header is 4 bytes, the directory's 4, and the file lies behind them.
        bad = image(directory("lib", record(FILE, name("f") + pointer(1, 5000))))
        self.assertEqual(bad[4], 4)
        offset = bad.index(b"\x05")
        faults = self.faults(bad)
        self.assertEqual(len(faults), 1)
        self.assertRegex(faults[0], rf"^offset \d+, lib/f: .*data pointer")
        self.assertIn(int(faults[0].split()[1].rstrip(",:")), range(offset, len(bad)))

    def test_every_fault_is_told(self):
        faults = self.faults(image(file(".."), file("ok"), file("a/b"), record(FILE, name("none"))))
        self.assertEqual(len(faults), 3)
        self.assertIn(", ..: ", faults[0])
        self.assertIn(", a/b: ", faults[1])
        self.assertIn(", none: ", faults[2])

    def test_seal(self):
        sealed = bytearray(sealed_image(file("y", b"contents")))
        sealed[sealed.index(b"contents")] ^= 1
        self.assertEqual(len(self.faults(bytes(sealed))), 1)

    def test_not_an_image(self):
        self.assertEqual(len(self.faults(b"hello")), 1)
        self.assertEqual(len(self.faults(b"")), 1)
        self.assertEqual(len(self.faults(image(file("x"))[:-1])), 1)

    def test_bytes_behind(self):
        whole = image(file("x"))
        for behind in (b"\xff" * 4093, b"\x00" * 17):
            self.write("a.romfs", whole + behind)
            self.assertIn("ok", self.output("check", "a.romfs"))
        self.write("a.romfs", whole + b"\xff" * 100 + b"x")
        note, verdict = self.output("check", "a.romfs").splitlines()
        self.assertRegex(note, r"^a.romfs: offset \d+: note: there are bytes behind the image")
        self.assertIn(": ok, ", verdict)
        self.assertEqual(self.output("check", "-q", "a.romfs"), "")

    def test_many_faults_are_cut(self):
        self.write("a.romfs", image(*[file("..") for _ in range(1500)]))
        lines = self.output("check", "a.romfs", status=1).splitlines()
        self.assertEqual(len(lines), 1001)
        self.assertIn("more faults follow", lines[-1])

    def test_one_bad_of_many(self):
        self.write("good.romfs", image(file("x")))
        self.write("bad.romfs", image(file("..")))
        done = self.mprom("check", "good.romfs", "nothing", "bad.romfs", "good.romfs", status=1)
        self.assertEqual([line.split(":")[0] for line in done.stdout.decode().splitlines()],
                         ["good.romfs", "bad.romfs", "good.romfs"])
        self.assertIn(b"mprom: cannot open nothing: No such file", done.stderr)

    def test_json(self):
        self.write("good.romfs", sealed_image(file("x")))
        self.write("bad.romfs", image(file("..")))
        found = json.loads(self.output("check", "--json", "good.romfs", "bad.romfs", status=1))
        self.assertEqual([(one["image"], one["ok"], one["sealed"]) for one in found],
                         [("good.romfs", True, True), ("bad.romfs", False, False)])
        self.assertEqual(found[0]["faults"], [])
        self.assertEqual([(fault["offset"], fault["path"]) for fault in found[1]["faults"]], [(4, "..")])
        self.assertEqual((found[0]["files"], found[0]["dirs"]), (1, 0))

    def test_standard_input(self):
        self.assertIn("standard input: ok, 1 file", self.output("check", "-", input=image(file("x"))))

    def test_names_are_escaped(self):
        done = self.mprom("check", "-", input=image(directory("\x1b[2J", file(".."))), status=1)
        self.assertNotIn(b"\x1b", done.stdout)
        self.assertIn(b"\\x1b[2J/..", done.stdout)


if __name__ == "__main__":
    unittest.main()
