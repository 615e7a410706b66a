"""What a build says about modules: those that no board can load, and those of one name."""

import json
import unittest

import command

SOUND = b"M\x06\x00\x1f\x01\x00\x00"


class Modules(command.CommandTest):
    def build(self, *args, status=0):
        done = self.mprom("build", "app", *args, status=status)
        return done.stdout.decode(), [line.removeprefix("mprom: ") for line in done.stderr.decode().splitlines()]

    def test_w5_mpy_files_that_no_board_loads(self):
        """W5: each is named with its whole path, all in one run, also with -q."""
        files = {
            "circuit.mpy": b"C\x06\x00\x1f\x20\x00", "lib/empty.mpy": b"", "lib/text.mpy": b"print(1)\n", "lib/deep/old.mpy": b"M\x05\x00\x1f",
            "short.mpy": b"M\x06", "native.mpy": b"M\x06\x1d\x1f", "wide.mpy": b"M\x06\x00\x3f", "new.mpy": b"M\x07\x00\x1f",
        }
        self.write("app/good.mpy", SOUND)
        self.write("app/lib/a.py", "A = 1\n")
        for path, contents in files.items():
            self.write(f"app/{path}", contents)
        text, lines = self.build("-q")
        self.assertEqual(sorted(line.split()[0] for line in lines), sorted(f"app/{path}" for path in files))
        for part in ("app/circuit.mpy is not a compiled file of MicroPython, but of CircuitPython", "app/lib/empty.mpy is empty", "app/lib/text.mpy is not a compiled file of MicroPython:",
                     "app/lib/deep/old.mpy is of .mpy version 5", "app/short.mpy ends within", "app/native.mpy has native code of mpy 6.1",
                     "app/wide.mpy was compiled for small ints of 63 bits", "app/new.mpy is of .mpy version 7"):
            self.assertIn(part, "\n".join(lines))
        found = json.loads(self.mprom("build", "app", "--json").stdout)
        self.assertEqual({one["path"] for one in found["warnings"]}, {f"app/{path}" for path in files})
        # The image's own record speaks of what can be loaded.
        self.assertEqual((found["mpy"]["version"], found["mpy"]["arch"]), (6, "bytecode"))

    def test_w5_native_code_for_another_board(self):
        self.write("app/lib/m0.mpy", b"M\x06\x13\x1f")
        self.write("app/lib/esp.mpy", b"M\x06\x2b\x1f")
        self.assertEqual(len(self.build()[1]), 1)
        text, lines = self.build("--march", "armv7emsp")
        self.assertEqual(lines, ["app/lib/esp.mpy has native code for xtensawin, and the image is for armv7emsp"])
        self.write("app/wide.mpy", b"M\x06\x00\x3f")
        self.assertIn("app/wide.mpy", self.build()[1][-1])
        self.assertNotIn("wide", str(self.build("--small-int-bits", "63")[1]))

    def test_w5_check(self):
        self.write("app/lib/x.mpy", b"C\x06\x00\x1f\x20\x00")
        self.write("app/lib/y.mpy", b"")
        self.build()
        done = self.mprom("check", "app.romfs")
        self.assertIn(b"app.romfs: ok", done.stdout)
        self.assertIn(b"app.romfs: lib/x.mpy is not a compiled file of MicroPython, but of CircuitPython", done.stderr)
        self.assertIn(b"app.romfs: lib/y.mpy is empty", done.stderr)
        found = json.loads(self.mprom("check", "--json", "app.romfs").stdout)[0]
        self.assertTrue(found["ok"])
        self.assertEqual([one["path"] for one in found["warnings"]], ["lib/x.mpy", "lib/y.mpy"])

    def test_u1_the_version_compiled_to(self):
        """U1: a file of another version beside the sources changes nothing in the summary, and is the one that is named."""
        self.write("app/a.mpy", b"M\x05\x00\x1f")
        self.write("app/b.py", "B = 1\n")
        text, lines = self.build()
        self.assertIn("compiled  1 .py file (mpy 6, bytecode", text)
        self.assertEqual(len(lines), 1)
        self.assertTrue(lines[0].startswith("app/a.mpy is of .mpy version 5"), lines)
        self.assertEqual(json.loads(self.output("info", "--json", "app.romfs"))["mpy"]["version"], 6)

    def test_u2_all_pairs(self):
        for name in ("a", "lib/b", "lib/deep/c"):
            self.write(f"app/{name}.py", "X = 1\n")
            self.write(f"app/{name}.mpy", SOUND)
        done = self.mprom("build", "app//", status=1)
        text, lines = done.stdout, [line.removeprefix("mprom: ") for line in done.stderr.decode().splitlines()]
        self.assertEqual(text, b"")
        for name in ("a", "lib/b", "lib/deep/c"):
            self.assertIn(f"app/{name}.py and the .mpy file beside it would both be {name}.mpy in the image", lines)
        self.assertEqual(len(lines), 4)
        self.assertIn("lib/b.mpy", self.build("--keep-source", "*.py")[0] + self.output("ls", "-R", "app.romfs"))

    def test_u4_a_directory_of_a_module(self):
        """U4: a directory is imported before .py and .mpy of its name, also one without __init__."""
        for path in ("config.py", "config/a.json", "lib/data.py", "lib/data/__init__.py", "main.py", "main/x.txt", "fine.py", "other/x.txt"):
            self.write(f"app/{path}", "")
        self.write("app/font.mpy", SOUND)
        self.write("app/font/x.bin", "x")
        text, lines = self.build()
        self.assertEqual(lines, [f"app/{name} cannot be imported: the directory {by} has its name; rename one of them"
                                 for name, by in (("config.py", "config"), ("font.mpy", "font"), ("lib/data.py", "lib/data"))])
        done = self.mprom("check", "app.romfs")
        self.assertEqual(sorted(done.stderr.decode().splitlines()), [
            f"mprom: app.romfs: {name}.mpy cannot be imported: the directory {name} has its name; rename one of them"
            for name in ("config", "font", "lib/data")])

    def test_u5_keep_source(self):
        for path in ("bad.py", "lib/worse.py"):
            self.write(f"app/{path}", "x = = 1\n")
        self.write("app/lib/good.py", "x = 1\n")
        text, lines = self.build(status=1)
        self.assertTrue(lines[0].startswith("app/bad.py:1: SyntaxError"), lines)
        self.assertTrue(lines[1].startswith("app/lib/worse.py:1: SyntaxError"), lines)
        self.assertIn("--keep-source", lines[2])
        text, lines = self.build("--keep-source", "bad.py", "--keep-source", "lib/w*")
        self.assertEqual(lines, [])
        self.assertIn("compiled  1 .py file ", text)
        self.assertEqual(self.output("ls", "-R", "app.romfs").split(), ["bad.py", "lib/", "lib/good.mpy", "lib/worse.py"])
        self.build("--keep-source", "*.py")
        self.assertEqual(self.output("ls", "-R", "app.romfs").split(), ["bad.py", "lib/", "lib/good.py", "lib/worse.py"])
        self.build("--keep-source", "lib/", "--keep-source", "bad.py")
        self.assertIn("lib/good.py", self.output("ls", "-R", "app.romfs"))


if __name__ == "__main__":
    unittest.main()
