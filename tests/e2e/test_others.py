"""Images that other tools make, written here from descriptions of their layouts (not with their code): every reader finds
the same in them, `check` and `deploy` take them, and so does the firmware's op 5."""

import json
import os
import pathlib
import tempfile
import unittest

import interop
from board import Board
from programs import mprom, run
from romfs_writer import DATA, DIRECTORY, FILE, IMAGE, PADDING, as_bytes, data, directory, file, image, name, pointer, record, varuint

MODEL = bytes(range(256)) * 3 + b"odd"
MAIN = b"print('main')\n"
LABELS = b"cat\ndog\n"


def padded(value, size):
    """A number in exactly so many bytes."""
    return varuint(value, size - len(varuint(value)))


def head(kind, size, whole):
    """Kind and length of a record, in so many bytes."""
    start = varuint(kind)
    return start + padded(size, whole - len(start))


def wide_file(off, text, contents, align, whole=8):
    """A file record at off with a head of 8 bytes, whose contents are aligned by the length of the data record."""
    at = off + whole + len(name(text)) + 1
    size = len(varuint(len(contents)))
    size += -(at + size) % align
    body = name(text) + bytes([DATA]) + padded(len(contents), size) + contents
    return head(FILE, len(body), whole) + body


def wide_image(payload, whole=16):
    return head(IMAGE, len(payload), whole) + payload


def openmv_mkromfs(files, align=16):
    """Flat, a header of 16 bytes, no padding behind: of any size."""
    payload = b""
    for text, contents in files:
        payload += wide_file(16 + len(payload), text, contents, align if text.endswith(".tflite") else 4)
    return wide_image(payload)


def openmv_ide(tree, align=32):
    """The same with directories, which are aligned to the largest rule so that what is in them is."""

    def entries(nodes, off):
        out = b""
        for text, node in nodes.items():
            if not isinstance(node, dict):
                out += wide_file(off + len(out), text, node, align if as_bytes(text).endswith(b".tflite") else 4)
                continue
            gap = -(off + len(out)) % align  # in front of it, as a wider length of its own
            whole = 8 + gap
            body = name(text)
            body += entries(node, off + len(out) + whole + len(body))
            out += head(DIRECTORY, len(body), whole) + body
        return out

    return wide_image(entries(tree, 16))


def plain(*records, even=True):
    """As mpremote: nothing aligned; one byte 80 in the length of the image makes its size even."""
    payload = b"".join(records)
    whole = varuint(IMAGE) + varuint(len(payload)) + payload
    return varuint(IMAGE) + padded(len(payload), len(varuint(len(payload))) + len(whole) % 2 * even) + payload


FLAT = {"face.tflite": MODEL, "face.txt": LABELS, "haar.cascade": b"\1\2\3", "main.py": MAIN}
TREE = {"models": {"deep": {"m.tflite": MODEL}, "a.txt": b"x"}, "main.py": MAIN, "empty": {}}
SHARED = len(record(DATA, MODEL)) - len(MODEL)  # the first record of the payload holds what both files share

