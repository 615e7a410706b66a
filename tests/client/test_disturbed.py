"""A second program writes to the port while the first one deploys, past the lock, or the board restarts under it: the
first never takes that for success, and says what happened; the next deploy mends it.

What the lock does is in test_sim.py. Here the second program is one that does not ask for it.
"""

import concurrent.futures
import hashlib
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import time
import unittest

from board import Board
from clients import CLIENTS
from programs import MPROM, mpremote_environment
from romfs_writer import file, sealed_image

SEGMENT = 2
MIDDLE = (60, 300)  # operations after which the first client is disturbed
QUIET_S = 0.05  # in which the board answers to the second program; the result does not hang on it
OLD = sealed_image(file("data.bin", random.Random("old").randbytes(50_000)))
NEW = sealed_image(file("data.bin", random.Random("new").randbytes(300_000)))
OTHER = sealed_image(file("data.bin", b"other" * 100))
IMAGES = {hashlib.sha256(image).digest(): image for image in (OLD, NEW, OTHER)}

OTHER_SESSION = f"import vfs\nvfs.rom_ioctl(3, {SEGMENT}, 300)\n\x04".encode()
OTHER_DEPLOY = (f"import vfs\nvfs.rom_ioctl(3, {SEGMENT}, {len(OTHER)})\nvfs.rom_ioctl(4, {SEGMENT}, 0, {OTHER!r})\n"
                f"vfs.rom_ioctl(5, {SEGMENT})\n\x04").encode()

# What the second program sends. None: it sends nothing, but takes what the board says to the first.
DISTURBANCES = {
    "steals": None,
    "ctrl-d": b"\x04",
    "ctrl-a": b"\x01",
    "ctrl-b": b"\x02",
    "ctrl-c": b"\x03",
    "text": b"spam = 1\r\n",
    "noise": random.Random("noise").randbytes(3000),
    "reset": b"\x03\x02import machine; machine.reset()\r\n",
    "session": OTHER_SESSION,
    "ctrl-c and session": b"\x03\x03" + OTHER_SESSION,
    "deploy": OTHER_DEPLOY,
}


class TooLate(Exception):
    """The machine is so busy that the second program came when the first had ended."""


