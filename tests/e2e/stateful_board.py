"""Drives a board SIM for test_stateful.py, and looks at it: what ran, what flash holds, what `mprom query` says."""

import contextlib
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import time

from board import BUILD_DIR, RAW_BANNER, SIM, Board, BoardError
from romfs_writer import file, sealed_image
from stateful_model import CONFIRMS

MPROM = os.path.join(BUILD_DIR, "mprom")
SIZE = 256 * 1024  # the least that has several blocks in every shape
MAGIC = b"\xd2\xcd\x31"
UNITS = (1, 2, 4, 8, 16, 32)  # sizes that are programmed at once
START_OFF = {"sectors-inside": 64 * 1024}  # where the first segment starts in the file
WAIT_S = 60  # only ever reached when something is wrong
PROMPT_S = 0.3  # between two looks whether a board is at its prompt

# Each run of a program is written down on the board: "<MARK:VERSION>". What the program does to its slot it does before,
# because from then on it may be stopped at any time.
PROGRAM = """
VERSION = {version}
{before}
try:
    with open('/mark') as f: mark = f.read()
except OSError:
    mark = '?'
with open('/ran', 'a') as f: f.write('<%s:%d>' % (mark, VERSION))
print('runs', VERSION)
{after}
"""
# As on a busy machine: longer than a program that stays is followed.
SLOW = "import time\ntime.sleep(1.2)"
# What starts it on a stock board.
STARTER = """
try:
    import app
except ImportError:
    pass
"""
CONFIRM = """
try:
    import romfs
    romfs.confirm()
except (ImportError, OSError):
    pass
"""
ENDINGS = {"end": "", "confirm": "", "raise": "1 / 0", "hang": "while True: pass",
           "print": "import time\nwhile True:\n    print('runs', VERSION)\n    time.sleep(0.01)",
           "flood": "while True: print('runs', VERSION)", "confirm-hang": "while True: pass"}


def shapes():
    """"slots", "plain", and what SIM can pose as: it names them itself when one is wrong."""
    said = subprocess.run([SIM, "--compat", "?"], capture_output=True, text=True).stderr
    return ["slots", "plain", *re.split(r",\s+", said.split("no shape of --compat: ")[1].strip())]


