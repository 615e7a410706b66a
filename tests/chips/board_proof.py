"""Proves an emulated board with its real firmware, one line a proof.

    board_proof.py build BOARD   compiles the firmware, into the build folder's boards/BOARD
    board_proof.py prove BOARD   runs it and does what users do
    board_proof.py full BOARD    both; but not when the tests run as a sample (MPROM_SAMPLE is not "all")

The first step of the contract (contract/steps.py) that fails says what is next, and those behind it do not run.
"""

import functools
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

import board_large
from board import BUILD_DIR, SIM, Board, BoardError
from board_slots import Slots
from contract.steps import Contract
from edits import EditedTree
from programs import MICROPYTHON_DIR, MPROM, SOURCE, mpremote, outside_make, run
from romfs_writer import file, sealed_image

MACHINE = os.path.join(BUILD_DIR, "mprom-machine")
# How large a flash driver may be: one of the internal flash, and one of a controller with that of SPI-NOR chips.
DRIVER_TEXT_MAX = 1536
SERIAL_DRIVER_TEXT_MAX = 4096
SERIAL_STORES = ("quadspi", "octospi")
OCTAL_STORE = "octal"  # a driver of octal flash beside that of MRAM
# A command while a controller is in memory-mapped mode: the register, by part, and its name.
VIOLATIONS = {"STM32F7": (0xA0001014, "QUADSPI's CCR"), "STM32H74": (0x52005014, "QUADSPI's CCR"),
              "STM32H72": (0x52005110, "OCTOSPI's IR")}
TREE_SIZE_MAX = 200 * 1024
EDITS = 20 if os.environ.get("MPROM_SAMPLE") == "all" else 3  # between two deploys, for each of these:
EDITED_FILLS = (0.5, 0.9, 0.97)  # of the segment, or of TREE_SIZE_MAX
PIECE = 4096
# Of what a serial flash itself needs, how often a deploy may take that, when the link is not the limit.
DEPLOY_RATIO_MAX = 1.2
FAST_LINE = ["--overrun=100000000"]
WINDOW = 0x90000000
ALL = os.environ.get("MPROM_SAMPLE") == "all"
SEED = int(os.environ.get("MPROM_SEED") or time.time())  # of the edits, in a sample


@functools.cache
def describe(name):
    """What the board is."""
    return json.loads(run(MACHINE, "--describe", name).stdout)


def is_host(facts):
    """A board whose firmware is compiled for the PC: no CPU is emulated, and nobody measures its time."""
    return facts["cpu"] == "host"


def emulator(facts):
    """The program that runs a board, and the options that make it this board."""
    if is_host(facts):
        return SIM, [] if facts["segments"][0]["has_trailer"] else ["--plain"]
    return MACHINE, ["--board", facts["name"]]


def driver_objects(name):
    """The objects of the driver of the flash that the segments lie in, as the family's makefile knows them."""
    return run("make", "-s", "-C", SOURCE / "chips" / describe(name)["family"], f"BOARD={name}", f"BUILD={BUILD_DIR}/boards/{name}",
               "list-driver", env=outside_make()).stdout.split()


def build_firmware(name, *variables):
    folder = os.path.join(BUILD_DIR, "boards", name)
    run("make", "-j2", "-C", SOURCE / "chips" / describe(name)["family"], f"BOARD={name}", f"BUILD={folder}",
        f"SHARED={BUILD_DIR}/firmware", f"MICROPYTHON_DIR={MICROPYTHON_DIR}", *variables, env=outside_make(), timeout=900)
    return pathlib.Path(folder)


def symbols(elf):
    """Names of functions and where they lie."""
    fields = (line.split() for line in run("arm-none-eabi-nm", elf).stdout.splitlines())
    return {name: int(at, 16) for at, kind, name in (line for line in fields if len(line) == 3) if kind in "tT"}


def driver_text(folder, objects):
    """Bytes of code and constants of the flash driver, what it calls not counted."""
    lines = run("arm-none-eabi-size", *(folder / name for name in objects)).stdout.splitlines()[1:]
    return sum(int(line.split()[0]) for line in lines)