IMAGES = {
    "mpremote": (plain(directory("lib", file("a.py", MAIN)), file("main.py", MAIN)), {"lib": None, "lib/a.py": MAIN, "main.py": MAIN}),
    "mpremote-odd-payload": (plain(file("main.py", MAIN + b"#")), {"main.py": MAIN + b"#"}),
    "an-odd-size": (plain(file("main.py", MAIN + b"#"), even=False), {"main.py": MAIN + b"#"}),
    "an-odd-size-2": (plain(file("main.py", MAIN), even=False), {"main.py": MAIN}),
    "openmv-mkromfs": (openmv_mkromfs(FLAT.items()), FLAT),
    "openmv-mkromfs-odd": (openmv_mkromfs([*FLAT.items(), ("z", b"z")]), FLAT | {"z": b"z"}),
    "openmv-mkromfs-n6": (openmv_mkromfs(FLAT.items(), 32), FLAT),
    "openmv-mkromfs-mps": (openmv_mkromfs(FLAT.items(), 128), FLAT),
    "openmv-partition-1": (openmv_mkromfs([("he.tflite", MODEL)]), {"he.tflite": MODEL}),
    "openmv-nothing": (wide_image(b""), {}),
    "openmv-ide": (openmv_ide(TREE), {"models": None, "models/deep": None, "models/deep/m.tflite": MODEL, "models/a.txt": b"x",
                                      "main.py": MAIN, "empty": None}),
    "openmv-ide-odd": (openmv_ide(TREE | {"z": b"z"}), {"models": None, "models/deep": None, "models/deep/m.tflite": MODEL,
                                                        "models/a.txt": b"x", "main.py": MAIN, "empty": None, "z": b"z"}),
    "openmv-ota-in-a-slot": (openmv_mkromfs(FLAT.items()) + b"\xff" * 500 + b"OMVR" + bytes(range(200)), FLAT),
    "pointers": (plain(data(MODEL), file("a", b"1"), record(FILE, name("b") + pointer(len(MODEL), SHARED)),
                       record(FILE, name("c") + pointer(10, SHARED + 5)), record(FILE, name("d") + pointer(0, 0)), even=False),
                 {"a": b"1", "b": MODEL, "c": MODEL[5:15], "d": b""}),
    "a-pointer-into-another-file": (plain(file("a", MODEL), record(FILE, name("b") + pointer(100, 20))), None),
    "rounded-records": (plain(record(FILE, name("a") + data(b"abc") + b"\0\0\0\0\0"), file("b", b"2")), {"a": b"abc", "b": b"2"}),
    "unknown-kinds": (plain(record(77, b"?"), record(FILE, name("a") + record(99, b"") + data(b"abc") + record(1, b"zz")),
                            record(0x6D7055, b"new")), {"a": b"abc"}),
    "records-that-are-skipped": (plain(pointer(0, 0), record(IMAGE, b"") + record(PADDING, b"q"), record(FILE, name("a") + file("in") + data(b"abc"))),
                                 {"a": b"abc"}),
    "a-bad-pointer-behind-the-contents": (plain(record(FILE, name("a") + data(b"abc") + pointer(5, 5000))), {"a": b"abc"}),
    "an-empty-data-record": (plain(record(FILE, name("a") + b"\x02\x80\x80\x00")), {"a": b""}),
}

# What boards take and a listing as text does not show: names of bytes, and the second of equal names.
LATIN_1 = openmv_ide({b"gr\xfc\xdfe.tflite": MODEL, "main.py": MAIN})
TWICE = openmv_mkromfs([("m.tflite", MODEL), ("main.py", MAIN), ("m.tflite", LABELS)])


def find_paths(folder):
    return {str(path.relative_to(folder)): None if path.is_dir() else path.read_bytes() for path in folder.rglob("*")}


