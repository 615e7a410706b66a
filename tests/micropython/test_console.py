"""The console of SIM behaves as a board's: both REPLs, raw paste, interrupts, resets, clients that come and go."""

import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

from board import BUILD_DIR, Board, RAW_BANNER, started


class Repl(unittest.TestCase):
    def setUp(self):
        self.board = Board()
        self.board.start()
        self.addCleanup(self.board.__exit__)
        self.console = self.board.console()
        self.addCleanup(self.console.close)

    def test_friendly(self):
        self.console.enter_raw()
        self.console.leave_raw()
        self.console.write(b"6 * 7\r")
        self.assertEqual(self.console.read_until(b">>> "), b"6 * 7\r\n42\r\n>>> ")

    def test_paste_mode(self):
        self.console.enter_raw()
        self.console.leave_raw()
        self.console.write(b"\x05")
        self.console.read_until(b"=== ")
        self.console.write(b"for i in range(3):\r    print(i)\r\x04")
        self.assertTrue(self.console.read_until(b">>> ").endswith(b"0\r\n1\r\n2\r\n>>> "))

    def test_raw(self):
        self.console.enter_raw()
        self.assertEqual(self.console.exec_raw("print('out')"), ("out\r\n", ""))
        self.assertIn("ZeroDivisionError", self.console.exec_error("1 / 0"))

    def test_raw_paste(self):
        self.console.enter_raw()
        self.console.write(b"\x05A\x01")
        self.assertEqual(self.console.read_until(b"R\x01"), b"R\x01")
        window = 0
        while window == 0:
            window = int.from_bytes(self.console.read_available(1)[:2], "little")
        code = b"x = 0\n" + b"x += 1\n" * 2000 + b"print(x)\n"
        sent = 0
        credit = 2 * window
        while sent < len(code):
            if credit == 0:
                credit += window * self.console.read_until(b"\x01").count(b"\x01")
            chunk = code[sent : sent + credit]
            self.console.write(chunk)
            sent += len(chunk)
            credit -= len(chunk)
        self.console.write(b"\x04")
        self.console.read_until(b"\x04")
        self.assertEqual(self.console.read_until(b"\x04"), b"2000\r\n\x04")

    def test_interrupt(self):
        for code in ("while True: pass", "import time\ntime.sleep(1000)", "import sys\nwhile True: sys.stdin.read(1)"):
            with self.subTest(code=code):
                self.console.enter_raw()
                self.console.write(code.encode() + b"\x04")
                self.console.read_until(b"OK")
                self.console.write(b"\x03")
                self.assertIn(b"KeyboardInterrupt", self.console.read_until(b"\x04>"))

    def test_interrupt_behind_unread_input(self):
        """A program that never reads its input is stopped nevertheless."""
        self.console.enter_raw()
        self.console.write(b"while True: pass\x04")
        self.console.read_until(b"OK")
        self.console.write(b"x" * 20000 + b"\x03")
        self.assertIn(b"KeyboardInterrupt", self.console.read_until(b"\x04>"))

    def test_soft_reset_raw(self):
        """The exact bytes, as MicroPython's own ports send them."""
        self.console.enter_raw()
        self.console.exec("x = 1")
        self.console.write(b"\x04")
        self.assertEqual(self.console.read_until(RAW_BANNER), b"OK\r\nMPY: soft reboot\r\n" + RAW_BANNER)
        self.assertIn("NameError", self.console.exec_error("x"))

    def test_soft_reset_friendly(self):
        self.console.enter_raw()
        self.console.leave_raw()
        self.console.write(b"\x04")
        self.assertTrue(self.console.read_until(b"more information.").startswith(b"\r\nMPY: soft reboot\r\nMicroPython "))

    def test_machine(self):
        self.console.enter_raw()
        self.assertEqual(self.console.exec("import machine\nprint(machine.reset_cause())"), "1\r\n")
        self.console.write(b"import machine; machine.soft_reset()\x04")
        self.console.read_until(b"MPY: soft reboot\r\n" + RAW_BANNER)
        self.assertEqual(self.console.exec("import machine\nprint(machine.reset_cause())"), "2\r\n")

    def test_hard_reset(self):
        """The same terminal, the same process, a new life in the friendly REPL."""
        pid = self.board.process.pid
        self.console.enter_raw()
        self.console.write(b"import machine; machine.reset()\x04")
        self.console.read_until(b"more information.\r\n>>> ")
        self.assertEqual(os.readlink(os.path.join(self.board.state, "port")), self.board.port)
        self.console.enter_raw()
        self.assertEqual(self.console.exec("import machine\nprint(machine.reset_cause())"), "1\r\n")
        self.assertIsNone(self.board.process.poll())
        self.assertEqual(self.board.process.pid, pid)

    def test_clients_come_and_go(self):
        for i in range(20):
            with self.board.raw() as console:
                self.assertEqual(console.exec(f"print({i})"), f"{i}\r\n")

    def test_output_without_listener_is_lost(self):
        self.console.enter_raw()
        self.console.write(b"import time\ntime.sleep_ms(300)\nfor i in range(10000): print('lost', i)\nlast = i\n"
                           b"with open('/end', 'w') as f: f.write('all was printed')\x04")
        self.console.read_until(b"OK")
        self.console.close()
        self._wait_for_file(b"all was printed")
        with self.board.raw() as console:
            self.assertEqual(console.exec("print(last)"), "9999\r\n")

    def test_idle_needs_no_processor(self):
        self.console.enter_raw()
        for listening in (True, False):
            if not listening:
                self.console.close()
            before = sum(self._cpu_ticks())
            time.sleep(1)
            self.assertLess(sum(self._cpu_ticks()) - before, 3, f"listening: {listening}")

    def _wait_for_file(self, text):
        """Until a file of the board holds the text, which nobody could hear of at the console."""
        disk = pathlib.Path(self.board.state, "disk")
        end = time.monotonic() + 60
        while text not in disk.read_bytes():
            self.assertLess(time.monotonic(), end, "the program did not end")
            time.sleep(0.1)

    def _cpu_ticks(self):
        with open(f"/proc/{self.board.process.pid}/stat") as stat:
            return [int(ticks) for ticks in stat.read().rsplit(") ", 1)[1].split()[11:13]]


