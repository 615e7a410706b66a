"""The link and the raw REPL against a real one: SIM's, whatever it is doing when mprom comes."""

import errno
import fcntl
import json
import os
import pty
import subprocess
import sys
import threading
import time
import tty
import unittest

import serial
from board import Board
from command import MPROM, CommandTest
from sim import SimTest

MPREMOTE = os.path.join(os.environ["MICROPYTHON_DIR"], "tools", "mpremote")


class Busy(SimTest):
    """A board that does something else is interrupted, and told about."""

    def assert_interrupted(self):
        done = self.mprom("query")
        self.assertIn(b"SIM with mprom", done.stdout)
        self.assertIn(b"a program was stopped", done.stderr)

    def test_loops(self):
        self.start_program("print('started')\nwhile True: pass\n")
        self.assert_interrupted()

    def test_prints_for_ever(self):
        self.start_program("print('started')\nwhile True: print('spam' * 20)\n")
        self.assert_interrupted()

    def test_catches_the_interrupt_a_few_times(self):
        self.start_program(
            "print('started')\n"
            "n = 0\n"
            "while n < 5:\n"
            "    try:\n"
            "        while True: pass\n"
            "    except KeyboardInterrupt:\n"
            "        n += 1\n"
            "        print('no')\n"
            "while True: pass\n"
        )
        self.assert_interrupted()

    def test_sleeps(self):
        self.start_program("import time\nprint('started')\ntime.sleep(1000)\n")
        self.assert_interrupted()

    def test_waits_for_input(self):
        self.start_program("print('started')\ninput('> ')\n")
        self.assert_interrupted()

    def test_ignores_ctrl_c(self):
        self.start_program("import micropython\nmicropython.kbd_intr(-1)\nprint('started')\nwhile True: pass\n")
        message = self.error("query")
        self.assertRegex(message, r"no MicroPython prompt within 10 s.*reset button")


class States(SimTest):
    """Whatever another program left behind."""

    def leave(self, *keys):
        with self.board.console() as console:
            console.write(b"\r\x03\x02")
            console.read_until(b">>> ")
            for sent, answer in keys:
                console.write(sent)
                console.read_until(answer)

    def assert_found(self):
        done = self.mprom("query")
        self.assertIn(b"SIM with mprom", done.stdout)
        self.assertNotIn(b"a program was stopped", done.stderr)

    def test_prompt(self):
        self.leave()
        self.assert_found()

    def test_half_typed_line_is_not_run(self):
        self.leave((b"open('/typed', 'w')", b"'w')"))
        self.assert_found()
        with self.board.raw() as console:
            self.assertIn("OSError", console.exec_error("open('/typed')"))

    def test_half_typed_block(self):
        self.leave((b"if True:\r", b"... "))
        self.assert_found()

    def test_paste_mode(self):
        self.leave((b"\x05", b"=== "), (b"print(", b"print("))
        self.assert_found()

    def test_raw_repl_with_half_a_program(self):
        self.leave((b"\x01", b"exit\r\n>"), (b"while True: pass", b""))
        self.assert_found()

    def test_raw_paste(self):
        self.leave((b"\x01", b"exit\r\n>"), (b"\x05A\x01", b"R\x01"), (b"while True: pa", b""))
        self.assertIn(b"SIM with mprom", self.mprom("query").stdout)

    def test_raw_paste_is_asked_for(self):
        self.leave((b"\x01", b"exit\r\n>"), (b"\x05A", b""))
        self.assert_found()

    def test_again_and_again(self):
        for _ in range(5):
            self.assert_found()


