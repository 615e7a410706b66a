"""The module romfs and mprom's VfsRom built into MicroPython's unmodified unix port."""

import os
import pathlib
import socket
import subprocess
import tempfile
import threading
import unittest

from port_results import note
from programs import BUILD, MICROPYTHON_DIR, SOURCE, UNIX_OPTIONS, outside_make, run
from receiving import DONE, Patch, frames
from romfs_writer import directory, file, image, sealed_image

HERE = pathlib.Path(__file__).parent


def build():
    """Outside of the source tree, and kept, so that a second run has little to do."""
    folder = BUILD / "unix-with-romfs"
    port = MICROPYTHON_DIR / "ports" / "unix"
    # Relative: see micropython/firmware/Makefile.
    run("make", "-j2", "-C", port, f"BUILD={os.path.relpath(folder, os.path.realpath(port))}",
        f"USER_C_MODULES={SOURCE / 'micropython'}", *UNIX_OPTIONS, env=outside_make(), timeout=900)
    return folder / "micropython"


class UserModule(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = build()

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mprom-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.segments = f"app={self.folder}/app:1M,data={self.folder}/data:64K"

    def run_script(self, script, segments=None, status=0):
        environment = dict(os.environ)
        environment["MPROM_SEGMENTS"] = self.segments if segments is None else segments
        done = subprocess.run([self.program, "-c", script], env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout if status == 0 else done.stderr

    def test_upstreams_own_test(self):
        """MicroPython's own test of VfsRom, as it stands. VfsRom is mprom's: that one alone enters directories."""
        done = subprocess.run([self.program, MICROPYTHON_DIR / "tests" / "extmod" / "vfs_rom.py"], capture_output=True,
                              text=True, timeout=60, env=dict(os.environ, MICROPYPATH=HERE / "on_board"))
        self.assertIn("SKIP TestMounted.test_chdir: expects", done.stdout)
        self.assertTrue(done.stdout.endswith("unittest: 20 passed, 1 skipped, 0 failed\n"), done.stdout + done.stderr)
        self.assertEqual(self.run_script(f"import os, vfs\nvfs.mount(vfs.VfsRom({image(directory('d', file('f', 'x')))!r}), '/r')\n"
                                         "os.chdir('/r/d')\nprint(os.listdir())"), "['f']\n")
        note("unix", "standard", built="yes", run="this computer, with MicroPython's own test of VfsRom")

    def test_segments(self):
        self.assertEqual(self.run_script("import romfs\nfor s in romfs.segments(): print(tuple(s))"),
                         "(0, 'app', 1048576, 4096, 1, 'empty', 0, False)\n(1, 'data', 65536, 4096, 1, 'empty', 0, False)\n")
        self.assertEqual(self.run_script("import romfs; print(romfs.segments())", segments=""), "[]\n")

    def test_write_verify_mount_erase(self):
        made = sealed_image(file("m.py", "x = 'imported'"), file("text", "contents"))
        self.assertEqual(self.run_script(f"""
import os, romfs, sys, vfs
image = {made!r}
with romfs.Update(0, len(image)) as update:
    for start in range(0, len(image), 7):
        update.write(image[start:start + 7])
print(romfs.verify(0), romfs.info(0).files)
romfs.mount(0, "/app")
print(type(vfs.mount()[0][0]), os.listdir("/app"))
sys.path.append("/app")
import m
print(m.x, m.__file__)
"""), "True 2\n<class 'VfsRom'> ['m.py', 'text']\nimported /app/m.py\n")
        # Another process finds it, and the file starts with the image.
        self.assertEqual(self.run_script("import romfs; romfs.mount(0, '/a'); print(open('/a/text').read())"), "contents\n")
        self.assertEqual((self.folder / "app").read_bytes()[:len(made)], made)
        self.assertEqual(self.run_script("import romfs; romfs.erase(0); print(romfs.info(0).state)"), "empty\n")
        self.assertEqual((self.folder / "app").read_bytes()[:64], b"\xff" * 64)

    def test_reprogram_from_a_socket(self):
        """examples/reprogram as it stands, with a real socket."""
        made = sealed_image(file("model", os.urandom(30_000)), file("shapes.py", "CORNERS = 4"))
        with socket.create_server(("127.0.0.1", 0)) as server:

            def send():
                with server.accept()[0] as connection:
                    for at in range(0, len(made), 700):
                        connection.sendall(made[at:at + 700])

            threading.Thread(target=send, daemon=True).start()
            self.assertEqual(self.run_script(f"""
import socket, sys
sys.path.append({str(SOURCE / "examples" / "reprogram")!r})
import reprogram
s = socket.socket()
s.connect(socket.getaddrinfo("127.0.0.1", {server.getsockname()[1]})[0][-1])
reprogram.write_socket(0, s, {len(made)})
reprogram.verify(0)
reprogram.mount(0, "/models")
import shapes
print(shapes.CORNERS)
"""), "4\n")
        self.assertEqual((self.folder / "app").read_bytes()[:len(made)], made)

    def test_receive_from_standard_input(self):
        """What comes is read as it is: the port's console would make returns of line ends."""
        made = sealed_image(file("data", os.urandom(40_000)), file("text", "a line\n" * 1000))
        for window_bits in (0, 12):
            done = subprocess.run(
                [self.program, "-c", f"import romfs; romfs.receive(0, {len(made)}, 1, 512, 2304, 2048, {window_bits}, 0)"],
                input=b"".join(frames(Patch().literal(made).patch, window_bits=window_bits)), capture_output=True,
                timeout=60, env=dict(os.environ, MPROM_SEGMENTS=self.segments))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout[-1], DONE)
            self.assertEqual((self.folder / "app").read_bytes()[:len(made)], made)

    def test_receive_ends_with_its_input(self):
        done = subprocess.run([self.program, "-c", "import romfs; romfs.receive(0, 5000, 1, 512, 2304, 2048, 0, 0)"],
                              input=frames(b"")[0], capture_output=True, timeout=60,
                              env=dict(os.environ, MPROM_SEGMENTS=self.segments))
        self.assertIn(b"EOFError", done.stderr)

    def test_update_unmounts(self):
        """Each VfsRom over the segment, and nothing else."""
        made = image(file("a", "x"))
        self.assertEqual(self.run_script(f"""
import romfs, vfs
image = {made!r}
for id in (0, 1):
    with romfs.Update(id, len(image)) as update: update.write(image)
romfs.mount(0, "/one"); romfs.mount(0, "/two"); romfs.mount(1, "/other"); vfs.mount(vfs.VfsRom(image), "/ram")
romfs.Update(0, 300).abort()
print(sorted(path for _, path in vfs.mount()))
"""), "['/', '/other', '/ram']\n")

    def test_describe(self):
        """What the console takes is not known here, and vfs.rom_ioctl() is not over these segments."""
        lines = [line for line in self.run_script("import romfs; romfs.describe(1)").splitlines() if line]
        self.assertTrue(lines[0].startswith("mprom:1 link 2 0 0 32 "), lines[0])
        self.assertTrue(lines[2].endswith(" 0 0 1"), lines[2])
        self.assertEqual(lines[3], "mprom:1 segments 2")
        self.assertEqual(lines[4], "mprom:1 segment 0 view 1048576 4096")

    def test_damage_is_found(self):
        made = sealed_image(file("text", "contents"))
        self.run_script(f"import romfs\nwith romfs.Update(0, {len(made)}) as u: u.write({made!r})")
        flash = bytearray((self.folder / "app").read_bytes())
        flash[made.index(b"contents")] ^= 1
        (self.folder / "app").write_bytes(flash)
        self.assertIn("segment 0, offset", self.run_script("import romfs; romfs.verify(0)", status=1))

    def test_bad_lists(self):
        for segments in ("app", "app=x", f"app={self.folder}/x:12", f"app={self.folder}/x:0", f"app={self.folder}/x:4Q",
                         f"app={self.folder}/x:-4K", f"app={self.folder}/x:1G", f"app={self.folder}/no/x:4K",
                         "x" * 5000, ",".join(f"s{i}={self.folder}/{i}:4K" for i in range(9))):
            self.assertIn("OSError", self.run_script("import romfs; romfs.segments()", segments=segments, status=1))


if __name__ == "__main__":
    unittest.main(verbosity=2)
