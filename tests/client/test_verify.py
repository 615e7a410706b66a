"""verify with an image, a directory or neither (W10): what is deployed depends on a cache, so files are what counts."""

import json
import os
import random
import unittest

from sim import SimTest

SEGMENT_2 = 2 << 20  # in the file `flash` of SIM


class Verify(SimTest):
    def setUp(self):
        super().setUp()
        for i in range(8):
            self.write(f"app/data/f{i}.bin", random.Random(i).randbytes(900))
        self.write("app/main.py", "x = 1\n")
        self.env = dict(os.environ, MPROM_RUN_DIR=self.run_dir, XDG_CACHE_HOME=str(self.folder / "cache"))

    def run_command(self, command, *args, **kwargs):
        return self.mprom(command, *args, env=self.env, **kwargs)

    def deploy_twice(self):
        """The second image is laid out like the first."""
        self.run_command("deploy", self.folder / "app", "-n", "2")
        self.write("app/main.py", "x = 2\nprint(x)\n")
        self.run_command("deploy", self.folder / "app", "-n", "2")
        self.run_command("build", self.folder / "app", "-o", self.folder / "app.romfs", "-q")

    def test_a_directory(self):
        self.deploy_twice()
        done = self.run_command("verify", self.folder / "app", "-n", "2")
        self.assertIn(b" bytes, the same as the image\n", done.stdout)

    def test_other_layout(self):
        self.deploy_twice()
        size = self.query()["segments"][2]["image"]["size"]
        self.assertNotEqual((self.folder / "app.romfs").stat().st_size, size)
        done = self.run_command("verify", self.folder / "app.romfs", "-n", "2")
        self.assertIn(f"{size:,} bytes, same files as {self.folder}/app.romfs, other layout (deploy --no-base".encode(),
                      done.stdout)
        [line] = json.loads(self.run_command("verify", self.folder / "app.romfs", "-n", "2", "--json").stdout)
        self.assertEqual((line["identical"], line["size"]), (False, size))
        self.run_command("deploy", self.folder / "app", "-n", "2", "--no-base")
        self.assertIn(b"the same as the image", self.run_command("verify", self.folder / "app.romfs", "-n", "2").stdout)
        self.assertIn(b"same files as", self.run_command("verify", self.folder / "app", "-n", "2").stdout)
        [line] = json.loads(self.run_command("verify", self.folder / "app.romfs", "-n", "2", "--json").stdout)
        self.assertIs(line["identical"], True)

    def test_other_files(self):
        self.deploy_twice()
        self.write("app/data/f3.bin", b"other")
        for what in "app", "app.romfs":
            with self.subTest(what):
                self.run_command("build", self.folder / "app", "-o", self.folder / "app.romfs", "-q")
                done = self.run_command("verify", self.folder / what, "-n", "2", status=1)
                self.assertIn(b": data/f3.bin has other contents; deploy it again\n", done.stderr)
                self.assertEqual(done.stdout, b"")
        (self.folder / "app/data/f3.bin").unlink()
        self.write("app/new.txt", "new")
        done = self.run_command("verify", self.folder / "app", "-n", "2", status=1)
        self.assertIn(b": data/f3.bin is only on the board (and 1 more differ); deploy it again\n", done.stderr)
        (self.folder / "app/new.txt").unlink()
        self.write("app/data/e.txt", "new")
        self.assertIn(b": data/e.txt is not on the board (and 1 more differ)",
                      self.run_command("verify", self.folder / "app", "-n", "2", status=1).stderr)

    def test_damage_is_no_layout(self):
        """A bit that flipped where no file is."""
        self.deploy_twice()
        self.board.stop()
        with open(os.path.join(self.board.state, "flash"), "r+b") as flash:
            flash.seek(SEGMENT_2 + 20)
            bytes_ = flash.read(3)
            flash.seek(SEGMENT_2 + 20)
            flash.write(bytes((bytes_[0] ^ 1, *bytes_[1:])))
        self.board.start()
        for what in "app", "app.romfs":
            done = self.run_command("verify", self.folder / what, "-n", "2", status=1)
            self.assertRegex(done.stderr, b"segment 2 (differs from|has)|the one to compare with|holds no image")
            self.assertNotIn(b"same files", done.stdout)

    def test_a_directory_that_cannot_be_built(self):
        self.write("app/main.py", "def")
        self.assertIn(b"SyntaxError", self.run_command("verify", self.folder / "app", status=1).stderr)

    def test_many_boards(self):
        self.deploy_twice()
        done = self.run_command("verify", self.folder / "app.romfs", "-n", "2", "--all")
        self.assertIn(b"same files as", done.stdout)


if __name__ == "__main__":
    unittest.main()