class Program(unittest.TestCase):
    def test_registry(self):
        """What docs/emulator.md promises to those who look for running boards."""
        with Board() as board:
            folder = os.path.join(board.state, "run")
            (name,) = os.listdir(folder)
            with open(os.path.join(folder, name)) as entry:
                self.assertEqual(json.load(entry), {"board": "SIM", "port": board.port, "pid": board.process.pid,
                                                    "start": started(board.process.pid)})
            self.assertEqual(os.stat(folder).st_mode & 0o777, 0o700)
            self.assertEqual(os.readlink(os.path.join(board.state, "port")), board.port)
            with board.raw() as console:
                console.write(b"import machine; machine.reset()\x04")
                console.read_until(b"more information.")
            self.assertEqual(os.readlink(os.path.join(board.state, "port")), board.port)
            self.assertEqual(board.stop(), 0)
            self.assertEqual(os.listdir(folder), [])
            # The next terminal that somebody opens gets this one's name.
            self.assertFalse(os.path.lexists(os.path.join(board.state, "port")))

    def test_registry_of_another_user_is_refused(self):
        with tempfile.TemporaryDirectory() as state:
            os.mkdir(os.path.join(state, "run"), 0o700)
            os.chmod(os.path.join(state, "run"), 0o777)
            done = self._run("--state", state, MPROM_RUN_DIR=os.path.join(state, "run"))
            self.assertEqual(done.returncode, 1)
            self.assertIn("only you can write", done.stderr)

    def test_state_is_locked(self):
        with Board() as board, board.raw() as console:
            for _ in range(2):
                done = self._run("--state", board.state)
                self.assertEqual(done.returncode, 1)
                self.assertIn("in use", done.stderr)
                self.assertEqual(os.readlink(os.path.join(board.state, "port")), board.port)
                console.write(b"import machine; machine.reset()\x04")
                console.read_until(b"more information.")
                console.enter_raw()

    def test_other_sizes_are_refused(self):
        with Board() as board:
            board.stop()
            done = self._run("--state", board.state, "--segment-size", "2M")
            self.assertEqual(done.returncode, 1)
            self.assertIn("of another size", done.stderr)

    def test_log(self):
        """Each operation of the flash, in order."""
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "log")
            with Board("--log", log, "--segment-size", "128K") as board, board.raw() as console:
                self.assertEqual(console.eval("[len(__import__('vfs').rom_ioctl(2, i)) for i in range(3)]"),
                                 [128 * 1024 - 4096, 128 * 1024 - 4096, 128 * 1024])
                before = len(self._lines(log))
                console.exec("import romfs\nu = romfs.Update(2, 600)\nu.write(b'x' * 600)\nu.abort()\nromfs.erase(2)")
                operations = [line.split() for line in self._lines(log)[before:]]
                self.assertEqual({(chip, kind) for chip, kind, *_ in operations},
                                 {("flash", "program"), ("flash", "erase")})
                self.assertIn("78" * 256, [data for *_, data in operations])
                for _, kind, off, size, *data in operations:  # segment 2 starts at 256 KiB
                    self.assertEqual([len(text) for text in data], [2 * int(size)] if kind == "program" else [])
                    self.assertGreaterEqual(int(off), 256 * 1024)
                    self.assertLessEqual(int(off) + int(size), 256 * 1024 + (4096 if kind == "erase" else 600))

    def test_cut(self):
        """The operation before is done, the one after is not; the next start has no cut."""
        for state in ("before", "after"):
            with Board("--cut", f"1:{state}") as board:
                with board.raw() as console:
                    console.exec("import romfs\nu = romfs.Update(2, 600)\nu.write(b'x' * 256)")
                    console.write(b"u.write(b'x' * 300)\x04")
                    self.assertEqual(board.wait(), 3)
                with open(os.path.join(board.state, "flash"), "rb") as flash:
                    flash.seek(2 * 1024 * 1024)
                    content = flash.read(600)
                self.assertEqual(content[4:256], b"x" * 252)
                self.assertEqual(content[256:257] == b"x", state == "after")
                board.options = ()
                board.start()
                with board.raw() as console:
                    self.assertEqual(console.eval("__import__('romfs').info(2).state"), "empty")

    def test_cut_in_the_middle_of_an_erase(self):
        contents = set()
        for seed in (1, 2, 1):
            with Board("--cut", f"0:half:{seed}") as board:
                path = os.path.join(board.state, "flash")
                board.stop()
                with open(path, "r+b") as flash:
                    flash.seek(2 * 1024 * 1024)
                    flash.write(bytes(4096))
                board.start()
                with board.raw() as console:
                    console.write(b"import romfs; romfs.erase(2)\x04")
                    self.assertEqual(board.wait(), 3)
                with open(path, "rb") as flash:
                    flash.seek(2 * 1024 * 1024)
                    contents.add(flash.read(4096))
        self.assertEqual(len(contents), 2)
        self.assertTrue(all(0 < sum(bin(byte).count("1") for byte in content) < 8 * 4096 for content in contents))

    def test_bad_cuts(self):
        for cut in ("1", "x:before", "1:nowhere", "1:half:", "1:half:x", "-1:before", ":before", "1:befor"):
            with tempfile.TemporaryDirectory() as state:
                done = self._run("--state", state, "--cut", cut)
                self.assertEqual(done.returncode, 2, cut)
                self.assertIn("NUMBER:STATE", done.stderr)

    def test_power_returns(self):
        """At the same terminal, with the memory lost, and only once."""
        with Board("--cut", "0:before", "--power-returns") as board, board.raw() as console:
            console.exec("import romfs\nanswer = 42")
            console.write(b"romfs.Update(2, 600).write(b'x' * 600)\x04")
            console.read_until(b">>> ")
            console.enter_raw()
            self.assertIn("NameError", console.exec_error("answer"))
            self.assertEqual(console.eval("__import__('machine').reset_cause()"), 1)
            console.exec("import romfs\nromfs.Update(2, 600).write(b'x' * 600)")

    def test_faults_and_resets(self):
        """A hard reset ends the count of operations, and mends no place."""
        for fault, code, stays in (("fails:0", 5, False), ("lies:0", 5, False), ("not-ready:0", 110, False),
                                   (f"stuck:{2 * 1024 * 1024 + 100}:7:1", 5, True),
                                   (f"unreadable:{2 * 1024 * 1024 + 100}", 5, True)):
            write = "with romfs.Update(2, 300) as u: u.write(bytes(300))"
            with self.subTest(fault), Board("--fault", fault) as board, board.raw() as console:
                console.exec("import romfs")
                self.assertEqual(console.os_error(write)[0], code)
                console.write(b"import machine; machine.reset()\x04")
                console.read_until(b">>> ")
                console.enter_raw()
                console.exec("import romfs")
                self.assertEqual(console.os_error(write)[0], code if stays else 74)  # 74: zeros are no image

    def test_bad_faults(self):
        for fault in ("", "fails", "fails:", "fails:x", "fails:1:2", "breaks:1", "stuck:1", "stuck:1:8:0", "stuck:1:0:2",
                      "stuck:1:0:1:", "unreadable:-1", "unreadable:4294967296", "lies:-1"):
            with tempfile.TemporaryDirectory() as state:
                done = self._run("--state", state, "--fault", fault)
                self.assertEqual(done.returncode, 2, fault)
                self.assertIn("stuck:OFFSET:BIT:VALUE", done.stderr)

    def _lines(self, path):
        with open(path) as file:
            return file.read().splitlines()

    def test_usage(self):
        self.assertEqual(self._run("--help").returncode, 0)
        for options in (["--nonsense"], ["extra"], ["--heap", "12"], ["--heap", "256X"], ["--heap", "-1"],
                        ["--segment-size", "100K"], ["--segment-size", "1G"], ["--state"]):
            done = self._run(*options)
            self.assertEqual(done.returncode, 2, options)
            self.assertNotEqual(done.stderr, "")

    def _run(self, *options, **environment):
        command = [os.path.join(BUILD_DIR, "mprom-sim"), *options]
        return subprocess.run(command, env=dict(os.environ, **environment), capture_output=True, text=True, timeout=60)


if __name__ == "__main__":
    unittest.main(verbosity=2)