class Scene:
    """A board with an old image, a first client that deploys a new one, a second that has the port open as well."""

    def __init__(self, folder, client="mprom", options=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        self.log = self.folder / "log"
        self.new = self.folder / "new.romfs"
        self.new.write_bytes(NEW)
        self.board = Board("--log", str(self.log), *options)
        self.client = client

    def __enter__(self):
        self.board.__enter__()
        with self.board.raw() as console:
            console.rom_write(SEGMENT, OLD)
        self.second = os.open(self.board.port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        start = self.operations()
        self.done = lambda: self.operations() - start
        return self

    def __exit__(self, *rest):
        os.close(self.second)
        self.board.__exit__(*rest)

    def operations(self):
        return self.log.read_bytes().count(b"flash ")

    def start(self):
        port = self.board.port
        command = {"mprom": [MPROM, "deploy", "-q", "-p", port, "-n", str(SEGMENT), self.new],
                   "mpremote": ["/usr/bin/python3", "-m", "mpremote", "connect", port, "romfs", "-p", str(SEGMENT), "deploy",
                                self.new]}[self.client]
        self.first = subprocess.Popen(command, env=mpremote_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      text=True)

    def disturb(self, at, sent):
        """Holds the first client up in the middle of its work, so that the second certainly comes between."""
        self.hold(at)
        if sent is None:
            while not self.steal():  # the first client had just heard all
                self.first.send_signal(signal.SIGCONT)
                self.hold(self.done() + 1)
        else:
            os.write(self.second, sent)
            time.sleep(QUIET_S)
        self.first.send_signal(signal.SIGCONT)

    def hold(self, at):
        while self.done() < at and self.first.poll() is None:
            time.sleep(0.0005)
        self.first.send_signal(signal.SIGSTOP)
        time.sleep(QUIET_S)
        if self.first.poll() is not None:
            raise TooLate("the first client was done before it was disturbed")

    def steal(self):
        try:
            return os.read(self.second, 65536)
        except BlockingIOError:
            return b""

    def end(self):
        output, errors = self.first.communicate(timeout=240)
        return self.first.returncode, output, errors

    def held(self):
        """The image that the segment holds, by what the board's memory shows; None for none."""
        with self.board.console() as console:
            while console.read_available(2 * QUIET_S):
                pass  # what came after a reset was typed at the prompt, which echoes it
        with self.board.raw() as console:
            console.soft_reset()
            if console.eval(f"__import__('romfs').info({SEGMENT}).state") == "empty":
                return None
            size = console.eval(f"__import__('romfs').info({SEGMENT}).size")
            digest = f"__import__('hashlib').sha256(__import__('vfs').rom_ioctl(2, {SEGMENT})[:{size}]).digest()"
            return IMAGES.get(console.eval(digest), "neither of them")


def check_outcome(scene, must_fail):
    """Returns what is wrong, or None."""
    status, output, errors = scene.end()
    held = scene.held()
    if status == 0 and (must_fail or held != NEW):
        return f"is a success, and the board holds {'the new' if held == NEW else 'another'} image: {output}{errors}"
    if status not in (0, 1):
        return f"ends with status {status}: {errors}"
    if status == 1 and scene.client == "mprom" and not (errors.startswith("mprom: ") and errors.count("\n") == 1):
        return f"has no clear message: {errors!r}"
    if status == 1 and not errors.strip():
        return "has no message"
    if held not in (None, OLD, NEW, OTHER):
        return "leaves something else"
    again = CLIENTS["mprom"].deploy(scene.board.port, SEGMENT, scene.new)
    if again.status != 0 or scene.held() != NEW:
        return f"cannot be mended: {again}"
    return None


class Disturbed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mprom-test-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def run_all(self, cases):
        """Several at a time: a client that got no answer waits for it, and that takes no CPU."""
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            results = list(pool.map(lambda case: case[1](), cases))
        self.assertEqual([(case[0], what) for case, what in zip(cases, results) if what], [])

    def disturbed(self, client, name, at):
        # Another session or image in this segment leaves no way in which the first could succeed, unless the board
        # restarted meanwhile: then mprom repeats the deploy once. What comes without Ctrl-C while the board takes frames
        # is damage to a frame, which is mended; to mpremote's board it is a program.
        must_fail = client == "mpremote" and name in ("session", "deploy", "reset")
        for _ in range(10):
            with Scene(self.folder, client) as scene:
                scene.start()
                try:
                    scene.disturb(at, DISTURBANCES[name])
                except TooLate:
                    scene.end()
                    continue
                return check_outcome(scene, must_fail)
        return "was never disturbed in time"

    def restarted(self, client, at):
        """The power of the board fails and returns; its port, a serial adapter's, stays."""
        with Scene(self.folder, client, ("--cut", f"{at}:half", "--power-returns")) as scene:
            if scene.done() != 0:
                return "the board was cut too early"
            scene.start()
            return check_outcome(scene, client == "mpremote")

    def read_with_another(self):
        """Each takes a part of what the board says, from the first operation on: that ends, one way or the other."""
        with Scene(self.folder) as scene:
            scene.start()
            end = time.monotonic() + 120
            while scene.first.poll() is None and time.monotonic() < end:
                if scene.done() > MIDDLE[0]:
                    scene.steal()
                time.sleep(0.005)
            if scene.first.poll() is None:
                scene.first.kill()
                return "goes on and on"
            return check_outcome(scene, False)

    def test_disturbed_or_restarted(self):
        old_count = (len(OLD) + 255) // 256 + 20  # operations that put the old image there, at most
        cases = [((client, "restarts"), lambda client=client: self.restarted(client, old_count + 100))
                 for client in ("mprom", "mpremote")]  # these wait longest
        cases.append((("mprom", "reads"), self.read_with_another))
        cases += [((client, name, at), lambda client=client, name=name, at=at: self.disturbed(client, name, at))
                  for at in MIDDLE for client in ("mprom", "mpremote") for name in DISTURBANCES
                  if client == "mprom" or name in ("session", "deploy", "reset")
                  if name != "steals" or at == MIDDLE[0]]
        self.run_all(cases)


if __name__ == "__main__":
    unittest.main(verbosity=2)