def flash_size(file_size):
    """Behind the bytes are two planes of the same size, and one with a byte for each unit that is programmed."""
    sizes = [size for size in (file_size * unit // (3 * unit + 1) for unit in UNITS)
             if size % 0x10000 == 0 and any(size * 3 + size // unit == file_size for unit in UNITS)]
    assert len(sizes) == 1, f"{file_size} bytes of simulated flash can be of {sizes}"
    return sizes[0]


class Failure(Exception):
    """The board or a command does something else than is promised."""


def files_of(version, program, size, slow=""):
    """The files of an image; main.py begins the program, on stock boards the one on the board does. It may be slow
    "early", before it is written down that it runs, or "late", behind that."""
    files = {"payload.bin": b"payload %d;" % version + random.Random(version).randbytes(size)}
    if program != "none":
        files["main.py"] = b"import app\n"
        before = (SLOW if slow == "early" else "") + (CONFIRM if program in CONFIRMS else "")
        after = SLOW if slow == "late" else ""
        files["app.py"] = (PROGRAM.format(version=version, before=before, after=after) + ENDINGS[program]).encode()
    return files


def image_of(files):
    return sealed_image(*(file(name, data) for name, data in sorted(files.items())))


class StatefulBoard:
    """The board of one sequence."""

    def __init__(self, shape, folder):
        self.is_own = shape in ("slots", "plain")
        self.count = 3 if self.is_own else 1
        self.start_off = START_OFF.get(shape, 0)
        self.options = ("--segment-size", str(SIZE), "--heap", "1M")
        self.options += {"slots": (), "plain": ("--plain",)}.get(shape, ("--compat", shape))
        self.folder = pathlib.Path(folder)
        self.state = self.folder / "board"
        self.state.mkdir()
        self.environment = dict(os.environ, MPROM_RUN_DIR=str(self.state / "run"),
                                XDG_CACHE_HOME=str(self.folder / "cache"))
        self.board = None
        self.said = b""  # by the last command
        self.known = {}  # the bytes of each image that was seen whole → its version
        self.files = {}  # version → files
        self.mark = 0  # what runs are written down with now; what was removed from the disk may still be read in its file
        self.start()
        if not self.is_own:
            with self.console() as console:
                console.exec(f"with open('/main.py', 'w') as f: f.write({STARTER!r})")

    def start(self, *options):
        self.board = Board(*self.options, *options, state=str(self.state))
        self.board.start()

    def stop(self):
        if self.board.process:
            self.board.kill()

    def discard(self):
        """Without a look at what it said."""
        if self.board.process:
            self.board.process.kill()
            self.board.process.wait()

    def last_words(self):
        """Of a board that ended by itself."""
        return f"\n  the board ended and said: {self.board.messages()}" if self.has_ended() else ""

    def has_ended(self):
        """By itself."""
        return self.board.process is not None and self.board.process.poll() is not None

    def power_cycle(self):
        self.board.kill()
        self.start()

    def restart_unseen(self):
        """Switches the board on after something went wrong: what ran before is forgotten."""
        if self.board.process:
            self.board.kill()
        self.start("--safe-mode")
        self.prepare()
        self.power_cycle()

    @contextlib.contextmanager
    def port_kept(self):
        """For a board that may end before a client has opened its port: the name of a terminal that is open is given to
        no other board. Without this a client that is late works on the board of another test. Yields False if the
        board has ended already."""
        try:
            fd = os.open(self.board.port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:
            self.board.process.wait(timeout=WAIT_S)
            yield False
            return
        try:
            yield not self.has_ended()
        finally:
            os.close(fd)

    def press_button(self):
        self.board.process.send_signal(signal.SIGUSR1)

    def command(self, *args):
        return [MPROM, *map(str, args)]

    def begin(self, *args, stopped=False):
        """A command that runs beside us, or waits for a SIGCONT before it does anything."""
        before = ("sh", "-c", 'kill -STOP $$; exec "$@"', "sh") if stopped else ()
        process = subprocess.Popen([*before, *self.command(*args)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=self.environment, cwd=self.folder)
        if stopped:
            os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        return process

    def end(self, process):
        """The exit status; what a failed command says has to be sentences of mprom."""
        try:
            stdout, stderr = process.communicate(timeout=WAIT_S)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise Failure(f"{process.args[1:]} does not end") from error
        status = process.returncode
        if status not in (0, 1):
            raise Failure(f"{process.args[1:]} ends with status {status}: {stderr!r}")
        lines = stderr.decode(errors="replace").splitlines()
        if status and (not lines or not lines[-1].startswith("mprom: ")):
            raise Failure(f"{process.args[1:]} fails and does not say why: {stdout!r} {stderr!r}")
        self.said = stdout + stderr
        return status

    def mprom(self, *args):
        return self.end(self.begin(*args))

    # Consoles

    def console(self):
        """In the raw REPL, whatever a client that was killed has left behind."""
        console = self.board.console()
        for attempt in range(6):
            try:
                console.write(b"\r\x03\x03\r\x02\x01")
                console.read_until(RAW_BANNER, timeout_s=5)
                self.drain(console, 0.02 * 2**attempt)  # it may have been an earlier one's
                if console.exec(f"print({attempt})") == f"{attempt}\r\n" and not console.read_available(0.01 * attempt):
                    return console
            except BoardError:
                pass
            self.drain(console, 0.2)
        console.close()
        raise Failure("the board does not come back to its prompt")

    @staticmethod
    def drain(console, quiet_s):
        """Takes what still comes; a program that prints for ever is stopped by then."""
        end = time.monotonic() + WAIT_S / 6
        while console.read_available(quiet_s) and time.monotonic() < end:
            pass

    def soft_reset(self):
        with self.console() as console:
            console.leave_raw()
            console.write(b"\x04")
            console.read_until(b"MPY: soft reboot\r\n")

    def hard_reset(self):
        with self.console() as console:
            console.write(b"import machine\nmachine.reset()\x04")
            console.read_until(b"OK")

    def errno(self, code):
        """0, or of what the code raises the errno, or 1 if it has none."""
        with self.console() as console:
            output, error = console.exec_raw(code)
        if not error:
            return 0
        found = re.search(r"OSError: (?:\(|\[Errno )(\d+)", error)
        return int(found.group(1)) if found else 1

    # What can be seen

    def wait_for_run(self, *choices):
        """Returns when all programs of one of these lists have begun; if one is empty, perhaps when the board is at its
        prompt and none has."""
        wanted = ["".join(f"<{self.mark}:{version}>" for version in versions).encode() for versions in choices]
        end = time.monotonic() + WAIT_S
        look = time.monotonic() + PROMPT_S
        while any(wanted):
            disk = (self.state / "disk").read_bytes()
            if any(text and text in disk for text in wanted):
                return
            if not all(wanted) and time.monotonic() > look:
                if self.is_at_prompt():
                    return
                look = time.monotonic() + PROMPT_S
            if time.monotonic() > end:
                raise Failure(f"{choices} do not run, but {self.runs()}")
            time.sleep(0.005)

    def is_at_prompt(self):
        """Asks without a Ctrl-C, so that a program that runs, or is about to, goes on."""
        with self.board.console() as console:
            console.write(b"\x02print('at', 'prompt')\r")
            try:
                console.read_until(b"at prompt\r\n", timeout_s=PROMPT_S)
            except BoardError:
                return False
        return True

    def runs(self):
        """The versions whose program began since prepare()."""
        with self.console() as console:
            text = console.exec("try:\n    print(open('/ran').read())\nexcept OSError: pass").strip()
        runs = re.findall(r"<(\d+|\?):(\d+)>", text)
        if any(mark != str(self.mark) for mark, _ in runs):
            raise Failure(f"programs ran before {self.mark}: {text}")
        return [int(version) for _, version in runs]

    def prepare(self):
        """From now on runs are written down anew."""
        self.mark += 1
        with self.console() as console:
            console.exec("import os\ntry:\n    os.remove('/ran')\nexcept OSError: pass\n"
                         f"with open('/mark', 'w') as f: f.write('{self.mark}')")

    def prints(self, version):
        """A program that prints for ever."""
        with self.board.console() as console:
            console.read_until(f"runs {version}\r\n".encode(), timeout_s=WAIT_S)

    def query(self):
        status = self.mprom("query", "--json", "-p", self.board.port)
        if status:
            raise Failure(f"query fails: {self.said!r}")
        return json.loads(self.said[: self.said.rindex(b"]") + 1])[0]

    def cells(self, segment):
        """What the segment reads as, and which of its bits read differently from time to time after a cut."""
        with open(self.state / "flash", "rb") as file:
            planes = file.read()
        start = self.start_off + segment * SIZE
        shaky = flash_size(len(planes)) + start
        return planes[start : start + SIZE], planes[shaky : shaky + SIZE]

    def flash(self, segment):
        """What the segment holds as an image, or None. A magic that does not read the same each time is none."""
        data, shaky = self.cells(segment)
        if not data.startswith(MAGIC) or any(shaky[: len(MAGIC)]):
            return None
        size, at = 0, 3
        while at < 12:
            size = size << 7 | data[at] & 0x7F
            at += 1
            if data[at - 1] < 0x80:
                break
        return data[: at + size]

    def version(self, segment):
        """Of the image that the segment holds; None: nothing, "torn": none that was deployed, or bits that are not firm."""
        data = self.flash(segment)
        if data is None:
            return None
        if any(self.cells(segment)[1][: len(data)]):
            return "torn"
        if data not in self.known:
            found = [version for version, files in self.files.items() if all(text in data for text in files.values())]
            if found:
                self.known[data] = max(found)  # an edit has all of an earlier version that is only data
        return self.known.get(data, "torn")
