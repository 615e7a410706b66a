"""A board SIM and its console, for tests.

    with Board() as board, board.console() as console:
        console.enter_raw()
        print(console.exec("print(1 + 1)"))
"""

import os
import select
import shutil
import signal
import subprocess
import tempfile
import termios
import threading
import time
import tty

BUILD_DIR = os.environ["MPROM_BUILD_DIR"]
SIM = os.environ.get("MPROM_SIM", os.path.join(BUILD_DIR, "mprom-sim"))  # MPROM_SIM: a variant to test instead
TIMEOUT_S = float(os.environ.get("MPROM_TIMEOUT_S", 60))  # only ever reached when something is wrong

RAW_BANNER = b"raw REPL; CTRL-B to exit\r\n>"
SOFT_REBOOT = b"MPY: soft reboot\r\n"

PARSER = threading.Lock()  # Python 3.11.2 counts the depth of ast.literal_eval() for all threads together


def started(pid):
    """When a process began, as the list of running boards has it."""
    with open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rsplit(") ", 1)[1].split()[19])


class BoardError(Exception):
    """The board raised an exception, or did not answer; the text says what it sent."""


class Console:
    """An open terminal of a board."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.fd)
        self.set_baud(115200)  # whatever the one before has left
        self.received = b""

    def set_baud(self, baud):
        mode = termios.tcgetattr(self.fd)
        mode[4] = mode[5] = getattr(termios, f"B{baud}")
        termios.tcsetattr(self.fd, termios.TCSANOW, mode)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def write(self, data):
        end = time.monotonic() + TIMEOUT_S
        while data:
            select.select([], [self.fd], [], 1)
            try:
                data = data[os.write(self.fd, data) :]
            except BlockingIOError:
                pass
            if time.monotonic() > end:
                raise BoardError("the board takes no bytes")

    def read_available(self, wait_s=0.0):
        """Everything that has come, after waiting for something to come."""
        if select.select([self.fd], [], [], wait_s)[0]:
            try:
                self.received += os.read(self.fd, 65536)
            except BlockingIOError:
                pass
        data, self.received = self.received, b""
        return data

    def read_until(self, end, timeout_s=TIMEOUT_S):
        """Everything up to and with the bytes `end`."""
        deadline = time.monotonic() + timeout_s
        while end not in self.received:
            left = deadline - time.monotonic()
            if left <= 0:
                raise BoardError(f"waited for {end!r}, got {self.received!r}")
            self.received += self._read(left)
        at = self.received.index(end) + len(end)
        data, self.received = self.received[:at], self.received[at:]
        return data

    def read_bytes(self, count, timeout_s=TIMEOUT_S):
        """The next bytes, so many."""
        deadline = time.monotonic() + timeout_s
        while len(self.received) < count:
            left = deadline - time.monotonic()
            if left <= 0:
                raise BoardError(f"waited for {count} bytes, got {self.received!r}")
            self.received += self._read(left)
        data, self.received = self.received[:count], self.received[count:]
        return data

    def _read(self, wait_s):
        if not select.select([self.fd], [], [], wait_s)[0]:
            return b""
        try:
            return os.read(self.fd, 65536)
        except BlockingIOError:
            return b""

    def enter_raw(self):
        """Stops what runs and enters the raw REPL."""
        self.write(b"\r\x03\x03\r\x01")
        self.read_until(RAW_BANNER)
        self.received = b""

    def leave_raw(self):
        self.write(b"\r\x02")
        self.read_until(b">>> ")

    def soft_reset(self):
        """Resets from the raw REPL; returns what boot printed."""
        self.write(b"\x04")
        self.read_until(SOFT_REBOOT)
        return self.read_until(RAW_BANNER)[: -len(RAW_BANNER)]

    def soft_reset_friendly(self):
        """Resets as a user does, so that main runs; to be called from the raw REPL. Does not wait for main."""
        self.leave_raw()
        self.write(b"\x04")
        self.read_until(SOFT_REBOOT)

    def exec_raw(self, code):
        """Runs code; returns (what it printed, its traceback)."""
        self.write(code.encode() + b"\x04")
        answer = self.read_until(b"OK")
        if answer != b"OK":
            raise BoardError(f"answered {answer!r} to code")
        output = self.read_until(b"\x04")[:-1]
        error = self.read_until(b"\x04>")[:-2]
        return output.decode(errors="replace"), error.decode(errors="replace")

    def exec(self, code):
        output, error = self.exec_raw(code)
        if error:
            raise BoardError(error)
        return output

    def eval(self, expression):
        """The value of an expression that Python here can read as well."""
        import ast

        printed = self.exec(f"print(repr({expression}))")
        with PARSER:
            return ast.literal_eval(printed)

    def exec_error(self, code):
        """The exception that the code raises, as its last line: "OSError: (22, 'why')"."""
        output, error = self.exec_raw(code)
        if not error:
            raise BoardError(f"no exception, but: {output}")
        return error.strip().splitlines()[-1]

    def os_error(self, code):
        """The arguments of the OSError that the code raises: (22, 'why')."""
        self.exec(f"error_args = None\ntry:\n    {code}\nexcept OSError as error:\n    error_args = error.args")
        return self.eval("error_args")

    def rom_write(self, segment, image, piece_size=4096):
        """Writes an image to a segment as clients do, with rom_ioctl."""
        self.exec(f"import vfs\nvfs.rom_ioctl(3, {segment}, {len(image)})")
        for off in range(0, len(image), piece_size):
            self.exec(f"vfs.rom_ioctl(4, {segment}, {off}, {image[off:off + piece_size]!r})")
        self.exec(f"vfs.rom_ioctl(5, {segment})")


class Board:
    """A running SIM. Its state folder is its own unless one is given, and goes with it."""

    def __init__(self, *options, state=None, program=SIM):
        self.own_state = state is None
        self.state = state or tempfile.mkdtemp(prefix="mprom-test-")
        self.program = program
        self.options = options
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        if self.own_state:
            shutil.rmtree(self.state, ignore_errors=True)

    def start(self):
        command = [self.program, "--state", self.state, *self.options]
        environment = dict(os.environ, MPROM_RUN_DIR=os.path.join(self.state, "run"))
        self.stderr = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.stderr, env=environment)
        self.port = self.process.stdout.readline().decode().strip()
        if not self.port:
            raise BoardError(f"mprom-sim ended with status {self.process.wait()}: {self.messages()}")

    def messages(self):
        """What the program said on standard error."""
        self.stderr.seek(0)
        return self.stderr.read().decode()

    def wait(self):
        """Waits for the program to end by itself. Returns its exit status."""
        status = self.process.wait(timeout=TIMEOUT_S)
        self.process.stdout.close()
        self.process = None
        if "violation" in self.messages():
            raise BoardError(self.messages())
        return status

    def _end(self, with_signal):
        if self.process:
            self.process.send_signal(with_signal)
            return self.wait()
        return None

    def stop(self):
        """Ends the program as a user would. Returns its exit status."""
        return self._end(signal.SIGTERM)

    def kill(self):
        """Cuts the power."""
        self._end(signal.SIGKILL)

    def console(self):
        return Console(self.port)

    def raw(self):
        """A console in the raw REPL, with main stopped."""
        console = self.console()
        console.enter_raw()
        return console