class Others(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.image = self.folder / "image.romfs"

    def each(self):
        for title, (whole, tree) in IMAGES.items():
            self.image = self.folder / f"{title}.romfs"  # which a failure names
            self.image.write_bytes(whole)
            yield whole, tree

    def test_the_descriptions_are_what_they_say(self):
        sizes = [len(whole) % 2 for whole, _ in IMAGES.values()]
        self.assertGreater(sum(sizes), 4)
        for align, title in ((16, "openmv-mkromfs"), (32, "openmv-mkromfs-n6"), (128, "openmv-mkromfs-mps"), (32, "openmv-ide")):
            self.assertEqual(IMAGES[title][0].index(MODEL) % align, 0)

    def test_every_reader_finds_the_same(self):
        for _, tree in self.each():
            theirs = interop.read_with_upstream(self.image)
            if tree is not None:
                self.assertEqual(theirs, interop.summary(tree))
            self.assertEqual(interop.read_with_webassembly(self.image), theirs)
            self.assertEqual(interop.read_with_mprom(self.image, self.folder / "ours"), theirs)
            run("rm", "-rf", self.folder / "ours")

    def test_check_has_notes_at_most(self):
        for whole, _ in self.each():
            [found] = json.loads(mprom("check", "--json", self.image).stdout)
            self.assertTrue(found["ok"])
            self.assertEqual(found["faults"], [])
            odd = [note for note in found["notes"] if "size is odd" in note["text"]]
            self.assertEqual(len(odd), found["size"] % 2)
        self.image.write_bytes(next(whole for whole, _ in IMAGES.values() if len(whole) % 2))
        self.assertRegex(mprom("check", self.image).stdout, r"offset 0: note: the image's size is odd.*\n.*: ok, ")
        self.assertNotIn("note", mprom("check", "-q", self.image).stdout)

    def test_deploy_sends_them_and_the_board_takes_them(self):
        """W1: the firmware's op 5, and its reader."""
        script = interop.LIST_IMAGE.read_text().split("if sys.platform")[0]
        with Board("--heap", "1M") as board:
            env = dict(os.environ, MPROM_RUN_DIR=os.path.join(board.state, "run"))
            for whole, tree in self.each():
                mprom("deploy", self.image, "-n", "2", "--no-restart", env=env)
                size = json.loads(mprom("check", "--json", self.image).stdout)[0]["size"]
                mprom("dump", "-n", "2", "-o", self.folder / "dumped.romfs", env=env)
                self.assertEqual((self.folder / "dumped.romfs").read_bytes(), whole[:size])
                with board.raw() as console:
                    text = console.exec(script + "vfs.mount(vfs.VfsRom(vfs.rom_ioctl(2, 2)), '/image')\nwalk('/image', '')\nvfs.umount('/image')\n")
                text = text.decode() if isinstance(text, bytes) else text
                theirs = interop.read_with_upstream(self.image)
                self.assertEqual(interop.parse_listing(text.replace("\r\n", "\n")), theirs)

    def test_stock_boards(self):
        for shape in ("view", "blocks", "mram"):
            with Board("--heap", "1M", "--compat", shape, "--segment-size", "65536") as board:
                env = dict(os.environ, MPROM_RUN_DIR=os.path.join(board.state, "run"))
                for whole, _ in self.each():
                    mprom("deploy", self.image, "--no-restart", env=env)
                    mprom("verify", self.image, env=env)

    def test_names_in_latin_1(self):
        self.image.write_bytes(LATIN_1)
        [found] = json.loads(mprom("check", "--json", self.image).stdout)
        self.assertTrue(found["ok"])
        self.assertTrue(any("not UTF-8" in note["text"] for note in found["notes"]))
        self.assertIn("gr\\xfc\\xdfe.tflite", mprom("ls", self.image).stdout)
        mprom("extract", self.image, "-C", self.folder / "out")
        self.assertEqual({bytes(path.name, "utf-8", "surrogateescape"): path.read_bytes() for path in (self.folder / "out").iterdir()},
                         {b"gr\xfc\xdfe.tflite": MODEL, b"main.py": MAIN})
        self.deploy_and_read("main.py", MAIN)

    def test_equal_names(self):
        """The first is what every reader finds; it is what is extracted, too."""
        self.image.write_bytes(TWICE)
        [found] = json.loads(mprom("check", "--json", self.image).stdout)
        self.assertTrue(found["ok"])
        self.assertEqual([note["path"] for note in found["notes"] if "second entry" in note["text"]], ["m.tflite"])
        for options in ((), ("--force",), ("m.tflite", "--force")):
            done = mprom("extract", self.image, "-C", self.folder / "out", *options)
            self.assertIn("boards take the first", done.stderr)
            self.assertEqual(find_paths(self.folder / "out"), {"m.tflite": MODEL, "main.py": MAIN})
        run("rm", "-rf", self.folder / "out")
        self.image.write_bytes(image(directory("d", file("a", b"1")), directory("d", file("a", b"2"), file("b", b"3")), file("e", b"4")))
        mprom("extract", self.image, "-C", self.folder / "out")
        self.assertEqual(find_paths(self.folder / "out"), {"d": None, "d/a": b"1", "e": b"4"})
        self.image.write_bytes(TWICE)
        self.deploy_and_read("m.tflite", MODEL)

    def test_many_notes_hide_no_fault(self):
        self.image.write_bytes(plain(*[file("a") for _ in range(3000)], record(FILE, name("z") + pointer(9, 900000))))
        self.assertIn("more faults follow", mprom("check", self.image, status=1).stdout)
        self.assertIn("nothing was extracted", mprom("extract", self.image, "-C", self.folder / "out", status=1).stderr)

    def deploy_and_read(self, path, contents):
        with Board("--heap", "1M") as board:
            env = dict(os.environ, MPROM_RUN_DIR=os.path.join(board.state, "run"))
            mprom("deploy", self.image, "-n", "2", "--no-restart", env=env)
            with board.raw() as console:
                text = console.exec("import vfs\nvfs.mount(vfs.VfsRom(vfs.rom_ioctl(2, 2)), '/image')\n"
                                    f"print(open('/image/{path}', 'rb').read() == {contents!r})\n")
            self.assertIn("True", text.decode() if isinstance(text, bytes) else text)


if __name__ == "__main__":
    unittest.main()
