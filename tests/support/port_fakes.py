"""What a board's port of MicroPython has of mprom, in the unix port: a flash layer of micropython/port over a stand-in for
the port's flash functions (tests/micropython/fakes), which has their quirks and ends the program at what the port forbids.
Each run of the program is a hard reset.
"""

import dataclasses
import fcntl
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import zlib

from port_results import note
from programs import BUILD, MICROPYTHON_DIR, SOURCE, UNIX_OPTIONS, outside_make, run
from romfs_writer import file, image, sealed_image

ALL = os.environ.get("MPROM_SAMPLE") == "all"
CUT, VIOLATION = 3, 4
PATTERNS = 10
SAMPLE = 40  # about so many power cuts of each port, without MPROM_SAMPLE=all
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
# Of segment 0 to segment 1, with the flash itself as the source.
COPY = """
import vfs
q = vfs.rom_ioctl
view = memoryview(q(2, 0))[:{size}]
q(3, 1, {size})
for off in range(0, {size}, 4096):
    q(4, 1, off, view[off:off + 4096])
q(5, 1)
print("copied")
"""
LOOK = """
import os
try:
    print(open("/rom/main.py").read(), len(open("/rom/data", "rb").read()))
except OSError:
    print("nothing")
"""
SEEN_OLD, SEEN_NEW = "print('old') 10240", "print('new') 17920"
SEEN = {"nothing", SEEN_OLD, SEEN_NEW}

CELLS = [f"emulator/array/{name}.c" for name in ("cells", "cells_planes", "cells_store", "cells_torn", "geometries", "text")]
FLASH = "tests/micropython/fakes/flash.c tests/micropython/fakes/guard.c"
# All but the console, which the unix port does not have.
COMMON = ["micropython/romfs/host_console.c", *(f"micropython/port/{name}.c" for name in ("port", "port_defaults", "port_wrap"))]


@dataclasses.dataclass(frozen=True)
class Port:
    """A port, by its flash layer and the stand-in for what lies below that."""
    name: str           # FAKE_KIND
    layer: str          # files, from the top of the tree
    fake: str
    defines: str = ""
    includes: str = ""  # folders with stand-ins for headers of the port, from the top of the tree
    slots: int = 1
    build: str = "fake"  # one for each set of defines that files other than layer and fake see
    is_noted: bool = True  # in the table of docs/ports.md; what only newer trees have is not

    @property
    def key(self):
        return re.sub(r"\W+", "-", f"{self.name}-{self.slots}")


def build(port):
    """Those that differ in a few objects only are built in one folder, one after the other."""
    folder = BUILD / "ports" / port.build
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return build_alone(port, folder)


def scan_for_names(folder, files):
    """Lets make look for names of Python's in files that it has not seen in this folder: it goes by their age alone."""
    scanned = folder / "scanned"
    known = set(scanned.read_text().split()) if scanned.exists() else set()
    if not known.issuperset(files):
        (folder / "genhdr" / "qstr.i.last").unlink(missing_ok=True)
        scanned.write_text("\n".join(sorted(known.union(files))))


def build_alone(port, folder):
    for name in ["micropython/port/port.c", *port.layer.split(), *port.fake.split()]:
        for built in folder.rglob(pathlib.Path(name).with_suffix(".o").name):
            built.unlink()
    scan_for_names(folder, [*port.layer.split(), *port.fake.split()])
    unix = MICROPYTHON_DIR / "ports" / "unix"
    relative = os.path.relpath(folder, os.path.realpath(unix))
    includes = " ".join(f"-I{SOURCE / name}" for name in port.includes.split())
    run("make", "-j2", "-C", unix, f"BUILD={relative}", "STRIP=", f"USER_C_MODULES={SOURCE / 'micropython'}", *UNIX_OPTIONS,
        "MPROM_PORT=fake", f"MPROM_PORT_C={' '.join(COMMON)}",
        f"MPROM_PORT_fake_C={port.layer} {FLASH} {port.fake}",
        f"MPROM_PORT_fake_LIBRARIES_C={' '.join(CELLS)}", f"MPROM_PORT_fake_DEFINES={port.defines}",
        "MPROM_PORT_fake_UNUSED=pyexec_file_if_exists", f"MPROM_SLOTS={port.slots}", f"MPROM_PROGRAM={relative}/micropython",
        "CFLAGS_EXTRA=-DMP_CONFIGFILE='<tests/micropython/fakes/config.h>' -D__real_mp_vfs_rom_ioctl=fake_rom_ioctl " + includes,
        env=outside_make(), timeout=900)
    program = folder / f"micropython-{port.key}-{zlib.crc32(port.defines.encode()):08x}"
    shutil.copy(folder / "micropython", program)
    return program