class Refused(SimTest):
    """One program at a time."""

    def test_locked_by_pyserial(self):
        with serial.Serial(self.board.port, exclusive=True):
            message = self.error("query", "-p", self.board.port)
        self.assertEqual(message, f"mprom: {self.board.port} is in use by another program; close it and try again\n")
        self.mprom("query", "-p", self.board.port)

    def test_ours_is_respected_by_pyserial_and_mpremote(self):
        self.start_program("import micropython\nmicropython.kbd_intr(-1)\nprint('started')\nwhile True: pass\n")
        ours = subprocess.Popen([MPROM, "query", "-p", self.board.port], stderr=subprocess.PIPE)
        try:
            self.wait_until_locked()
            with self.assertRaises(serial.SerialException) as refused:
                serial.Serial(self.board.port, exclusive=True)
            self.assertIn("lock", str(refused.exception))
            self.error("query", "-p", self.board.port)
            theirs = subprocess.run(
                [sys.executable, "-m", "mpremote", "connect", self.board.port, "exec", "print(1)"],
                env=dict(os.environ, PYTHONPATH=MPREMOTE), capture_output=True, timeout=60,
            )
            self.assertNotEqual(theirs.returncode, 0)
            self.assertNotIn(b"1\n", theirs.stdout)
            self.assertIsNone(ours.poll(), "mprom ended before the others were tried")
        finally:
            ours.kill()
            ours.communicate()

    def wait_until_locked(self):
        fd = os.open(self.board.port, os.O_RDWR | os.O_NOCTTY)
        try:
            for _ in range(500):
                try:
                    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    fcntl.flock(fd, fcntl.LOCK_UN)
                except OSError as error:
                    self.assertEqual(error.errno, errno.EWOULDBLOCK)
                    return
                time.sleep(0.01)
            self.fail("mprom did not lock the port")
        finally:
            os.close(fd)

    def test_a_killed_client_leaves_the_port_open_to_others(self):
        self.start_program("import micropython\nmicropython.kbd_intr(-1)\nprint('started')\nwhile True: pass\n")
        ours = subprocess.Popen([MPROM, "query", "-p", self.board.port], stderr=subprocess.PIPE)
        self.wait_until_locked()
        ours.kill()
        ours.communicate()
        serial.Serial(self.board.port, exclusive=True).close()


