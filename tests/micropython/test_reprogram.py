"""examples/reprogram on SIM, as it stands. With a real socket it runs in test_user_module.py."""

import hashlib
import pathlib
import random
import shutil
import tempfile
import unittest

from board_test import BoardTest
from programs import BUILD, SOURCE, mpremote_environment, run
from romfs_writer import file, image, sealed_image

SCRIPT = SOURCE / "examples" / "reprogram" / "reprogram.py"
SEGMENT = 2
NEW = sealed_image(file("model.bin", random.Random("model").randbytes(30_000)), file("shapes.py", "CORNERS = 4\n"))
OLD = sealed_image(file("shapes.py", "CORNERS = 3\n"))


class OnSim(BoardTest):
    """The script and the new image lie in the board's writable filesystem."""

    def setUp(self):
        super().setUp()
        self.put("/reprogram.py", SCRIPT.read_bytes())
        self.put("/new.romfs", NEW)
        self.console.exec("import reprogram, romfs")

    def put(self, path, contents):
        self.console.exec(f"f = open({path!r}, 'wb')")
        for at in range(0, len(contents), 4096):
            self.console.exec(f"f.write({contents[at:at + 4096]!r})")
        self.console.exec("f.close()")

    def raises(self, code):
        """The last line of the exception, and what was printed before it."""
        output, error = self.console.exec_raw(code)
        self.assertTrue(error, output)
        return error.strip().splitlines()[-1], output

    def state(self):
        return self.console.eval(f"romfs.info({SEGMENT}).state")

    def assert_new(self):
        digest = self.console.eval(f"__import__('hashlib').sha256(reprogram.read_back({SEGMENT})).digest()")
        self.assertEqual(digest, hashlib.sha256(NEW).digest())
        self.assertEqual(self.console.eval(f"romfs.verify({SEGMENT})"), True)


class Sources(OnSim):
    def test_everything_at_once(self):
        self.console.exec(f"reprogram.update({SEGMENT}, '/new.romfs', '/models')\nimport shapes")
        self.assert_new()
        self.assertEqual(self.console.eval("(shapes.CORNERS, shapes.__file__, len(open('/models/model.bin', 'rb').read()))"),
                         (4, "/models/shapes.py", 30_000))

    def test_again_while_it_is_mounted(self):
        self.console.exec(f"reprogram.update({SEGMENT}, '/new.romfs', '/models')\nopened = open('/models/model.bin', 'rb')")
        self.put("/new.romfs", OLD)
        self.console.exec(f"reprogram.update({SEGMENT}, '/new.romfs', '/models')\nimport shapes")
        self.assertEqual(self.console.eval("shapes.CORNERS"), 3)
        self.assertIn("EIO", self.raises("opened.read()")[0])

    def test_file(self):
        self.console.exec(f"reprogram.write_file({SEGMENT}, '/new.romfs')")
        self.assert_new()
        self.assertEqual(self.console.eval(f"reprogram.compare_file({SEGMENT}, '/new.romfs')"), True)
        for at in (0, len(NEW) - 1):
            self.console.exec(f"f = open('/new.romfs', 'r+b')\nf.seek({at})\nf.write({bytes([NEW[at] ^ 1])!r})\nf.close()")
            self.assertEqual(self.console.eval(f"reprogram.compare_file({SEGMENT}, '/new.romfs')"), False)
        self.put("/new.romfs", NEW + b"more")
        self.assertEqual(self.console.eval(f"reprogram.compare_file({SEGMENT}, '/new.romfs')"), False)

    def test_generator(self):
        self.console.exec("def chunks():\n  for at in range(0, len(data), 100): yield data[at:at + 100]\n"
                          f"data = open('/new.romfs', 'rb').read()\nreprogram.write({SEGMENT}, len(data), chunks())")
        self.assert_new()

    def test_stream(self):
        """SIM has no network: streams of MicroPython's own, one of which has nothing to give now and then."""
        self.console.exec("import io\n"
                          f"reprogram.write_socket({SEGMENT}, io.BytesIO(open('/new.romfs', 'rb').read()), {len(NEW)})")
        self.assert_new()
        self.console.exec("class Slow(io.IOBase):\n"
                          "  def __init__(self, file):\n    self.file, self.turn = file, 0\n"
                          "  def readinto(self, buf):\n"
                          "    self.turn += 1\n    return None if self.turn % 3 else self.file.readinto(buf)\n"
                          f"reprogram.erase({SEGMENT})\n"
                          f"reprogram.write_socket({SEGMENT}, Slow(open('/new.romfs', 'rb')), {len(NEW)})")
        self.assert_new()

    def test_erase(self):
        self.console.exec(f"reprogram.write_file({SEGMENT}, '/new.romfs')\nreprogram.erase({SEGMENT})")
        self.assertEqual(self.state(), "empty")


