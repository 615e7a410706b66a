"""mprom-machine with the real firmware of OPENMV2: options, power cuts, violations, what it leaves behind."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from board import BUILD_DIR, Board, Console, started
from board_names import board_names
from link import Link
from programs import MPROM, SOURCE, run
from romfs_writer import file, image

MACHINE = os.path.join(BUILD_DIR, "mprom-machine")
FIRMWARE = os.path.join(BUILD_DIR, "boards", "OPENMV2", "firmware.elf")
IMAGE = image(file("main.py", b"print('main', 6 * 7)\n"), file("data", bytes(range(256)) * 16))
WRITE = f"import vfs\nvfs.rom_ioctl(3, 0, {len(IMAGE)})\nvfs.rom_ioctl(4, 0, 0, {IMAGE!r})\nvfs.rom_ioctl(5, 0)\n"
CUT = 3


class MachineTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mprom-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def board(self, *options, state=None):
        board = Board("--board", "OPENMV2", *options, state=state or str(self.folder / "state"), program=MACHINE)
        board.start()
        self.addCleanup(board.__exit__)
        return board

    def wait(self, board):
        """The status of a board that ends by itself, and what it said."""
        status = board.process.wait(timeout=60)
        board.process.stdout.close()
        board.process = None
        said = board.messages()
        board.stderr.close()
        return status, said

    def test_the_segment_is_where_openmv_has_it(self):
        with self.board().raw() as console:
            where = console.exec("import uctypes, vfs\nm = vfs.rom_ioctl(2, 0)\nprint(uctypes.addressof(m), len(m))")
        self.assertEqual(where.split(), [str(0x080E0000), str(128 * 1024)])

    def test_flash_is_kept_and_ram_is_not(self):
        board = self.board()
        with board.raw() as console:
            console.rom_write(0, IMAGE)
        board.stop()
        with self.board().console() as console:
            console.read_until(b"main 42\r\n")

    def test_output_of_a_program_that_computes(self):
        """U19: it leaves as it is printed, and Ctrl-C gets in."""
        with self.board().raw() as console:
            console.write(b"print('hello')\nwhile True: pass\x04")
            console.read_until(b"hello\r\n")
            console.write(b"\x03")
            console.read_until(b"KeyboardInterrupt")

    def test_deploy_over_a_boot_that_never_ends(self):
        """U19: it is restarted into it, and the next deploy gets in all the same."""
        board = self.board()
        app = self.folder / "app"
        app.mkdir()
        for number in range(2):
            (app / "boot.py").write_text(f"print('boot', {number})\nwhile True: pass\n")
            done = run(MPROM, "deploy", app, "-p", board.port, "--follow", "2")
            self.assertIn(f"boot {number}\n", done.stdout)

    def test_reset_button(self):
        """U20: it bounces, and works at the prompt as well as while a program computes."""
        board = self.board()
        with board.raw() as console:
            for program in b"print('idle')\x04", b"print('busy')\nwhile True: pass\x04":
                console.write(program)
                console.read_until(b"idle" if b"idle" in program else b"busy")
                for _ in range(3):
                    board.process.send_signal(signal.SIGUSR1)
                console.read_until(b"more information.\r\n>>> ")
                console.enter_raw()
                console.exec("a = 1")
                time.sleep(0.1)
                self.assertEqual(console.eval("a"), 1)  # there was one reset, not two

    def test_reset_option_starts_blank(self):
        board = self.board()
        with board.raw() as console:
            console.rom_write(0, IMAGE)
        board.stop()
        with self.board("--reset").raw() as console:
            self.assertEqual(console.exec("import os; print(os.listdir('/'))").strip(), "[]")

    def test_power_cuts(self):
        """In each state of the first operation, of one in the middle and of the last: old, nothing or new, and a prompt."""
        count = self.operations_of_a_deploy()
        for number in (0, count // 2, count - 1):
            for state in ("before", "half:7", "prefix:3", "after"):
                with self.subTest(number=number, state=state):
                    self.cut_and_start_again(number, state, number == count - 1 and state == "after")

    def operations_of_a_deploy(self):
        log = self.folder / "log"
        board = self.board("--log", str(log), state=str(self.folder / "whole"))
        with board.raw() as console:
            console.rom_write(0, IMAGE)
        board.stop()
        return len(log.read_text().splitlines())

    def cut_and_start_again(self, number, cut, complete):
        state = str(self.folder / f"cut-{number}-{cut.replace(':', '-')}")
        board = self.board("--cut", f"{number}:{cut}", state=state)
        with board.raw() as console:
            console.write(WRITE.encode() + b"\x04")
            self.assertEqual(self.wait(board), (CUT, ""))
        board = self.board(state=state)
        with board.raw() as console:
            mounted = console.exec("import os; print(os.listdir('/'))").strip()
            self.assertEqual(mounted, "['rom']" if complete else "[]")
        board.stop()

    def test_a_violation_ends_it_with_a_report(self):
        for code, text in (("machine.mem32[0x40023C04] = 1", "violation: wrong key 0x1"),
                           ("machine.mem32[0x080E0000] = 1", "while programming is not enabled"),
                           ("machine.mem32[0x60000000]", "read of 4 bytes at 0x60000000, where nothing is")):
            with self.subTest(code=code):
                board = self.board(state=str(self.folder / str(len(text))))
                with board.raw() as console:
                    console.write(f"import machine\n{code}\x04".encode())
                    status, said = self.wait(board)
                self.assertEqual(status, 1)
                self.assertIn(text, said)
                self.assertRegex(said, r", at 0x08[0-9a-f]{6} \(\w+\+0x[0-9a-f]+\)\n")
                self.assertEqual(os.listdir(os.path.join(board.state, "run")), [])

    def test_realtime(self):
        """The board's clock shows that an erase takes 1 s. With the option it is never ahead of ours, which waits for it."""
        erase = f"import vfs, time\nvfs.rom_ioctl(3, 0, {len(IMAGE)})\nt = time.ticks_us()\n" \
                f"vfs.rom_ioctl(4, 0, 0, {IMAGE!r})\nprint(time.ticks_us() - t, time.ticks_us())"
        for options in ([], ["--realtime"]):
            with self.subTest(options=options):
                start = time.monotonic()
                board = self.board(*options, state=str(self.folder / f"realtime{len(options)}"))
                with board.raw() as console:
                    console.rom_write(0, IMAGE)
                    took_us, now_us = map(int, console.exec(erase).split())
                    self.assertGreater(took_us, 1000000)
                    if options:
                        self.assertLess(now_us / 1e6, time.monotonic() - start + 0.01)
                board.stop()

    def test_faults(self):
        """The operation that fails, or does nothing, is noticed; the firmware says so, and the next session mends it."""
        count = self.operations_of_a_deploy()
        for kind in ("fails", "lies"):
            for number in (0, count // 2, count - 1):
                with self.subTest(kind=kind, number=number):
                    board = self.board("--fault", f"{kind}:{number}", state=str(self.folder / f"{kind}{number}"))
                    with board.raw() as console:
                        error = console.exec_error(WRITE)
                        self.assertIn("segment 0, offset", error)
                        console.exec(WRITE)
                        console.soft_reset_friendly()
                        console.read_until(b"main 42\r\n")
                    board.stop()

    def lost(self, board):
        path = pathlib.Path(board.state) / "overruns"
        return int(path.read_text()) if path.exists() else 0

    def test_a_line_that_limits_nothing(self):
        """What is sent is there long before it could be at 115200 baud; a rate that is none is refused."""
        board = self.board("--overrun=100000000")
        with board.console() as console:
            console.read_until(b">>> ")
            console.enter_raw()
            code = "import sys, time\nt = time.ticks_us()\nn = len(sys.stdin.read(3000))\nprint(n, time.ticks_us() - t)"
            console.write(code.encode() + b"\x04" + b"a" * 3000)
            console.read_until(b"OK3000 ")
            took_us = int(console.read_until(b"\r\n").split()[-1])
            self.assertLess(took_us, 3000 * 87 // 4)
            self.assertEqual(self.lost(board), 0)
        for rate in ("fast", "0", "9600", "1000000000", "115200k"):
            done = run(MACHINE, "--board", "OPENMV2", f"--overrun={rate}", status=2)
            self.assertIn("rate", done.stderr)

    def test_a_line_that_loses_bytes(self):
        """At the rate of the line, while the CPU waits for the flash and while Python runs: DMA takes every byte."""
        board = self.board("--overrun")
        with board.raw() as console:
            console.write(b"for i in range(20000): pass\n\x04" + b"x = '" + b"a" * 3000 + b"'\nprint(len(x))\x04")
            console.read_until(b"OK\x04\x04>OK3000\r\n\x04\x04>")
            console.exec(f"import vfs\nvfs.rom_ioctl(3, 0, {len(IMAGE)})\nvfs.rom_ioctl(4, 0, 0, {IMAGE[:300]!r})")
            self.assertEqual(self.lost(board), 0)
            console.enter_raw()
            console.write(b"import machine\nmachine.mem32[0x40026028] = 0\x04")  # the stream of USART3
            time.sleep(0.5)
            console.write(b"x" * 100)
            time.sleep(1)
            self.assertGreater(self.lost(board), 50)
        board.stop()

    def test_the_rate_is_raised(self):
        """The USART and its line go up to what the board's clock of 16 MHz can do, and back."""
        board = self.board("--overrun")
        (self.folder / "app").mkdir()
        (self.folder / "app" / "data.bin").write_bytes(bytes(range(256)) * 12)
        for options, rates in (((), [500000, 115200]), (("--full", "--deploy-baud", "0"), [])):
            with Link(board, "--baud", "115200", "--baud-max", "921600") as link:
                run(MPROM, "deploy", str(self.folder / "app"), "--no-restart", "--no-base", "-p", link.port, *options)
            self.assertEqual(link.counts["bauds"], [115200, *rates])
            self.assertEqual(self.lost(board), 0)
        run(MPROM, "verify", "-p", board.port)
        board.stop()

    def emulate(self, *args):
        process = subprocess.Popen([MPROM, "emulate", *args],
                                   env={**os.environ, "MPROM_RUN_DIR": str(self.folder / "run")},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process, process.stdout.readline().strip()

    def test_emulate_with_a_power_cut(self):
        log = self.folder / "log"
        args = ("OPENMV2", "--state", self.folder / "state", "--log", log)
        process, port = self.emulate(*args, "--cut", "5:before", "--fault", "lies:1000000")
        with Console(port) as console:
            console.enter_raw()
            console.write(WRITE.encode() + b"\x04")
            self.assertEqual(process.wait(timeout=60), CUT)
        self.assertEqual(len(log.read_text().splitlines()), 6)
        process, port = self.emulate(*args, "--reset")
        with Console(port) as console:
            console.enter_raw()
            self.assertEqual(console.exec("import vfs; print(bytes(vfs.rom_ioctl(2, 0)[:4]))").strip(), repr(b"\xff" * 4))

    def test_time(self):
        """A second for the erase of 128K and 16 us a word; awake for that and a little more, however long the test waits."""
        path = self.folder / "time"

        def times():
            time.sleep(0.5)
            return [int(number) for number in path.read_text().split()]

        with self.board("--time", str(path)).raw() as console:
            console.rom_write(0, IMAGE)
            awake_before, flash_before = times()
            console.rom_write(0, IMAGE)
            awake, flash = times()
        words = -(-len(IMAGE) // 4)
        self.assertGreaterEqual(flash - flash_before, 1000000)
        self.assertLessEqual(flash - flash_before, 1000000 + 16 * (words + 2))
        self.assertGreater(awake - awake_before, flash - flash_before)
        self.assertLess(awake - awake_before, flash - flash_before + 450000)

    def test_emulate(self):
        process, port = self.emulate("openmv2", "--state", self.folder / "state")
        entry = json.loads((self.folder / "run" / f"{process.pid}.json").read_text())
        self.assertEqual(entry, {"board": "OPENMV2", "port": port, "pid": process.pid, "start": started(process.pid)})
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        self.assertEqual(list((self.folder / "run").iterdir()), [])

    def refused(self, *options, status):
        done = run(MACHINE, *options, status=status, cwd=self.folder,
                   env={**os.environ, "MPROM_RUN_DIR": str(self.folder / "run")})
        self.assertEqual(done.stdout, "")
        return done.stderr

    def test_bad_options(self):
        self.assertIn("--list lists them", self.refused(status=2))
        self.assertIn("there is no board of that name", self.refused("--board", "PYBD", status=2))
        self.assertIn("unexpected argument", self.refused("--board", "OPENMV2", "x", status=2))
        self.assertIn("must be NUMBER:STATE[:SEED]", self.refused("--board", "OPENMV2", "--cut", "x", status=2))
        self.assertIn("on this board", self.refused("--board", "OPENMV2", "--fault", "stuck:1:1:1", status=2))
        self.assertIn("always gets ready", self.refused("--board", "OPENMV2", "--fault", "not-ready:1", status=2))
        self.assertIn("No such file", self.refused("--board", "OPENMV2", "--firmware", "none", status=1))
        self.assertIn("outside the flash", self.refused("--board", "OPENMV2", "--firmware", self.elsewhere(), status=1))
        names = board_names(SOURCE)
        self.assertEqual(sorted(run(MACHINE, "--list").stdout.split()), names)
        self.assertIn("OPENMV2", names)

    def elsewhere(self):
        """The firmware with its first part moved out of the flash."""
        elf = bytearray(pathlib.Path(FIRMWARE).read_bytes())
        parts = int.from_bytes(elf[28:32], "little")
        elf[parts + 12 : parts + 16] = (0x10000000).to_bytes(4, "little")
        path = self.folder / "elsewhere.elf"
        path.write_bytes(elf)
        return path

    def test_two_boards_over_one_flash(self):
        self.board()
        self.assertIn("is in use by another board",
                      self.refused("--board", "OPENMV2", "--state", self.folder / "state", status=1))


if __name__ == "__main__":
    unittest.main(verbosity=2)
