"""extract --manifest and build --manifest: the same image again, and what a manifest may not say."""

import json
import os
import random
import unittest

import command
from romfs_writer import directory, file, image, record, varuint


class Manifest(command.CommandTest):
    def setUp(self):
        super().setUp()
        self.write("app/main.py", "import lib.a\n")
        self.write("app/lib/a.py", "A = 1\n" * 20)
        self.write("app/lib/b.py", "A = 1\n" * 20)
        self.write("app/models/m.tflite", random.Random(1).randbytes(1001))
        self.write("app/models/same.tflite", random.Random(1).randbytes(1001))
        self.write("app/a.dat", random.Random(2).randbytes(77))
        self.write("app/deep/a.dat", random.Random(3).randbytes(76))
        self.write("app/we[ir]d*.dat", b"?" * 50)
        self.write("app/.hidden/x~", b"kept")
        self.write("app/none.txt", b"")
        (self.folder / "app/empty").mkdir()

    def again(self, *options, env=None):
        self.output("build", "-q", "app", "-o", "a.romfs", *options, env=env)
        self.output("extract", "-q", "a.romfs", "-C", "out", "--force", "--manifest", "m.json")
        self.write("out/other.txt", b"not in the image")
        self.output("build", "-q", "out", "--manifest", "m.json", "-o", "b.romfs")
        self.assertEqual((self.folder / "a.romfs").read_bytes(), (self.folder / "b.romfs").read_bytes(), options)
        return json.loads((self.folder / "m.json").read_text())

    def test_the_same_bytes(self):
        for options in ([], ["--no-mpy"], ["--keep-all"], ["--label", "größe 1"], ["--times"], ["--no-index"], ["--no-seal"],
                        ["--no-info"], ["--no-index", "--no-seal", "--no-info"], ["--align", "64"], ["--align", "*=1"],
                        ["--align", "*.dat=16"], ["--align", "a.dat=256"], ["--align", "deep/a.dat=128", "--align", "*.tflite=4"],
                        ["--align", "*.tflite=4096"], ["--align", "*=1", "--no-info"], ["--align", "*.dat=64", "--times"]):
            with self.subTest(options=options):
                self.again(*options)
        self.again(env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})

    def test_random_trees(self):
        for seed in range(30):
            chance = random.Random(seed)
            self.output("build", "-q", "app", "-o", "a.romfs") if seed == 0 else None
            for i in range(30):
                self.write(f"app/d{chance.randrange(3)}/f{i}.{chance.choice(['dat', 'tflite', 'txt'])}",
                           chance.randbytes(chance.choice([0, 1, 20, 120, 130, 300, 17000])))
            self.again("--align", f"*.dat={1 << chance.randrange(8)}")

    def test_what_it_says(self):
        found = self.again("--label", "x", "--align", "a.dat=256")
        self.assertEqual((found["mprom"], found["label"], found["compile"]), (1, "x", False))
        self.assertEqual(found["align"]["/a.dat"], 256)
        self.assertIn({"from": "empty/"}, found["files"])
        self.assertTrue(all(set(one) <= {"from", "time"} for one in found["files"]))

    def test_the_alignment_of_images_of_others_is_kept(self):
        """W2: as OpenMV's tool aligns, by the length of the data record."""
        body = b"\x08m.tflite" + b"\x02"
        off = 16 + 8
        size = 3 + -(off + len(body) + 3) % 128
        whole = varuint(0x14A6B1)
        data = random.Random(4).randbytes(700)
        record_ = body + varuint(len(data), size - len(varuint(len(data)))) + data
        payload = b"\x05" + varuint(len(record_), 5) + record_
        whole += varuint(len(payload), 13 - len(varuint(len(payload)))) + payload
        self.write("omv.img", whole)
        self.assertEqual(whole.index(data) % 128, 0)
        self.output("extract", "-q", "omv.img", "-C", "out", "--manifest", "m.json")
        self.output("build", "-q", "out", "--manifest", "m.json", "-o", "b.romfs")
        self.assertEqual((self.folder / "b.romfs").read_bytes().index(data) % 128, 0)

    def test_options_win(self):
        self.again("--label", "x")
        self.output("build", "-q", "out", "--manifest", "m.json", "-o", "c.romfs", "--label", "y", "--align", "*=2048")
        self.assertIn("label       y", self.output("info", "c.romfs"))
        self.assertIn("2,048" if False else "2048", self.output("info", "c.romfs").replace(",", ""))

    def test_hostile_manifests(self):
        good = {"mprom": 1, "compile": False, "files": [{"from": "main.py"}]}
        (self.folder / "app/out.txt").symlink_to("/etc/hostname")
        self.output("build", "-q", "app", "--manifest", self.put(good), "-o", "x.romfs")
        for change, wanted in [
            ({"mprom": 2}, "'mprom' must be 1"), ({"mprom": "1"}, "'mprom' must be 1"), ({"mprom": None}, "'mprom' must be 1"),
            ({"labels": 1}, "'labels' is no key"), ({"label": 5}, "'label' must be text"), ({"label": "x" * 5000}, "'label' must be text"),
            ({"label": "a\0b"}, "m.json: line 1"), ({"build_time": -1}, "'build_time' must be"), ({"build_time": 1.5}, "'build_time' must be"),
            ({"compile": True}, "'compile' must be false"), ({"seal": "no"}, "'seal' must be"), ({"align": []}, "'align' must be"),
            ({"align": {"*": 3}}, "'align' must be"), ({"align": {"*": 1 << 40}}, "'align' must be"), ({"align": {"": 4}}, "'align' must be"),
            ({"files": {}}, "'files' must be"), ({"files": ["x"]}, "files[0]: it must be an object"), ({"files": [{}]}, "files[0]"),
            ({"files": [{"from": "main.py", "x": 1}]}, "files[0]: 'x' is no key"), ({"files": [{"from": "main.py", "time": "x"}]}, "files[0]: 'time'"),
            *[({"files": [{"from": path}]}, "files[0]: 'from' must be a path")
              for path in ("", "/etc/passwd", "../x", "a/../x", ".", "a//b", "./x", 5)],
            ({"files": [{"from": "nothing"}]}, "'nothing'"), ({"files": [{"from": "lib"}]}, "is a directory"),
            ({"files": [{"from": "main.py/x"}]}, "'main.py/x'"), ({"files": [{"from": "out.txt"}]}, "leads out of"),
            ({"files": [{"from": "main.py"}, {"from": "main.py"}]}, "files[1]"), ({"mpy": "zz"}, "'mpy' must be"),
        ]:
            with self.subTest(change=str(change)[:60]):
                text = self.error("build", "app", "--manifest", self.put({**good, **change}), "-o", "y.romfs")
                self.assertIn(wanted, text)
                self.assertFalse((self.folder / "y.romfs").exists())
        for text in ("", "{", "[]", "5", '{"mprom": 1, "mprom": 1}', "[" * 100000, "\xff", '{"files": []}'):
            with self.subTest(text=text[:20]):
                self.write("m.json", text)
                self.assertIn("m.json", self.error("build", "app", "--manifest", "m.json", "-o", "y.romfs"))
        self.assertIn("nothing.json", self.error("build", "app", "--manifest", "nothing.json"))

    def put(self, value):
        self.write("m.json", json.dumps(value))
        return "m.json"

    def test_other_files_are_left_alone(self):
        """W11's kind."""
        self.write("a.romfs", image(file("x", b"1")))
        self.write("x.py", "print(1)")
        self.assertIn("is no manifest", self.mprom("extract", "a.romfs", "-C", "out", "--manifest", "x.py", status=1).stderr.decode())
        self.assertEqual((self.folder / "x.py").read_text(), "print(1)")
        self.output("extract", "-q", "a.romfs", "-C", "out", "--manifest", "x.py", "--force")
        self.output("extract", "-q", "a.romfs", "-C", "out2", "--manifest", "x.py")


if __name__ == "__main__":
    unittest.main()
