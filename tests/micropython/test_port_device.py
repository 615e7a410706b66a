"""The layer over a port's flash object (micropython/port/flash_device.c), run on a PC over stand-ins for these objects.

The unix port is built with what a board's port has of mprom; its flash object is tests/micropython/fakes/device.c, which
has the quirks of the ports and ends the program at what a port forbids. Each run of the program is a hard reset.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from programs import BUILD, MICROPYTHON_DIR, SOURCE, run
from romfs_writer import file, sealed_image
from test_user_module import UNIX_OPTIONS

ALL = os.environ.get("MPROM_SAMPLE") == "all"
KINDS = {"rp2": "", "esp32": "MPROM_PORT_WHOLE_PAGES=0",
         "nrf": "MPROM_PORT_WHOLE_PAGES=0 MPROM_PORT_PROGRAM_SIZE=4 MPROM_PORT_PROGRAM_COUNT=1"}
CUT, VIOLATION = 3, 4
PATTERNS = 10
OLD = sealed_image(file("main.py", "print('old')"), file("data", bytes(range(256)) * 40))
NEW = sealed_image(file("main.py", "print('new')"), file("data", bytes(range(255, -1, -1)) * 70))
WRITE = """
import vfs
q = vfs.rom_ioctl
image = open({path!r}, "rb").read()
q(3, {id}, len(image))
for off in range(0, len(image), 4096):
    q(4, {id}, off, image[off:off + 4096])
q(5, {id})
print("written")
"""
LOOK = """
import os
try:
    print(open("/rom/main.py").read(), len(open("/rom/data", "rb").read()))
except OSError:
    print("nothing")