class Errors(OnSim):
    """What goes wrong is said, and no part of an image is left."""

    options = ("--segment-size", "64K")

    def test_too_large(self):
        self.console.exec(f"reprogram.write({SEGMENT}, {len(OLD)}, [{OLD!r}])")
        self.put("/new.romfs", image(file("a", b"x" * 66_000)))
        error, output = self.raises(f"reprogram.update({SEGMENT}, '/new.romfs', '/models')")
        self.assertIn("segment 2, offset 0: ", error)
        self.assertIn("the image is larger than the segment", error)
        self.assertIn("The update failed: segment 2", output)
        self.console.exec(f"reprogram.verify({SEGMENT})")  # the old one is still there

    def test_source_ends_early(self):
        error, _ = self.raises(f"reprogram.write_socket({SEGMENT}, open('/new.romfs', 'rb'), {len(NEW) + 10})")
        self.assertEqual(error, "EOFError: the source ended 10 bytes before the image did; nothing is live")
        self.assertEqual(self.state(), "empty")

    def test_size_is_wrong(self):
        error, _ = self.raises(f"reprogram.write({SEGMENT}, {len(NEW) + 10}, [open('/new.romfs', 'rb').read()])")
        self.assertIn("segment 2, offset", error)
        self.assertEqual(self.state(), "empty")

    def test_damaged(self):
        damaged = bytearray(NEW)
        damaged[20_000] ^= 1
        self.put("/new.romfs", bytes(damaged))
        error, output = self.raises(f"reprogram.update({SEGMENT}, '/new.romfs', '/models')")
        self.assertRegex(error, r"OSError: \(74, 'segment 2, offset \d+: the seal does not match the image")
        self.assertIn("The update failed: segment 2", output)
        self.assertEqual(self.state(), "empty")

    def test_no_seal(self):
        self.put("/new.romfs", image(file("a", "x")))
        error, _ = self.raises(f"reprogram.update({SEGMENT}, '/new.romfs', '/models')")
        self.assertEqual(error, "ValueError: segment 2: the image has no seal, so nothing is known about its contents")

    def test_nothing_there(self):
        for call in (f"reprogram.verify({SEGMENT})", f"reprogram.mount({SEGMENT}, '/models')"):
            self.assertIn("segment 2, offset 0: there is no image", self.raises(call)[0])


class PowerFails(OnSim):
    """In the middle of the data, while the script writes."""

    def test_half_an_image(self):
        self.console.exec(f"reprogram.write({SEGMENT}, {len(OLD)}, [{OLD!r}])")
        for operation, state in ((40, "half"), (80, "prefix")):
            self.console.close()
            self.board.stop()
            self.board.options = ("--cut", f"{operation}:{state}")
            self.board.start()
            self.connect()
            self.console.write(f"import reprogram; reprogram.update({SEGMENT}, '/new.romfs', '/models')\x04".encode())
            self.assertEqual(self.board.wait(), 3)
            self.console.close()
            self.board.options = ()
            self.board.start()
            self.connect()
            self.console.exec("import reprogram, romfs")
            self.assertEqual(self.state(), "empty")
            self.assertIn("segment 2, offset 0: there is no image", self.raises(f"reprogram.verify({SEGMENT})")[0])
            self.console.exec(f"reprogram.update({SEGMENT}, '/new.romfs', '/models')")
            self.assert_new()


class Page(unittest.TestCase):
    def test_commands(self):
        """The commands of the README, one after the other."""
        page = (SCRIPT.parent / "README.md").read_text()
        commands = "\n".join(line.strip() for line in page.splitlines() if line.startswith("    "))
        self.assertEqual(len(commands.splitlines()), 5)
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
            (pathlib.Path(folder) / "my-files").mkdir()
            (pathlib.Path(folder) / "my-files" / "weights.bin").write_bytes(b"w" * 5000)
            shutil.copy(SCRIPT, folder)
            environment = mpremote_environment()
            environment["PATH"] = f"{BUILD}:{environment['PATH']}"
            environment["MPROM_RUN_DIR"] = folder
            shell = "set -e; mpremote() { /usr/bin/python3 -m mpremote \"$@\"; }; trap 'kill $!; wait' EXIT\n" + commands
            done = run("bash", "-c", shell, cwd=folder, env=environment)
        self.assertEqual(done.stdout.splitlines()[-1].strip(), "['weights.bin']")


if __name__ == "__main__":
    unittest.main(verbosity=2)
