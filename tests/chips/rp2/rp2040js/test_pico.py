"""MicroPython's rp2 port with mprom inside, as users flash it, on rp2040js: an RP2040 with USB that others wrote.

The boot ROM is that of chips/rp2. SSI, pins, window and flash chip are our strict models, compiled to WebAssembly; a
violation of the flash's rules ends the board, and with it the test.
"""

import concurrent.futures
import copy
import json
import os
import pathlib
import pty
import random
import re
import select
import shutil
import socket
import subprocess
import tempfile
import threading
import tty
import unittest

import rp2_wasm
from board import BoardError, Console
from port_results import note
from programs import BUILD, MICROPYTHON_DIR, MPROM, SOURCE, mpremote, outside_make, run

HERE = SOURCE / "tests" / "chips" / "rp2" / "rp2040js"
ALL = os.environ.get("MPROM_SAMPLE") == "all"
SIZE = (110 if ALL else 10) * 1024  # of what is deployed
CUTS = 20 if ALL else 1
AT_ONCE = min(2, os.cpu_count() or 1)  # boards: each takes a CPU
PATTERNS = 10
CUT, VIOLATION = 3, 4
SEGMENT_SIZE = 124 * 1024
FIRMWARE = SOURCE / "build" / "firmware" / "rp2-RPI_PICO" / "firmware.bin"


class Terminal:
    """A pty that leads to the board's TCP port, since stock mpremote opens none."""

    def __init__(self, url):
        self.socket = socket.create_connection(re.match(r"socket://(.*):(\d+)$", url).groups())
        self.end, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.port = os.ttyname(self.slave)
        threading.Thread(target=self.relay, daemon=True).start()

    def relay(self):
        """Ends when the board does."""
        try:
            while True:
                for source in select.select([self.socket, self.end], [], [])[0]:
                    if source is self.socket:
                        data = self.socket.recv(65536)
                        if not data:
                            return
                        os.write(self.end, data)
                    else:
                        self.socket.sendall(os.read(self.end, 65536))
        except OSError:
            return
        finally:
            self.socket.close()
            os.close(self.end)
            os.close(self.slave)


