"""mprom inside MicroPython's own ports: the qemu port, unmodified, on QEMU's MPS2; and what every port relies on.

docs/ports.md says how a port is built; this runs what it says for qemu. That port has no boot.py and no reset, so the
machine is started anew instead, and RAM is its flash: a new machine is blank.
"""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest
import zlib

import port_defaults
from board import Console
from edits import EditedTree
from port_results import note
from programs import BUILD, MICROPYTHON_DIR, MPROM, SOURCE, mpremote, outside_make, run

PORT = MICROPYTHON_DIR / "ports" / "qemu"
CHECK_WRAPS = SOURCE / "micropython" / "port" / "check_wraps"
CHECK_FITS = SOURCE / "micropython" / "port" / "rp2" / "check_fits"
ALL = os.environ.get("MPROM_SAMPLE") == "all"
SIZES = {1: 1 << 20, 2: (1 << 20) // 2 - 4096}  # of a segment, by the number of slots


def build(name, *settings, status=0):
    """Outside of the source tree, and kept, so that a second run has little to do."""
    folder = BUILD / "ports" / f"qemu-{name}"
    done = run("make", "-j2", "-C", PORT, f"BUILD={os.path.relpath(folder, os.path.realpath(PORT))}", "FROZEN_MANIFEST=",
        f"USER_C_MODULES={SOURCE / 'micropython'}", *settings,
        "CFLAGS_EXTRA=-DMP_CONFIGFILE='<micropython/port/qemu/mprom_config.h>'", env=outside_make(), timeout=900, status=status)
    return folder / "firmware.elf" if status == 0 else done.stdout + done.stderr


class Machine:
    """QEMU's MPS2 board with a firmware, and the port of its console."""

    def __init__(self, firmware):
        self.process = subprocess.Popen(
            ["qemu-system-arm", "-machine", "mps2-an385", "-nographic", "-monitor", "null", "-semihosting", "-serial", "pty",
             "-kernel", firmware], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.port = re.search(r"/dev/pts/\d+", self.process.stdout.readline()).group()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def raw(self):
        console = Console(self.port)
        console.enter_raw()
        return console


class OnQemu:
    """A machine and the command, for a test case."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mprom-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, which):
        self.machine = Machine(self.firmware[which])
        self.addCleanup(self.machine.__exit__)

    def mprom(self, *args, **kwargs):
        environment = dict(os.environ, XDG_CACHE_HOME=str(self.folder / "cache"), MPROM_RUN_DIR=str(self.folder / "run"))
        return run(MPROM, *args, "-p", self.machine.port, env=environment, **kwargs)

    def query(self):
        return json.loads(self.mprom("query", "--json").stdout)[0]["segments"]

    def make_app(self):
        tree = self.folder / "app"
        (tree / "lib").mkdir(parents=True)
        (tree / "lib" / "helper.py").write_text("TEXT = 'hello from the rom'\nBLOB = b'%s'\n" % ("x" * 2000))
        (tree / "data.bin").write_bytes(os.urandom(20000))
        self.mprom("deploy", tree, "--no-restart")
        return tree

    def read_back(self, *options):
        path = self.folder / "back.romfs"
        path.unlink(missing_ok=True)
        self.mprom("dump", "-o", path, *options)
        return path.read_bytes()


class QemuPort(OnQemu, unittest.TestCase):
    """Each way of dividing the partition."""

    @classmethod
    def setUpClass(cls):
        cls.firmware = {slots: build(slots, f"MPROM_SLOTS={slots}") for slots in SIZES}

    def test_deploy_verify_import(self):
        self.start(1)
        self.assertEqual([segment["size"] for segment in self.query()], [SIZES[1]])
        tree = self.make_app()
        self.mprom("verify")
        with self.machine.raw() as console:
            console.soft_reset()
            said = console.exec("import helper, sys, uctypes, vfs\nv = vfs.rom_ioctl(2, 0)\n"
                                "at = uctypes.addressof(helper.BLOB) - uctypes.addressof(v)\n"
                                "print(helper.TEXT, 0 < at < len(v), sys.path)")
        self.assertEqual(said.strip(), "hello from the rom True ['', '/rom', '/rom/lib']")
        again = json.loads(self.mprom("deploy", tree, "--no-restart", "--json").stdout)[0]
        self.assertEqual(again["sent"], 0)
        note("qemu", "MPS2_AN385", built="yes", run="QEMU", cuts="no: its flash is RAM")

    def test_edits(self):
        """Deploy, edit, deploy again: read back each time, and less than all is sent."""
        self.start(1)
        tree = EditedTree(self.folder / "edited", 1, 200 << 10, 0.9)
        self.mprom("deploy", tree.folder, "--no-restart")
        sent = size = 0
        for _ in range(20 if ALL else 4):
            tree.edit()
            done = json.loads(self.mprom("deploy", tree.folder, "--no-restart", "--json").stdout)[0]
            sent, size = sent + done["sent"], size + done["size"]
            (self.folder / "held.romfs").write_bytes(self.read_back())
            run(MPROM, "extract", self.folder / "held.romfs", "-C", self.folder / "out")
            tree.assert_is(self.folder / "out")
            run("rm", "-r", self.folder / "out")
        self.assertLess(sent, size)

    def test_mpremote(self):
        self.start(1)
        tree = self.make_app()
        (tree / "lib" / "helper.py").write_text("TEXT = 'changed'\n")
        image = self.folder / "app.romfs"
        run(MPROM, "build", tree, "-o", image)
        output = mpremote("connect", self.machine.port, "romfs", "deploy", image).stdout
        self.assertIn("ROMFS image deployed", output)
        self.assertEqual(self.read_back(), image.read_bytes())

    def test_slots(self):
        """The one that runs cannot be written; the other gets the next image."""
        self.start(2)
        self.assertEqual([segment["size"] for segment in self.query()], [SIZES[2]] * 2)
        tree = self.make_app()
        with self.machine.raw() as console:
            console.soft_reset()
            self.assertEqual(console.exec("import helper\nprint(helper.TEXT)").strip(), "hello from the rom")
        (tree / "lib" / "helper.py").write_text("TEXT = 'the second'\n")
        done = json.loads(self.mprom("deploy", tree, "--no-restart", "--json").stdout)[0]
        self.assertEqual(done["segment"], 1)
        with self.machine.raw() as console:
            refused = console.exec("import vfs\ntry: vfs.rom_ioctl(3, 0, 4096)\nexcept OSError as e: print(e)")
            self.assertIn("segment 0, offset 0:", refused)
            self.assertEqual(console.exec("import romfs\nprint(romfs.verify(0), romfs.verify(1))").strip(), "True True")

    def test_errors_raise(self):
        """A write without a session, and a damaged image: both stop mpremote, and the old image stays."""
        self.start(1)
        self.make_app()
        before = self.read_back()
        with self.machine.raw() as console:
            for call in "4, 0, 0, b'x'", "3, 7, 4096", "3, 0, 1 << 40", "5, 0":
                said = console.exec(f"import vfs\ntry: print(vfs.rom_ioctl({call}))\nexcept OSError as e: print('raised', e)")
                self.assertTrue(said.startswith("raised"), f"{call}: {said}")
        self.assertEqual(self.read_back(), before)


class Leaner(OnQemu, unittest.TestCase):
    """What MPROM_LINK=0 and MPROM_SMALL=1 leave out, and what goes on working: the command, and mpremote."""

    SETTINGS = {"link": ("MPROM_SLOTS=2", "MPROM_LINK=0"), "small": ("MPROM_SMALL=1",), "full": ("MPROM_SLOTS=2",)}

    @classmethod
    def setUpClass(cls):
        cls.firmware = {name: build(2 if name == "full" else name, *settings) for name, settings in cls.SETTINGS.items()}

    def text(self, name):
        return int(run("arm-none-eabi-size", self.firmware[name]).stdout.splitlines()[1].split()[0])

    def names(self, name):
        return run("arm-none-eabi-nm", self.firmware[name]).stdout

    def test_sizes(self):
        """On this Cortex-M3; docs/ports.md has what a Pico's were."""
        self.assertLess(self.text("link"), self.text("full") - 5000)
        self.assertLess(self.text("small"), self.text("link") - 9000)
        self.assertNotRegex(self.names("link"), "mprom_receiver|mprom_patch|mprom_digest")
        self.assertNotRegex(self.names("small"), "mprom_receiver|mprom_patch|mprom_digest|mod_romfs|mprom_rom_slot_confirm")
        self.assertRegex(self.names("full"), "mprom_receiver_run")

    def deploy_edit_deploy(self, size):
        self.assertEqual([segment["size"] for segment in self.query()][0], size)
        tree = self.make_app()
        self.mprom("verify")
        with self.machine.raw() as console:
            console.soft_reset()
            self.assertEqual(console.exec("import helper\nprint(helper.TEXT)").strip(), "hello from the rom")
        (tree / "lib" / "helper.py").write_text("TEXT = 'the second'\n")
        done = json.loads(self.mprom("deploy", tree, "--no-restart", "--json").stdout)[0]
        self.mprom("verify", "-n", str(done["segment"]))
        self.assertIn((tree / "data.bin").read_bytes(), self.read_back("-n", str(done["segment"])))
        return done

    def test_without_link(self):
        self.start("link")
        self.assertEqual(self.deploy_edit_deploy(SIZES[2])["segment"], 1)
        with self.machine.raw() as console:
            console.soft_reset()
            self.assertEqual(console.exec("import romfs\nprint(romfs.verify(1), hasattr(romfs, 'receive'))").strip(), "True False")

    def test_small(self):
        self.start("small")
        self.assertEqual(self.deploy_edit_deploy(SIZES[1])["segment"], 0)
        with self.machine.raw() as console:
            console.soft_reset()
            self.assertEqual(console.exec("import helper\nprint(helper.TEXT)").strip(), "the second")
            said = console.exec("import vfs\ntry: vfs.rom_ioctl(4, 0, 0, b'x')\nexcept OSError as e: print(e)")
            self.assertIn("segment 0, offset 0: failed", said)
            self.assertIn("no module", console.exec("try: import romfs\nexcept ImportError as e: print(e)"))

    def test_small_erases(self):
        self.start("small")
        self.make_app()
        self.mprom("erase", "-n", "0")
        self.assertIsNone(self.query()[0]["image"])

    def test_small_takes_mpremote(self):
        self.start("small")
        tree = self.make_app()
        (tree / "lib" / "helper.py").write_text("TEXT = 'changed'\n")
        image = self.folder / "app.romfs"
        run(MPROM, "build", tree, "-o", image)
        self.assertIn("deployed", mpremote("connect", self.machine.port, "romfs", "deploy", image).stdout)
        self.assertEqual(self.read_back(), image.read_bytes())

    def test_small_has_no_slots(self):
        self.assertIn("MPROM_SMALL=1 has no slots: leave MPROM_SLOTS out",
                      build("refused", "MPROM_SMALL=1", "MPROM_SLOTS=2", status=2))


class Wraps(unittest.TestCase):
    """A program with link-time optimisation, whose wrap is lost unless the caller is compiled without."""

    SOURCES = {"caller": "int place(void);\nint main(void) { return place(); }\n", "port": "int place(void) { return 1; }\n",
               "wrap": "int __wrap_place(void);\nint __wrap_place(void) { return 0; }\n"}
    FLAGS = ("-Os", "-mcpu=cortex-m3", "-mthumb", "-ffunction-sections", "-flto")

    def link(self, folder, *caller_flags):
        objects = []
        for name, text in self.SOURCES.items():
            (folder / f"{name}.c").write_text(text)
            objects.append(folder / f"{name}.o")
            run("arm-none-eabi-gcc", *self.FLAGS, *(caller_flags if name == "caller" else ()), "-c", folder / f"{name}.c", "-o",
                objects[-1])
        run("arm-none-eabi-gcc", *self.FLAGS, "--specs=nosys.specs", "-Wl,--gc-sections", "-Wl,--wrap=place", *objects, "-o",
            folder / "program")
        return folder / "program"

    def test_lost(self):
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
            program = self.link(pathlib.Path(folder))
            said = run(CHECK_WRAPS, "arm-none-eabi-nm", program, "place", status=1).stderr
            self.assertIn("the linker did not replace: place; removed", said)
            self.assertFalse(program.exists())

    def test_kept(self):
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
            program = self.link(pathlib.Path(folder), "-fno-lto")
            self.assertEqual(run(CHECK_WRAPS, "arm-none-eabi-nm", program, "place").stderr, "")
            self.assertTrue(program.exists())


class Rp2(unittest.TestCase):
    """A program must end below its partition."""

    def check(self, end, start, status):
        with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
            source, elf = pathlib.Path(folder, "p.s"), pathlib.Path(folder, "firmware.elf")
            symbols = {"__flash_binary_end": end, "mprom_partition_start": start}
            source.write_text("".join(f".global {name}\n.set {name}, {at:#x}\n" for name, at in symbols.items() if at))
            run("arm-none-eabi-gcc", "-c", source, "-o", elf)
            said = run(CHECK_FITS, "arm-none-eabi-nm", elf, status=status).stderr
            self.assertEqual(elf.exists(), status == 0)
            return said

    def test_ends_below(self):
        self.assertEqual(self.check(0x10060000, 0x10060000, 0), "")

    def test_reaches_into_it(self):
        self.assertIn("the program ends 4 bytes inside of its ROMFS partition, which begins at 0x10060000; removed",
                      self.check(0x10060004, 0x10060000, 1))

    def test_does_not_say(self):
        self.assertIn("does not say where it ends", self.check(0x10060000, None, 1))

    def test_usage(self):
        for arguments in ([], ["stm32", "PYBV10"], ["rp2", ""]):
            self.assertIn("which board? make firmware PORT=rp2", run(SOURCE / "scripts/firmware", *arguments, status=2).stderr)


class Defaults(unittest.TestCase):
    def test_all_are_known(self):
        """What a port writes into a fresh filesystem counts as absent."""
        table = (SOURCE / "micropython/port/port_defaults.c").read_text()
        known = {(int(size), int(crc, 16)) for size, crc in re.findall(r"\{(\d+), (0x[0-9a-f]{8})\}", table)}
        texts = port_defaults.texts(MICROPYTHON_DIR)
        self.assertGreater(len(texts), 4)
        self.assertEqual({(len(text), zlib.crc32(text)) for text in texts} - known, set())


if __name__ == "__main__":
    unittest.main(verbosity=2)