class Proof:
    def __init__(self, name, contract):
        self.name = name
        self.contract = contract
        self.facts = describe(name)
        self.base, self.size = self.facts["segments"][0]["address"], self.facts["segments"][0]["size"]
        self.fast_line = [] if self.facts["console_waits"] else FAST_LINE
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mprom-test-"))
        self.log = self.folder / "flash.log"
        self.times = self.folder / "time"
        self.program, self.options = emulator(self.facts)
        timed = [] if is_host(self.facts) else ["--time", self.times]
        self.board = Board(*self.options, "--log", self.log, *timed, program=self.program)
        self.image = self.folder / "app.romfs"

    def say(self, proof, detail):
        print(f"{self.name}: {proof}: {detail}", flush=True)

    def require(self, ok, what):
        if not ok:
            raise AssertionError(f"{self.name}: {what}")

    def mprom(self, *args, **kwargs):
        environment = dict(os.environ, MPROM_RUN_DIR=os.path.join(self.board.state, "run"),
                           XDG_CACHE_HOME=str(self.folder / "cache"))
        return run(MPROM, *args, env=environment, timeout=300, **kwargs).stdout

    def mprom_fails(self, *args):
        """What the command says when it fails."""
        environment = dict(os.environ, MPROM_RUN_DIR=os.path.join(self.board.state, "run"),
                           XDG_CACHE_HOME=str(self.folder / "cache"))
        return run(MPROM, *args, env=environment, timeout=300, status=1).stderr

    def make_tree(self):
        """A program, a library, and data: two thirds of the segment, or in a sample a fifth, up to 200 KB."""
        tree = self.folder / "app"
        (tree / "lib").mkdir(parents=True)
        (tree / "main.py").write_text("import helper\nprint('main says', helper.TEXT, __name__)\n")
        (tree / "lib" / "helper.py").write_text("TEXT = 'hello from the rom'\nBLOB = b'%s'\n" % ("x" * 2000))
        size = min(self.size * (10 if ALL else 3) // 15, TREE_SIZE_MAX)
        (tree / "data.bin").write_bytes(b"".join(hashlib.sha256(bytes([i % 251, i // 251])).digest()
                                                 for i in range(size // 32)))
        self.mprom("build", tree, "-o", self.image)
        return tree

    def boot(self):
        start = time.monotonic()
        self.board.start()
        with self.board.console() as console:
            console.write(b"\r\n")
            console.read_until(b">>> ")
        took_s = time.monotonic() - start
        self.say("boot to the prompt", f"{took_s * 1000:.0f} ms (goal: under 1 s)")

    def clock(self):
        """The board's microseconds are those of its machine, whether the program waits for them or counts them."""
        with self.board.raw() as console:
            slept = int(console.exec("import time\na=time.ticks_us()\ntime.sleep_ms(50)\nprint(time.ticks_diff(time.ticks_us(),a))"))
            awake = self.time()[0]
            console.exec("a=time.ticks_us()\nwhile time.ticks_diff(time.ticks_us(),a)<200000: pass")
            awake = self.time()[0] - awake
        self.require(50000 <= slept < 60000, f"a sleep of 50 ms took {slept} us")
        self.require(0.2 <= awake < 0.25, f"200 ms by the board's clock are {awake:.3f} s")
        self.say("clock", f"a sleep of 50 ms took {slept / 1000:.1f} ms; 200 ms by the clock are {awake * 1000:.0f} ms")

    def clock_of_the_pc(self):
        """The board's microseconds are never more than those that have passed here."""
        with self.board.raw() as console:
            start = time.monotonic()
            slept = int(console.exec("import time\na=time.ticks_us()\ntime.sleep_ms(50)\nprint(time.ticks_diff(time.ticks_us(),a))"))
            counted = int(console.exec("a=time.ticks_us()\nwhile time.ticks_diff(time.ticks_us(),a)<200000: pass\n"
                                       "print(time.ticks_diff(time.ticks_us(),a))"))
            passed = (time.monotonic() - start) * 1e6
        self.require(slept >= 50000 and counted >= 200000 and slept + counted <= passed,
                     f"of {passed:.0f} us the board slept {slept} and counted {counted}")
        self.say("clock", f"a sleep of 50 ms took {slept / 1000:.1f} ms; with 200 ms by the clock, no more than passed here")

    def query(self):
        board = json.loads(self.mprom("query", "--json"))[0]
        sizes = [segment["size"] for segment in board["segments"]]
        facts = self.facts["segments"]
        trailer_size = self.facts["flash"]["regions"][-1]["erase_size"]
        self.require(sizes == [segment["size"] - trailer_size * segment["has_trailer"] for segment in facts],
                     f"segments of {sizes} bytes")
        self.say("query", f"found the board and its {len(sizes)} segments of {sizes[0]} bytes")

    def run_from_rom(self, console):
        """After a restart main runs, from the image, and its constants lie in flash."""
        console.soft_reset_friendly()
        console.read_until(b"main says hello from the rom __main__\r\n")
        console.enter_raw()
        address = int(console.exec("import uctypes, helper\nprint(uctypes.addressof(helper.BLOB))"))
        base = self.address(console)
        self.require(base < address < base + self.size, f"the constant is at 0x{address:08x}")
        digest = console.exec("import hashlib\nprint(hashlib.sha256(open('/rom/data.bin','rb').read(4096)).digest().hex())")
        expected = hashlib.sha256((self.folder / "app" / "data.bin").read_bytes()[:4096]).hexdigest()
        self.require(digest.strip() == expected, "the data read from /rom differs")
        return address

    def address(self, console):
        """Where the CPU sees the segment; on the PC only the running program knows."""
        if self.base is not None:
            return self.base
        return int(console.exec("import uctypes, vfs\nprint(uctypes.addressof(vfs.rom_ioctl(2, 0)))"))

    def deployed(self, client):
        with self.board.raw() as console:
            address = self.run_from_rom(console)
        self.mprom("verify", self.image)
        dump = self.folder / "dump.romfs"
        dump.unlink(missing_ok=True)
        self.mprom("dump", "-o", dump)
        self.require(dump.read_bytes() == self.image.read_bytes(), "the dump differs from the image")
        self.say(f"{client} deployed", f"main ran from /rom, a constant was used in place at 0x{address:08x}, verify and "
                 f"dump agree with the image of {self.image.stat().st_size} bytes")

    def time(self, path=None):
        """Seconds that the board was awake, and that its flash worked. The board is asleep when it has nothing to do."""
        time.sleep(0.2)
        return [int(number) / 1e6 for number in (path or self.times).read_text().split()]

    def timed_deploy(self, tree):
        """Over an old image of the same size, on a line that limits nothing: all that the board does for it."""
        times = self.folder / "time-of-a-deploy"
        proved, self.board = self.board, Board("--board", self.name, "--time", times, *self.fast_line, program=MACHINE)
        try:
            self.board.start()
            self.mprom("deploy", tree)
            data = tree / "data.bin"
            data.write_bytes(bytes(byte ^ 0x55 for byte in data.read_bytes()))
            awake, flash = self.time(times)
            self.mprom("deploy", tree)
            ended, flash_ended = self.time(times)
        finally:
            self.board.__exit__()
            self.board = proved
        awake, flash = ended - awake, flash_ended - flash
        self.say("deploy over the console", f"{awake:.3f} s simulated, flash needs {flash:.3f} s, ratio {awake / flash:.2f}")
        self.require(self.name != "PYBD_SF6" or not ALL or awake <= DEPLOY_RATIO_MAX * flash, "that is too slow")

    def deploy_and_see(self, tree):
        """What the segment holds is what the tree does. Returns the bytes sent and those of the image."""
        done = json.loads(self.mprom("deploy", tree.folder, "--no-restart", "--json"))[0]
        back, out = self.folder / "back.romfs", self.folder / "out"
        back.unlink(missing_ok=True)
        shutil.rmtree(out, ignore_errors=True)
        self.mprom("dump", "-o", back)
        self.mprom("extract", back, "-C", out)
        tree.assert_is(out)
        return done["sent"], done["size"]

    def edits(self):
        """L0: deploy, edit at random, deploy again, and so on: on a line that limits nothing, from its own flash."""
        seeds = dict(enumerate(EDITED_FILLS, 1)) if ALL else {SEED: random.Random(SEED).choice(EDITED_FILLS)}
        proved, self.board = self.board, Board(*self.options, *self.fast_line, program=self.program)
        sent = size = 0
        try:
            self.board.start()
            for seed, fill in seeds.items():
                tree = EditedTree(self.folder / "edited", seed, min(self.size, TREE_SIZE_MAX), fill)
                self.deploy_and_see(tree)
                for number in range(EDITS):
                    what = tree.edit()
                    try:
                        now = self.deploy_and_see(tree)
                    except AssertionError as error:
                        raise AssertionError(f"seed {seed}, edit {number}, {what}: {error}") from None
                    sent, size = sent + now[0], size + now[1]
                shutil.rmtree(tree.folder)
        finally:
            self.board.__exit__()
            self.board = proved
        self.say("deploy, edit, deploy", f"{EDITS} edits with each seed of {', '.join(map(str, seeds))}, read back each time; "
                 f"sent {sent} of {size} bytes")

    def deploy_without_link(self):
        """The board writes an image that it makes of three pieces, over an old one."""
        count = min(self.size * (10 if ALL else 3) // 15, TREE_SIZE_MAX) // PIECE
        block = b"".join(hashlib.sha256(bytes([i])).digest() for i in range(PIECE // 32))
        made = sealed_image(file("data.bin", block * count))
        pieces = [made[at:at + PIECE] for at in range(0, len(made), PIECE)]
        self.require(len(set(pieces[1:-1])) == 1, "the middle of the image does not repeat")
        with self.board.raw() as console:
            console.exec(f"import vfs\nq=vfs.rom_ioctl\na={pieces[0]!r}\n")
            console.exec(f"b={pieces[1]!r}\n")
            console.exec(f"c={pieces[-1]!r}\n")
            awake, flash = self.time()
            console.exec(f"q(3,0,{len(made)})\nq(4,0,0,a)\nfor i in range(1,{len(pieces) - 1}):\n q(4,0,i*{PIECE},b)\n"
                         f"q(4,0,{(len(pieces) - 1) * PIECE},c)\nq(5,0)")
            awake, flash = self.time()[0] - awake, self.time()[1] - flash
        self.mprom("verify", self.save(made))
        self.say("deploy", f"{awake:.3f} s simulated, flash needs {flash:.3f} s, ratio {awake / flash:.2f}, for "
                 f"{len(made)} bytes without a link")
        self.require(self.name != "PYBD_SF6" or awake <= DEPLOY_RATIO_MAX * flash, "that is too slow")

    def save(self, made):
        path = self.folder / "made.romfs"
        path.write_bytes(made)
        return path

    def has_program_in_window(self):
        return not is_host(self.facts) and symbols(os.path.join(BUILD_DIR, "boards", self.name, "firmware.elf"))["mp_execute_bytecode"] >= WINDOW

    def program_in_the_window(self):
        """Where MicroPython lies and where not the driver; and the board can write what lies in the window itself."""
        at = symbols(os.path.join(BUILD_DIR, "boards", self.name, "firmware.elf"))
        self.require(at["mp_execute_bytecode"] >= WINDOW, "MicroPython is not in the window")
        for name in ("main", "mprom_clock_wait", "memcpy", "memset", "mprom_spi_nor_start", "bus_begin", "mprom_cortex_m7_cache_drop"):
            self.require(at[name] < WINDOW, f"{name} is in the window")
        with self.board.raw() as console:
            console.exec("import vfs,uctypes\nq=vfs.rom_ioctl\nx=uctypes.bytearray_at(0x90000000,1000)\n"
                         "q(3,0,2000)\nq(4,0,0,x)\nq(4,0,1000,x)")  # the first bytes and the last are held back
            same = console.exec("m=q(2,0)\nx=memoryview(x)\nprint(m[32:1000]==x[32:],m[1000:1984]==x[:984])")
        self.require(same.strip() == "True True", same)
        self.say("program in the window", f"MicroPython runs from 0x{at['mp_execute_bytecode']:08x}, the driver from "
                 f"0x{at['bus_begin']:08x}; a part of the program was written as data")

    def driver_in_the_window(self):
        """The same firmware, but for where its driver is linked: the machine catches it when the window is closed."""
        elf = self.folder / "planted.elf"
        stm32 = SOURCE / "chips" / "stm32"
        script = (stm32 / "boards" / self.name / "memory.ld").read_text()
        sections = (stm32 / "port" / "stm32_ext.ld").read_text().replace("*libfirmware.a:*(", "*serial_bus.o(.text.*)\n *libfirmware.a:*(")
        (self.folder / "memory.ld").write_text(script.replace("INCLUDE stm32_ext.ld", sections))
        build_firmware(self.name, f"MEMORY={self.folder}", f"ELF={elf}")
        done = run(MACHINE, "--board", self.name, "--firmware", elf, "--state", self.folder / "planted", status=1,
                   env=dict(os.environ, MPROM_RUN_DIR=str(self.folder / "run")))
        self.require("violation: execution of the flash at 0x900" in done.stderr, done.stderr)
        self.say("driver in the window", "is caught: " + done.stderr.split("violation: ")[1].strip())

    def erase(self):
        self.mprom("erase", "-n", "0")
        with self.board.raw() as console:
            blank = console.exec("import vfs\nm = vfs.rom_ioctl(2, 0)\n"
                                 f"print(all(m[i] == {self.facts['flash']['erased_value']} "
                                 f"for i in range(0, len(m), {max(7, self.size // 40000 | 1)})))")
        self.require(blank.strip() == "True", "the segment is not blank")
        self.say("erase", "the segment is blank")

    def reset(self):
        """RAM is lost, flash is kept."""
        with self.board.raw() as console:
            console.exec("kept = 1")
            console.write(b"import machine\nmachine.reset()\x04")
            console.read_until(b"main says hello from the rom __main__\r\n")
            console.enter_raw()
            self.require("NameError" in console.exec_error("kept"), "RAM was kept")
            self.require(console.exec("import machine; print(machine.reset_cause())").strip() == "1", "reset cause")
        self.say("machine.reset()", "starts main again with empty RAM")

    def computes(self):
        """U19: what a program prints leaves while it computes, and Ctrl-C gets in."""
        with self.board.raw() as console:
            console.write(b"print('hello')\nwhile True: pass\x04")
            console.read_until(b"hello\r\n")
            console.write(b"\x03")
            console.read_until(b"KeyboardInterrupt")
        self.say("a program that computes", "is heard, and stopped by Ctrl-C")

    def script_on_the_board(self, segment=0):
        """examples/reprogram: a script on the board itself erases, writes, reads back, verifies, mounts and imports."""
        script = (SOURCE / "examples" / "reprogram" / "reprogram.py").read_text()
        made = sealed_image(file("shapes.py", "CORNERS = 4\n"), file("model.bin", bytes(range(256)) * 48))
        with self.board.raw() as console:
            console.exec(script + "\npieces = []")
            for at in range(0, len(made), 1000):
                console.exec(f"pieces.append({made[at:at + 1000]!r})")
            console.exec(f"erase({segment})\nwrite({segment}, {len(made)}, pieces)\nverify({segment})\nimport hashlib")
            digest = console.exec(f"print(hashlib.sha256(read_back({segment})).digest().hex())").strip()
            self.require(digest == hashlib.sha256(made).hexdigest(), "what was read back differs")
            corners = console.exec(f"mount({segment}, '/models')\nimport shapes\nprint(shapes.CORNERS, shapes.__file__)")
            self.require(corners == "4 /models/shapes.py\r\n", corners)
        self.say("script on the board", f"erased segment {segment}, wrote {len(made)} bytes, read them back, verified, mounted, "
                 "imported")

    def last_bytes(self):
        """The whole segment can be written, and read in place up to its end: no limit is set too low."""
        piece, tail = 8192, bytes(range(200, 232))
        with self.board.raw() as console:
            console.exec(f"import vfs\nm = vfs.rom_ioctl(2, 0)\nvfs.rom_ioctl(3, 0, len(m))\nblank = b'\\xff' * {piece}")
            console.exec(f"for off in range(0, len(m) - {piece}, {piece}):\n    vfs.rom_ioctl(4, 0, off, blank)")
            console.exec(f"vfs.rom_ioctl(4, 0, len(m) - {piece}, blank[:-{len(tail)}] + {tail!r})")
            end = self.address(console) + self.size
            seen = console.exec(f"print(m[len(m) - 1], bytes(m[-{len(tail)}:]) == {tail!r}, m[len(m) // 8], len(m))")
        self.require(seen.strip() == f"{tail[-1]} True 255 {self.size}", seen)
        self.say("end of the segment", f"written, and read in place up to 0x{end - 1:08x}")

    def second_flash(self):
        """Its segment holds an image of its own: it and that of the first are mounted, and neither changes the other."""
        segment = self.facts["segments"][1]
        tree, image = self.folder / "second", self.folder / "second.romfs"
        tree.mkdir()
        (tree / "second.py").write_text("BLOB = b'%s'\n" % ("y" * 2000))
        (tree / "data.bin").write_bytes(b"".join(hashlib.sha256(bytes([i % 256, 7])).digest() for i in range(600)))
        self.mprom("build", tree, "-o", image)
        self.script_on_the_board(1)
        self.mprom("deploy", self.image)
        self.mprom("deploy", "-n", "1", image)
        with self.board.raw() as console:
            self.run_from_rom(console)
            address = int(console.exec("import sys, uctypes\nsys.path.append('/rom1')\nimport second\n"
                                       "print(uctypes.addressof(second.BLOB))"))
            self.require(0 < address - segment["address"] < segment["size"], f"a constant is at 0x{address:08x}")
        for number, made in enumerate((self.image, image)):
            self.mprom("verify", "-n", str(number), made)
        self.say("second flash", f"both segments hold images and mount them; a constant was used in place at 0x{address:08x}")

    def idle(self):
        def used():
            fields = open(f"/proc/{self.board.process.pid}/stat").read().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

        before = used()
        time.sleep(1)
        share = used() - before
        self.require(share < 0.3, f"{share:.2f} s of CPU in a second at the prompt")
        self.say("idle at the prompt", f"{share * 100:.0f} % of a CPU")

    def only_the_segments_changed(self):
        files = ["flash", "mram"]  # the second one is that of the Ensemble
        ranges = [(files[segment["flash"]], segment["off"], segment["off"] + segment["size"])
                  for segment in self.facts["segments"]]
        touched = [(file, int(off), int(off) + int(size))
                   for file, off, size in re.findall(r"(flash|mram) (?:program|erase) (\d+) (\d+)", self.log.read_text())]
        self.require(touched and all(any(file == name and low <= start and end <= high for name, low, high in ranges)
                                     for file, start, end in touched), "flash outside the segments was touched")
        self.say("flash operations", f"{len(touched)}, all inside the segments, without a violation")

    def a_violation_ends_it(self):
        """A command while the controller is in memory-mapped mode."""
        address, register = next(found for part, found in VIOLATIONS.items() if self.facts["part"].startswith(part))
        with self.board.raw() as console:
            console.write(b"import machine\nmachine.mem32[%d] = 0x106\x04" % address)
            status = self.board.process.wait(timeout=60)
        self.board.process.stdout.close()
        self.board.process = None
        said = self.board.messages()
        self.require(status == 1 and f"write of {register} while it is busy" in said, f"{status}: {said}")
        self.say("command in memory-mapped mode", "ends the machine with a report")

    def run_slots(self):
        """What a board with slots has besides; the rest is proved on the same board without."""
        self.contract.begin("boot")
        self.boot()
        self.contract.begin("console")
        self.query()
        self.contract.begin("deploy")
        Slots(self).run()
        self.only_the_segments_changed()
        self.board.stop()

    def run(self):
        if self.facts["segments"][0]["group"]:
            self.run_slots()
            return
        tree = self.make_tree()
        self.contract.begin("boot")
        self.boot()
        self.contract.begin("console")
        self.query()
        self.computes()
        self.idle()
        self.contract.begin("clock")
        (self.clock_of_the_pc if is_host(self.facts) else self.clock)()
        self.contract.begin("deploy")
        self.mprom("deploy", tree)  # builds the same image
        self.deployed("mprom")
        self.reset()
        self.erase()
        self.mprom("deploy", self.image)
        self.deployed("mprom, again,")
        self.erase()
        output = mpremote("connect", self.board.port, "romfs", "deploy", self.image).stdout
        self.require("ROMFS image deployed" in output, output)
        self.deployed("mpremote")
        if not is_host(self.facts):
            self.deploy_without_link()
        self.script_on_the_board()
        self.last_bytes()
        if self.facts["second_flash"]:
            self.second_flash()
        if ALL and board_large.has_room(self.facts["segments"][0]) and not is_host(self.facts):
            board_large.calls_are_short(self)
        if self.has_program_in_window():
            self.program_in_the_window()
            self.driver_in_the_window()
        if not is_host(self.facts):
            self.timed_deploy(tree)
        self.only_the_segments_changed()
        if self.facts["store"] in SERIAL_STORES:
            self.a_violation_ends_it()
        self.contract.begin("edits")
        self.edits()
        self.board.stop()

    def close(self):
        self.board.__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)


def build(name):
    if is_host(describe(name)):
        print(f"{name}: firmware: compiled for this computer, in {pathlib.Path(SIM).name}", flush=True)
        return
    start = time.monotonic()
    objects = driver_objects(name)
    is_large = "src/flash/spi_nor.o" in objects or describe(name)["store"] == OCTAL_STORE
    text_max = SERIAL_DRIVER_TEXT_MAX if is_large else DRIVER_TEXT_MAX
    text = driver_text(build_firmware(name), objects)
    if b"NO_BOARD" in (pathlib.Path(BUILD_DIR) / "boards" / name / "firmware.elf").read_bytes():
        raise AssertionError("a source that holds the board's name is shared: add it to NAMED_C of micropython/firmware/Makefile")
    print(f"{name}: firmware: built in {time.monotonic() - start:.0f} s; flash driver: {text} bytes of text, at most "
          f"{text_max}", flush=True)
    if text > text_max:
        raise AssertionError("the driver is too large")


def prove(name, contract):
    proof = Proof(name, contract)
    try:
        proof.run()
    finally:
        proof.close()


def failed(name, error, contract):
    """Says why a proof failed, what the failed command printed, and what is next. Returns the exit status."""
    said = [getattr(error, stream, None) for stream in ("stdout", "stderr")]
    texts = [str(error), *(text.decode(errors="replace") if isinstance(text, bytes) else text for text in said if text)]
    print(f"{name}: FAILED: " + "\n".join(text.removeprefix(f"{name}: ") for text in texts), flush=True)
    return say_next(name, contract)


def say_next(name, contract):
    if contract.step is not None:
        print(contract.next(describe(name)["family"], name), flush=True)
    return 1


def main():
    what, name = sys.argv[1:]
    contract = Contract()
    try:
        if what in ("build", "full"):
            contract.begin("firmware")
            build(name)
        if what in ("prove", "full"):
            prove(name, contract)
    except (AssertionError, BoardError, subprocess.TimeoutExpired) as error:
        return failed(name, error, contract)
    return 0


if __name__ == "__main__":
    sys.exit(main())
