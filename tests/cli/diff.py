"""diff: of images and of directories."""

import json
import unittest

import command
from romfs_writer import directory, file, image, info

OLD = image(file("gone", b"12345"), directory("lib", file("a", b"1"), file("b", b"same")), directory("old"))
NEW = image(directory("lib", file("b", b"same"), file("a", b"22"), file("c")), file("old", b"x"))


class Diff(command.CommandTest):
    def setUp(self):
        super().setUp()
        self.write("old.romfs", OLD)
        self.write("new.romfs", NEW)

    def test_text(self):
        self.assertEqual(
            self.output("diff", "old.romfs", "new.romfs", status=1),
            "removed gone  5\n"
            "changed lib/a  1 -> 2\n"
            "added   lib/c  0\n"
            "removed old/\n"
            "added   old  1\n"
            "2 added, 2 removed, 1 changed, 2 the same\n",
        )
        self.assertNotIn("the same", self.output("diff", "-q", "old.romfs", "new.romfs", status=1))

    def test_same(self):
        self.assertEqual(self.output("diff", "old.romfs", "old.romfs"), "no difference\n")
        self.assertEqual(self.output("diff", "-q", "old.romfs", "old.romfs"), "")
        self.write("label.romfs", image(info(label="x"), file("gone", b"12345"), directory("old"),
                                        directory("lib", file("b", b"same"), file("a", b"1"))))
        self.assertEqual(
            self.output("diff", "old.romfs", "label.romfs"),
            "no difference in files; the images are laid out or labelled differently\n",
        )

    def test_json(self):
        found = json.loads(self.output("diff", "--json", "old.romfs", "new.romfs", status=1))
        self.assertEqual(
            found,
            {
                "added": [{"path": "lib/c", "type": "file", "size": 0}, {"path": "old", "type": "file", "size": 1}],
                "removed": [{"path": "gone", "type": "file", "size": 5}, {"path": "old", "type": "dir"}],
                "changed": [{"path": "lib/a", "old_size": 1, "new_size": 2}],
                "same": 2,
                "identical": False,
            },
        )
        found = json.loads(self.output("diff", "--json", "new.romfs", "new.romfs"))
        self.assertEqual((found["added"], found["removed"], found["changed"], found["identical"]), ([], [], [], True))

    def test_directories(self):
        for path, contents in {"gone": b"12345", "lib/a": b"1", "lib/b": b"same"}.items():
            self.write(f"tree/{path}", contents)
        self.assertEqual(
            self.output("diff", "tree", "old.romfs", status=1), "added   old/\n1 added, 0 removed, 0 changed, 4 the same\n"
        )
        (self.folder / "tree/old").mkdir()
        self.assertIn("no difference", self.output("diff", "old.romfs", "tree"))
        self.write("tree/lib/notes.md", "")
        self.assertIn("added   lib/notes.md", self.output("diff", "old.romfs", "tree", status=1))
        self.assertIn("no difference", self.output("diff", "old.romfs", "tree", "--exclude", "*.md"))

    def test_trouble(self):
        self.write("text", "hello")
        for args in (["old.romfs", "nothing"], ["text", "old.romfs"], ["old.romfs", "text"]):
            self.error("diff", *args, status=2)
        self.error("diff", "old.romfs", status=2)
        self.write("bad.romfs", image(file("a"), b"\x05\x7f\x01b"))
        self.error("diff", "old.romfs", "bad.romfs", status=2)

    def test_both_sides_from_one_stream(self):
        self.assertEqual(self.output("diff", "old.romfs", "-", input=OLD), "no difference\n")

    def test_names_are_escaped(self):
        self.write("bad.romfs", image(file("\x1b[2J")))
        self.assertNotIn("\x1b", self.output("diff", "bad.romfs", "old.romfs", status=1))


if __name__ == "__main__":
    unittest.main()