class Pico:
    """A running board; flash is the file with its flash."""

    def __init__(self, models, flash, *cut):
        self.process = subprocess.Popen(
            [shutil.which("node"), HERE / "board.mjs", SOURCE / "deps" / "rp2040js" / "package",
             BUILD / "chips" / "rp2" / "rom_rp2040.bin", models, flash, *map(str, cut)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.port = Terminal(self.process.stdout.readline().strip()).port

    def stop(self):
        """Ends it, unless it has ended by itself. Returns its exit status and what it complained of."""
        if self.process.poll() is None:
            self.process.terminate()
        said = self.process.communicate(timeout=60)[1]
        return self.process.returncode, said


class PicoTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        run(SOURCE / "scripts" / "fetch-rp2040js", timeout=600)
        lacks = [name for name in ("pico-sdk", "tinyusb", "mbedtls") if not any((MICROPYTHON_DIR / "lib" / name).glob("*"))]
        if lacks and MICROPYTHON_DIR.resolve() != (SOURCE / "deps" / "micropython").resolve():
            raise unittest.SkipTest(f"in MICROPYTHON_DIR, lib/{', lib/'.join(lacks)} is empty: git submodule update --init")
        run(SOURCE / "scripts" / "firmware", "rp2", "RPI_PICO", timeout=1700, env=outside_make())
        cls.models_folder = tempfile.TemporaryDirectory(prefix="mprom-test-")
        cls.addClassCleanup(cls.models_folder.cleanup)
        cls.models = rp2_wasm.build(pathlib.Path(cls.models_folder.name))

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mprom-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.flash = self.folder / "flash"
        self.flash.write_bytes(FIRMWARE.read_bytes())
        self.pico = None
        self.addCleanup(self.power_off)
        self.random = random.Random(1)

    def power_on(self, *cut):
        self.pico = Pico(self.models, self.flash, *cut)

    def power_off(self, status=0):
        if self.pico is not None:
            self.assertEqual(self.pico.stop(), (status, ""))
            self.pico = None

    def command(self, *args, **kwargs):
        environment = dict(os.environ, XDG_CACHE_HOME=str(self.folder / "cache"), MPROM_RUN_DIR=str(self.folder / "run"))
        return run(MPROM, *args, "-p", self.pico.port, env=environment, timeout=300, **kwargs)

    def segments(self):
        return json.loads(self.command("query", "--json").stdout)[0]["segments"]

    def states(self):
        return [segment["state"] for segment in self.segments()]

    def exec(self, script):
        """What the board prints, without a reset."""
        with Console(self.pico.port) as console:
            self.wait_for_prompt(console)
            console.enter_raw()
            said = console.exec(script)
            console.leave_raw()
        return said.strip()

    def wait_for_prompt(self, console):
        """A board that starts takes no notice of what it gets."""
        for _ in range(60):
            try:
                console.write(b"\r")
                console.read_until(b">>> ", timeout_s=0.5)
                return
            except BoardError:
                pass
        self.fail("the board does not get to its prompt")

    def tree(self, name, size=SIZE):
        """Main leaves a file behind, since what is printed before the PC listens is lost on USB."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "lib").mkdir(parents=True)
        (folder / "main.py").write_text("import helper\nwith open('/ran', 'w') as f: f.write(helper.NAME + ' ' + __file__)\n")
        (folder / "lib" / "helper.py").write_text(f"NAME = {name!r}\n")
        (folder / "data.bin").write_bytes(self.random.randbytes(size))
        return folder

    def ran(self):
        return self.exec("print(open('/ran').read())")

    def hard_reset(self):
        self.command("reset", "--hard")

    def deploy(self, *args):
        return json.loads(self.command("deploy", *args, "--json").stdout)[0]

    def test_application(self):
        """Deploy, main from /rom, in place; a small edit sends little; verify and dump; the port's own files stay."""
        self.power_on()
        self.assertEqual([segment["size"] for segment in self.segments()], [SEGMENT_SIZE] * 2)
        self.exec("with open('/mine', 'w') as f: f.write('kept')")
        tree = self.tree("first")
        self.deploy(tree, "--confirm")
        self.assertEqual(self.ran(), "first /rom/main.mpy")
        self.assertEqual(self.exec("import uctypes\nm = memoryview(open('/rom/data.bin', 'rb'))\n"
                                   "print(0x10060000 <= uctypes.addressof(m) < 0x10080000)"), "True")
        self.command("verify")
        for name in "other", "edited":  # into the other slot, which is blank, and then over the first image
            (tree / "lib" / "helper.py").write_text(f"NAME = {name!r}\n")
            done = self.deploy(tree, "--confirm")
        self.assertLessEqual(done["sent"], 6 * 1024)
        self.assertEqual(self.ran(), "edited /rom/main.mpy")
        self.command("dump", "-o", self.folder / "back.romfs", "-n", str(done["segment"]))
        run(MPROM, "extract", self.folder / "back.romfs", "-C", self.folder / "out")
        self.assertEqual((self.folder / "out" / "data.bin").read_bytes(), (tree / "data.bin").read_bytes())
        self.power_off()
        self.power_on()
        self.assertEqual(self.exec("print(open('/mine').read())"), "kept")
        self.assertEqual(self.ran(), "edited /rom/main.mpy")

    def test_slots(self):
        self.power_on()
        self.deploy(self.tree("first", 2000), "--confirm")
        self.deploy(self.tree("second", 2000))
        self.assertEqual(self.ran(), "second /rom/main.mpy")
        self.hard_reset()
        self.assertEqual(self.ran(), "first /rom/main.mpy")
        self.assertEqual(self.states(), ["started from, confirmed", "gave up"])
        self.deploy(self.tree("third", 2000))
        self.exec("import romfs\nromfs.confirm()")
        self.hard_reset()
        self.assertEqual(self.ran(), "third /rom/main.mpy")
        self.exec("import romfs\nromfs.rollback()")
        self.hard_reset()
        self.assertEqual(self.ran(), "first /rom/main.mpy")
        self.assertEqual(self.states(), ["started from, confirmed", "rejected"])

    def test_own_files_win(self):
        self.power_on()
        self.deploy(self.tree("first", 2000), "--confirm")
        self.exec("with open('/main.py', 'w') as f: f.write(\"with open('/ran', 'w') as g: g.write('own')\")")
        self.hard_reset()
        self.assertEqual(self.ran(), "own")

    def test_mpremote_and_scripts(self):
        """Stock mpremote writes an image; a script of the board writes another one."""
        self.power_on()
        image = self.folder / "image.romfs"
        run(MPROM, "build", self.tree("stock", 3000), "-o", image)
        said = mpremote("connect", self.pico.port, "romfs", "deploy", image, timeout=300).stdout
        self.assertIn("ROMFS image deployed", said)
        self.hard_reset()
        self.assertEqual(self.ran(), "stock /rom/main.mpy")
        run(MPROM, "build", self.tree("script", 3000), "-o", image)
        example = (SOURCE / "examples" / "reprogram" / "reprogram.py").read_text()
        self.exec(f"with open('/reprogram.py', 'w') as f: f.write({example!r})")
        mpremote("connect", self.pico.port, "resume", "fs", "cp", image, ":/image.romfs", timeout=300)
        self.exec("import reprogram\nreprogram.write_file(1, '/image.romfs')\nreprogram.verify(1)")
        self.hard_reset()
        self.assertEqual(self.ran(), "script /rom/main.mpy")

    def twin(self):
        """Another board with the same flash."""
        twin = copy.copy(self)
        twin.folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        twin.flash = pathlib.Path(shutil.copy(self.flash, twin.folder))
        twin.random = random.Random(2)
        return twin

    def cut(self, number, pattern):
        at = f"at operation {number}, pattern {pattern}"
        tree = self.tree("new", 9000)
        self.power_on(number, pattern)
        try:
            done = subprocess.run([MPROM, "deploy", tree, "-p", self.pico.port], capture_output=True, text=True, timeout=300,
                                  env=dict(os.environ, XDG_CACHE_HOME=str(self.folder / "cache")), check=False)
            self.assertEqual(self.pico.process.wait(timeout=60), CUT, f"{at}: {done.stdout}{done.stderr}")
            self.assertNotEqual(done.returncode, 0, at)
            self.power_off(CUT)
            self.power_on()
            self.assertEqual(self.ran(), "old /rom/main.mpy", at)
            self.assertTrue(self.states()[0].startswith("started from"), at)
            self.deploy(tree, "--confirm")
            self.assertEqual(self.ran(), "new /rom/main.mpy", at)
            self.power_off()
        finally:
            if self.pico is not None:
                self.pico.stop()

    def test_power_cuts(self):
        """In the middle of a deploy, at any operation of the flash: the old application runs."""
        self.power_on()
        self.deploy(self.tree("old", 9000), "--confirm")
        self.power_off()
        last = 40
        cuts = [(self.random.randrange(last), self.random.randrange(PATTERNS)) for _ in range(CUTS)]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda cut: self.twin().cut(*cut), cuts))
        note("rp2", "RPI_PICO", built="yes", run="rp2040js, USB included", cuts="at seeded operations of a deploy")


if __name__ == "__main__":
    unittest.main(verbosity=2)