"""
SEEN = {"nothing", "print('old') 10240", "print('new') 17920"}


CELLS = [f"emulator/array/{name}.c" for name in ("cells", "cells_planes", "cells_store", "cells_torn", "geometries", "text")]


# All but the console, which the unix port does not have.
COMMON = ["micropython/romfs/host_console.c", *(f"micropython/port/{name}.c" for name in ("port", "port_defaults", "port_wrap"))]


def build(kind, slots):
    """All are built in one folder: they differ in two objects only."""
    folder = BUILD / "ports" / "fake"
    for name in "port", "flash_device":
        (folder / "port" / f"{name}.o").unlink(missing_ok=True)
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "CFLAGS")}
    port = MICROPYTHON_DIR / "ports" / "unix"
    relative = os.path.relpath(folder, os.path.realpath(port))
    run("make", "-j2", "-C", port, f"BUILD={relative}", "STRIP=", f"USER_C_MODULES={SOURCE / 'micropython'}", *UNIX_OPTIONS,
        "MPROM_PORT=fake", f"MPROM_PORT_C={' '.join(COMMON)}", "MPROM_PORT_fake_C=micropython/port/flash_device.c tests/micropython/fakes/device.c",
        f"MPROM_PORT_fake_LIBRARIES_C={' '.join(CELLS)}", f"MPROM_PORT_fake_DEFINES={KINDS[kind]}",
        "MPROM_PORT_fake_UNUSED=pyexec_file_if_exists", f"MPROM_SLOTS={slots}", f"MPROM_PROGRAM={relative}/micropython",
        "CFLAGS_EXTRA=-DMP_CONFIGFILE='<tests/micropython/fakes/config.h>' -D__real_mp_vfs_rom_ioctl=fake_rom_ioctl",
        env=environment, timeout=900)
    program = folder / f"micropython-{kind}-{slots}"
    shutil.copy(folder / "micropython", program)
    return program


class Device(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mprom-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for name, image in ("old", OLD), ("new", NEW):
            (self.folder / name).write_bytes(image)

    def program(self, kind, slots=1):
        if (kind, slots) not in BUILT:
            BUILT[kind, slots] = build(kind, slots)
        self.kind, self.binary = kind, BUILT[kind, slots]
        (self.folder / "flash").unlink(missing_ok=True)

    def start(self, script, status=0, **plan):
        """Powers the board on and runs a script. Returns what it printed."""
        environment = dict(os.environ, FAKE_KIND=self.kind, FAKE_FILE=str(self.folder / "flash"),
                           **{f"FAKE_{name.upper()}": str(value) for name, value in plan.items()})
        done = subprocess.run([self.binary, "-c", script], env=environment, capture_output=True, text=True, timeout=60)
        self.assertIn(done.returncode, status if isinstance(status, tuple) else (status,), f"{plan}: {done.stdout}{done.stderr}")
        self.error = done.stderr
        return done.stdout.strip()

    def write(self, name, id=0, **kwargs):
        return self.start(WRITE.format(path=str(self.folder / name), id=id), **kwargs)

    def test_write_verify_mount(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.program(kind)
                self.assertEqual(self.start(LOOK), "nothing")
                self.assertEqual(self.write("old"), "written")
                self.assertEqual(self.start(LOOK), "print('old') 10240")
                self.assertEqual(self.start("import romfs\nprint(romfs.verify(0), romfs.info(0).size)"), f"True {len(OLD)}")
                self.assertEqual((self.folder / "flash").read_bytes()[:len(OLD)], OLD)
                self.assertEqual(self.write("new"), "written")
                self.assertEqual(self.start(LOOK), "print('new') 17920")

    def operations(self):
        """How many a write of the new image over the old one takes."""
        self.write("old")
        for number in range(1000):
            if self.write("new", cut=f"{number}:0", status=(0, CUT)).endswith("written"):
                return number
            self.write("old")
        raise AssertionError("there is no end")

    def test_power_cuts(self):
        """At each operation: the old image, nothing or the new one; and the next write mends it."""
        for kind in KINDS:
            self.program(kind)
            count = self.operations()
            self.assertGreater(count, 20)
            for number in range(0, count, 1 if ALL else 5):
                for pattern in range(PATTERNS) if ALL else (number % PATTERNS,):
                    with self.subTest(kind, number=number, pattern=pattern):
                        self.write("old")
                        self.write("new", cut=f"{number}:{pattern}", status=CUT)
                        self.assertIn(self.start(LOOK).splitlines()[-1], SEEN)
                        self.assertEqual(self.write("new").splitlines()[-1], "written")
                        self.assertEqual(self.start(LOOK), "print('new') 17920")

    def test_slots_never_hold_nothing(self):
        self.program("rp2", slots=2)
        self.write("old")
        self.assertEqual(self.start("import romfs\nromfs.confirm()" + LOOK), "print('old') 10240")
        flash = (self.folder / "flash").read_bytes()
        number = cuts = 0
        while number < 1000:
            (self.folder / "flash").write_bytes(flash)
            if self.write("new", id=1, cut=f"{number}:{number % PATTERNS}", status=(0, CUT)).endswith("written"):
                break
            self.assertIn(self.start(LOOK).splitlines()[-1], SEEN - {"nothing"}, f"cut at {number}")
            number, cuts = number + (1 if ALL else 5), cuts + 1
        self.assertGreater(cuts, 4)

    def test_errors_are_errors(self):
        """What the port says of its flash, or does not say, becomes an OSError with segment and place."""
        for kind in KINDS:
            self.program(kind)
            for number in (1, 9, 30):
                with self.subTest(kind, number=number):
                    self.write("old")
                    self.write("new", fail=number, status=1)
                    self.assertRegex(self.error, r"OSError: \[Errno 5\] EIO: segment 0, offset \d+: the flash failed to ")
                    self.assertNotIn("new", self.start(LOOK))

    def test_ctrl_c_waits(self):
        """One that the port takes while an operation goes on ends the script, and the write is whole or an error."""
        self.program("rp2")
        for number in (1, 9, 30):
            with self.subTest(number=number):
                self.write("old")
                self.write("new", **{"break": number}, status=1)
                self.assertIn("KeyboardInterrupt", self.error)
                self.assertIn(self.start(LOOK).splitlines()[-1], SEEN)
                self.assertEqual(self.write("new"), "written")

    def test_ctrl_c_keeps_the_session(self):
        """A script that catches it after a step can go on with the next one."""
        self.program("rp2")
        self.write("old")
        loop = "for off in range(0, len(image), 4096):\n    q(4, 0, off, image[off:off + 4096])\n"
        script = WRITE.format(path=str(self.folder / "new"), id=0)
        self.assertIn(loop, script)
        script = script.replace(loop, "off = 0\nwhile off < len(image):\n    try:\n        while off < len(image):\n"
                                "            q(4, 0, off, image[off:off + 4096])\n            off += 4096\n"
                                "    except KeyboardInterrupt:\n        print('caught')\n")
        for number in (5, 9, 30):
            with self.subTest(number=number):
                self.assertEqual(self.start(script, **{"break": number}).split(), ["caught", "written"])
                self.assertEqual(self.start(LOOK), "print('new') 17920")

    def test_no_partition(self):
        self.program("rp2")
        said = self.start("import romfs, vfs\nprint(romfs.segments(), vfs.rom_ioctl(1), vfs.rom_ioctl(2, 0))", none=1)
        self.assertEqual(said.splitlines(), ["rom: this board has no ROMFS partition", "[] 0 -2"])


BUILT = {}

if __name__ == "__main__":
    unittest.main(verbosity=2)