def tear(flash, off, size, unit):
    """Marks a unit of the flash, which has that size, as one that error correction gives up (emulator/array/cells.h)."""
    content = bytearray(flash.read_bytes())
    content[len(content) - size // unit + off // unit] |= 0x80
    flash.write_bytes(content)


class Layer:
    """What is true of each layer; for a unittest.TestCase, whose PORTS are those to try."""
    PORT = None  # MicroPython's name of it, if it is not that of each
    PORTS = ()
    BUILT = {}

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mprom-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for name, image in ("old", OLD), ("new", NEW):
            (self.folder / name).write_bytes(image)

    def program(self, port):
        """Takes this port from now on, with a blank flash."""
        if port not in self.BUILT:
            self.BUILT[port] = build(port)
        self.kind, self.binary = port.name, self.BUILT[port]
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
        for port in self.PORTS:
            with self.subTest(port.key):
                self.program(port)
                self.assertEqual(self.start(LOOK), "nothing")
                self.assertEqual(self.write("old"), "written")
                self.assertEqual(self.start(LOOK), SEEN_OLD)
                self.assertEqual(self.start("import romfs\nprint(romfs.verify(0), romfs.info(0).size)"), f"True {len(OLD)}")
                self.assertIn(OLD, (self.folder / "flash").read_bytes())
                self.assertEqual(self.write("new"), "written")
                self.assertEqual(self.start(LOOK), SEEN_NEW)
                self.assertEqual(self.start("import romfs\nprint(romfs.verify(0), romfs.info(0).size)"), f"True {len(NEW)}")

    def test_same_run_sees_what_was_written(self):
        """Without a reset between: no cache shows what was there before."""
        for port in self.PORTS:
            with self.subTest(port.key):
                self.program(port)
                self.write("old")
                both = WRITE.format(path=str(self.folder / "new"), id=0) + "import romfs\nprint(romfs.verify(0))\n" \
                    "image2 = bytes(q(2, 0))[:len(image)]\nprint(image2 == image)"
                self.assertEqual(self.start(both).split(), ["written", "True", "True"])

    def operations(self):
        """How many a write of the new image over the old one takes."""
        self.write("old")
        old = (self.folder / "flash").read_bytes()
        count, step = 0, 4096
        while step > 0:  # the largest number at which power still fails before the end
            (self.folder / "flash").write_bytes(old)
            if not self.write("new", cut=f"{count + step}:0", status=(0, CUT)).endswith("written"):
                count += step
            step //= 2
        return count + 1

    def test_power_cuts(self):
        """At each operation: the old image, nothing or the new one; and the next write mends it."""
        for port in self.PORTS:
            self.program(port)
            count = self.operations()
            self.assertGreater(count, 20)
            for index, number in enumerate(range(0, count, 1 if ALL else max(5, count // SAMPLE))):
                for pattern in range(PATTERNS) if ALL else (index % PATTERNS,):
                    with self.subTest(port.key, number=number, pattern=pattern):
                        self.write("old")
                        self.write("new", cut=f"{number}:{pattern}", status=CUT)
                        self.assertIn(self.start(LOOK).splitlines()[-1], SEEN)
                        self.assertEqual(self.write("new").splitlines()[-1], "written")
                        self.assertEqual(self.start(LOOK), SEEN_NEW)
            if port.is_noted:
                note(self.PORT or port.name, f"none: stand-in {port.name}", run="this computer, its flash layer only",
                     cuts="at each operation")

    def slots_never_hold_nothing(self, port):
        """Of two: while one is written, whenever power fails, the other one runs."""
        self.program(dataclasses.replace(port, slots=2))
        self.write("old")
        self.assertEqual(self.start("import romfs\nromfs.confirm()" + LOOK), SEEN_OLD)
        flash = (self.folder / "flash").read_bytes()
        number = cuts = 0
        while number < 1000:
            (self.folder / "flash").write_bytes(flash)
            if self.write("new", id=1, cut=f"{number}:{number % PATTERNS}", status=(0, CUT)).endswith("written"):
                break
            self.assertIn(self.start(LOOK).splitlines()[-1], SEEN - {"nothing"}, f"{port.key}: cut at {number}")
            number, cuts = number + (1 if ALL else 5), cuts + 1
        self.assertGreater(cuts, 4)

    def torn_unit_in_an_image(self, port, size, unit):
        """One goes bad later. No load of it faults, not at the start, and not by who opens files."""
        image_of = {"sealed": OLD, "unsealed": image(file("main.py", "print('old')"), file("data", bytes(range(256)) * 40))}
        for name, content in image_of.items():
            for off in (0, 96, 5024, len(content) - 1):
                with self.subTest(name, port=port.key, off=off):
                    self.program(port)
                    (self.folder / "other").write_bytes(content)
                    self.assertEqual(self.write("other").splitlines()[-1], "written")
                    self.assertEqual(self.start(LOOK), SEEN_OLD)
                    tear(self.folder / "flash", off, size, unit)
                    self.assertEqual(self.start(LOOK).splitlines()[-1], "nothing")
                    self.start("import romfs\nromfs.verify(0)", status=1)
                    self.assertIn("OSError: [Errno 19] ENODEV: segment 0", self.error)
                    self.assertEqual(self.write("new").splitlines()[-1], "written")
                    self.assertEqual(self.start(LOOK), SEEN_NEW)

    def source_lies_in_the_flash(self, port):
        """Which nobody can read while it is written."""
        self.program(dataclasses.replace(port, slots=2))
        self.write("old")
        self.assertEqual(self.start(COPY.format(size=len(OLD))), "copied")
        self.assertEqual(self.start("import romfs\nprint(romfs.verify(1))"), "True")

    def said_at_start(self, port, said, **plan):
        """A partition that cannot be used is no segment, and a line says why."""
        with self.subTest(said, port=port.key, **plan):
            self.program(port)
            self.assertEqual(self.start("import romfs\nprint(romfs.segments())", **plan).splitlines(), [f"rom: {said}", "[]"])

    def test_errors_are_errors(self):
        """What the port says of its flash, or does not say, becomes an OSError with segment and place."""
        for port in self.PORTS:
            self.program(port)
            for number in (1, 9, 30):
                with self.subTest(port.key, number=number):
                    self.write("old")
                    self.write("new", fail=number, status=1)
                    self.assertRegex(self.error, r"OSError: \[Errno 5\] EIO: segment 0, offset \d+: the flash failed to ")
                    self.assertNotIn("new", self.start(LOOK))