class Choice(SimTest):
    """Which board is meant."""

    def test_the_only_board_is_found(self):
        self.assertEqual(self.query()["port"], self.board.port)

    def test_the_folder_of_running_boards_may_have_a_long_name(self):
        folder = os.path.join(self.folder, "a" * 200, "b" * 200)
        os.makedirs(os.path.dirname(folder))
        os.rename(self.run_dir, folder)
        self.assertEqual(json.loads(self.mprom("query", "--json", env=dict(os.environ, MPROM_RUN_DIR=folder)).stdout)[0]["port"],
                         self.board.port)

    def test_no_board(self):
        env = dict(os.environ, MPROM_RUN_DIR=str(self.folder / "none"))
        message = self.error("query", env=env)
        self.assertIn("no board found", message)
        self.assertIn("mprom emulate", message)

    def test_several_boards_are_listed(self):
        with Board() as other:
            entry = next(name for name in os.listdir(os.path.join(other.state, "run")) if name.endswith(".json"))
            os.rename(os.path.join(other.state, "run", entry), os.path.join(self.run_dir, entry))
            message = self.error("query")
            self.assertIn("there are 2 boards", message)
            self.assertIn(f"{self.board.port} (SIM)", message)
            self.assertIn(f"{other.port} (SIM)", message)
            both = self.mprom("query", "-p", other.port, "-p", self.board.port).stdout.decode()
            self.assertIn(f"{self.board.port}: SIM with mprom", both)
            self.assertIn(f"{other.port}: SIM with mprom", both)

    def test_a_board_whose_process_is_gone_is_passed_over(self):
        self.board.kill()
        self.assertIn("no board found", self.error("query"))

    def test_a_board_whose_parent_has_not_noticed_its_end_is_passed_over(self):
        self.board.process.kill()
        os.waitid(os.P_PID, self.board.process.pid, os.WEXITED | os.WNOWAIT)
        self.assertIn("no board found", self.error("query"))

    def test_a_board_whose_process_number_is_used_again_is_passed_over(self):
        """By this test: its file names a process that runs, but began at another time than the board."""
        (name,) = os.listdir(self.run_dir)
        path = os.path.join(self.run_dir, name)
        with open(path) as file:
            entry = json.load(file)
        self.board.kill()
        for start in (entry["start"], -1, None, str(entry["start"])):
            with open(path, "w") as file:
                json.dump({**entry, "pid": os.getpid(), "start": start}, file)
            self.assertIn("no board found", self.error("query"))

    def test_a_board_is_found_after_it_has_restarted_itself(self):
        with self.board.raw() as console:
            console.write(b"import machine; machine.reset()\x04")
            console.read_until(b"more information.")
        self.assertEqual(self.query()["port"], self.board.port)

    def test_an_entry_that_others_could_have_written_is_passed_over(self):
        entry = os.path.join(self.run_dir, os.listdir(self.run_dir)[0])
        os.chmod(entry, 0o666)
        self.assertIn("no board found", self.error("query"))
        os.chmod(entry, 0o600)
        os.chmod(self.run_dir, 0o777)
        self.assertIn("no board found", self.error("query"))
        os.chmod(self.run_dir, 0o700)
        self.query()

    def test_entries_that_make_no_sense_are_passed_over(self):
        for number, text in enumerate((b"", b"{", b"[]", b'{"board": 1}', b'{"board": "x", "port": "relative", "pid": 1}',
                                       b'{"board": "x", "port": "/dev/null", "pid": "1"}', b"\xff" * 5000)):
            with open(os.path.join(self.run_dir, f"{number}.json"), "wb") as file:
                file.write(text)
        os.mkfifo(os.path.join(self.run_dir, "fifo.json"))
        self.assertEqual(self.query()["port"], self.board.port)

    def test_one_port_that_fails_does_not_stop_the_others(self):
        done = self.mprom("query", "-p", "/dev/no-such-port", "-p", self.board.port, status=1)
        self.assertIn(b"/dev/no-such-port: no such port", done.stderr)
        self.assertIn(b"SIM with mprom", done.stdout)

    def test_closed_streams_are_not_the_port(self):
        """A file gets the first free number, so the port would take what is said to the user."""
        for stream in (0, 1, 2):
            with self.subTest(stream):
                done = self.mprom("query", "-p", self.board.port, status=None, stdin=None, preexec_fn=lambda: os.close(stream))
                self.assertEqual(done.returncode, int(stream == 1), done)
                self.assertEqual(b"cannot write to standard output: Bad file descriptor" in done.stderr, stream == 1)

    def test_list_says_nothing_to_the_board(self):
        self.start_program("print('started')\nwhile True: pass\n")
        listed = json.loads(self.mprom("query", "--list", "--json").stdout)
        self.assertIn(
            {"port": self.board.port, "description": "SIM", "emulated": True, "usb": None}, listed
        )
        self.assertIn(b"a program was stopped", self.mprom("query").stderr)


class NoBoard(CommandTest):
    """Ports at which there is no MicroPython."""

    def test_a_device_that_echoes(self):
        master, slave = pty.openpty()
        tty.setraw(master)
        done = threading.Event()

        def echo():
            while not done.is_set():
                try:
                    os.write(master, os.read(master, 1000))
                except OSError:
                    return

        thread = threading.Thread(target=echo, daemon=True)
        thread.start()
        message = self.error("query", "-p", os.ttyname(slave))
        self.assertIn("no MicroPython prompt", message)
        done.set()
        os.close(master)
        os.close(slave)

    def test_no_terminal(self):
        self.assertRegex(self.error("query", "-p", "/dev/null"), "is no serial port")
        path = self.write("file", b"x")
        self.assertRegex(self.error("query", "-p", path), "is no serial port")
        self.assertEqual(path.read_bytes(), b"x")

    def test_baud_rates(self):
        master, slave = pty.openpty()
        self.assertRegex(self.error("query", "-p", os.ttyname(slave), "--baud", "12345"), "12345 baud")
        self.assertRegex(self.error("query", "-p", os.ttyname(slave), "--baud", "0", status=2), "--baud wants a rate")
        os.close(master)
        os.close(slave)


if __name__ == "__main__":
    unittest.main()
