"""Cuts the power at the flash operations of a deploy and starts the board's real firmware on each state that is left.

    board_cut.py BOARD

The states are made from the log of one run (power_cut.c); some are compared with those of a machine that really lost
power, and the next deploy must mend them. Images are sealed or, as stock clients build them, not. On each state the
firmware comes to its prompt, with the old image, the new one, or none and the reason; with slots never with none. Of SIM,
which has no emulated CPU, the process ends at the cut: its cases are those of powerloss/chain.py. MPROM_SAMPLE=all tries
each operation, or a part where one programs a word; a sample tries a few.
"""

import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from board import Board, BoardError
from board_proof import ALL, MACHINE, describe, failed, is_host, say_next
from contract.steps import Contract
from programs import BUILD, MPROM, SOURCE, run

sys.path.append(str(SOURCE / "tests" / "powerloss"))
import chain  # noqa: E402 (in powerloss)
import chain_world  # noqa: E402

POWER_CUT = BUILD / "tests" / "power_cut"
OPERATIONS = 1000  # of a deploy to flash that programs whole pages, about
OPERATIONS_MAX = 3500  # a deploy of more, by the word, is tried at a part of them
IMAGE_SIZE_MIN, IMAGE_SIZE_MAX = 16 << 10, 96 << 10
STATES_OF_AN_OPERATION = 9  # eight torn ones and the one after it
STATES_MAX = 1200 if ALL else 40  # of a deploy
HOST_CASES, HOST_CASES_ALL = 6, 150
SEED = int(os.environ.get("MPROM_SEED") or time.time())
PATTERNS = ("few", "some", "half", "most", "prefix", "suffix", "head", "shaky")
PIECE = 2048
MAIN = """import helper
block = open('/rom/block.bin', 'rb').read()
data = memoryview(open('/rom/data.bin', 'rb'))
for off in range(0, len(data), 2048):
    if data[off:off + 4] != off.to_bytes(4, 'little') or data[off + 4:off + 2048] != block:
        raise ValueError('the image is not whole')
if helper.TEXT != '{name}':
    raise ValueError('the image is not whole')
print('the', helper.TEXT, 'program runs')
"""


class Cut:
    def __init__(self, name, firmware=None):
        self.name = name
        self.firmware = firmware or BUILD / "boards" / name / "firmware.elf"
        self.facts = describe(name)
        self.segments = self.facts["segments"]
        self.has_slots = self.segments[0]["group"] != 0
        self.size = self.segments[0]["size"]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mprom-test-"))
        self.random = random.Random(SEED)
        self.states = self.operations = self.failed = self.mended = 0
        self.mends = 6 if ALL else 1
        self.shows = 20  # lines about failures
        self.some = 1 if ALL else 5  # one of so many states of erases, and of the first and last operations

    def image(self, name, share, *options):
        """A program that looks at all of its image; `share` of the size that the board's deploys have here."""
        tree = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        flash = self.facts["flash"]
        unit = flash["program_size" if self.facts["store"] == "mram" else "page_size"]  # MRAM has no pages
        largest = min(max(OPERATIONS * unit, IMAGE_SIZE_MIN), IMAGE_SIZE_MAX)
        size = int(min(self.size * (0.65 if ALL else 0.1), largest) * share)
        block = random.Random(name).randbytes(PIECE - 4)
        (tree / "block.bin").write_bytes(block)
        (tree / "data.bin").write_bytes(b"".join(off.to_bytes(4, "little") + block for off in range(0, size, PIECE)))
        (tree / "helper.py").write_text(f"TEXT = '{name}'\n")
        (tree / "main.py").write_text(MAIN.format(name=name))
        path = tree.with_suffix(".romfs")
        run(MPROM, "build", *options, tree, "-o", path)
        return path

    def board(self, state, *options):
        return Board("--board", self.name, "--firmware", str(self.firmware), *options, state=str(state), program=MACHINE)

    def mprom(self, board, *args):
        """Whatever becomes of it: returns its exit status, and keeps what it said."""
        environment = dict(os.environ, MPROM_RUN_DIR=os.path.join(board.state, "run"))
        done = subprocess.run([MPROM, *map(str, args)], env=environment, timeout=300, capture_output=True, text=True)
        self.said = done.stdout + done.stderr
        return done.returncode

    def succeeds(self, board, *args, what):
        self.require(self.mprom(board, *args) == 0, f"{what}:\n{' '.join(map(str, args))}\n{self.said}")

    def require(self, ok, what):
        if not ok:
            raise AssertionError(f"{self.name}: {what}")

    def deploy(self, image, before=None, options=()):
        """One run from the flash `before`, or blank: the flash before it, its log, and the flash after it."""
        state = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        if before:
            shutil.copy(before, state / "flash")
        with self.board(state, "--log", str(state / "log")) as board:
            shutil.copy(state / "flash", state / "before")
            self.succeeds(board, "deploy", *options, image, what=f"the deploy of {image.name} fails")
        return state / "before", state / "log", state / "flash"

    def power_cut(self, what, *args):
        """Returns the lines that the sweep printed; the last is "N states of M operations, K failed"."""
        before, log, after, old = what
        offs = [segment["off"] for segment in self.segments]
        in_slots = self.has_slots and old is not None  # the old image is in the first, the new one goes to the second
        command = [POWER_CUT, "--board", self.name, "--firmware", self.firmware,
                   "--flash", before, "--log", log, "--segment", offs[in_slots], "--after", after, "--seed", SEED,
                   *(("--before", old) if old else ()), *(("--before-segment", offs[0]) if in_slots else ()), *args]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, errors="replace", timeout=3000)
        said = done.stdout.splitlines()
        self.require(said and said[-1].endswith(" failed"), f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
        return said

    def sweep(self, name, what):
        count = len(what[1].read_text().splitlines())
        every = max(1, count * STATES_OF_AN_OPERATION // STATES_MAX)
        if ALL and count <= OPERATIONS_MAX:
            every = min(every, STATES_OF_AN_OPERATION - 1)  # so that each operation has one of its states tried
        every += every % 3 == 0  # so that it is not the same state each time
        *said, last = self.power_cut(what, "--every", every, "--some", self.some)
        for line in said[:self.shows]:
            print(f"{self.name}: {name}: {line}")
        states, operations, failed = (int(word) for word in last.split() if word.isdigit())
        self.states += states
        self.operations += operations
        self.failed += failed
        for _ in range(self.mends):
            self.mend(count, what)

    def mend(self, count, what):
        """A state as power_cut makes it is that of a machine that lost power there; and the next deploy mends it."""
        case = f"{self.random.randrange(count)}:{self.random.choice(PATTERNS)}:{self.random.randrange(1000)}"
        before, _, after, _ = what
        state = self.folder / f"cut-{self.mended}"
        state.mkdir()
        shutil.copy(before, state / "flash")
        with self.board(state, "--cut", case) as board:
            self.require(self.mprom(board, "deploy", after) != 0, f"a deploy succeeds in spite of --cut {case}")
            self.require(board.process.wait(timeout=60) == 3, f"--cut {case} does not end the machine")
        self.power_cut(what, "--case", case, "--save", self.folder / "saved")
        self.require(self.contents(state / "flash") == self.contents(self.folder / "saved"), f"{case} leaves another state")
        with self.board(state) as board:
            self.succeeds(board, "deploy", after, what=f"the deploy after {case} fails")
            self.succeeds(board, "verify", after, what=f"what was deployed after {case} is wrong")
            with board.raw() as console:
                console.soft_reset_friendly()
                console.read_until(b"the new program runs\r\n")
        shutil.rmtree(state)
        self.mended += 1

    def contents(self, path):
        """Of the cells' planes (emulator/array/cells.h) all but the third, which changes when shaky bytes are read."""
        planes = path.read_bytes()
        size = self.facts["flash"]["size"]
        return planes[: 2 * size] + planes[3 * size :]

    def first_deploy(self, *options):
        image = self.image("new", 1, *options)
        before, log, _ = self.deploy(image)
        self.sweep("to a blank segment", (before, log, image, None))

    def next_deploy(self, *options):
        """Over an image that is a little shorter, so that more has to be erased than it had."""
        old = self.image("old", 0.9, *options)
        new = self.image("new", 1, *options)
        *_, flash = self.deploy(old, options=["--confirm"] if self.has_slots else [])
        before, log, _ = self.deploy(new, flash)
        self.sweep("over an old image", (before, log, new, old))

    def unsealed_deploy(self):
        """Where a header cannot be made invalid before its erase, an old image needs a seal (docs/update.md)."""
        breaks_headers = self.facts["flash"]["program_count"] != 1 or self.has_slots
        (self.next_deploy if breaks_headers else self.first_deploy)("--no-seal")

    def run(self):
        start = time.monotonic()
        deploys = [self.first_deploy, self.next_deploy, self.unsealed_deploy]
        for deploy in deploys if ALL else self.random.sample(deploys, 1):
            deploy()
        print(f"{self.name}: power cut: {self.states} states of {self.operations} operations, {self.failed} failed; the next "
              f"deploy mended {self.mended} of {self.mended} ({time.monotonic() - start:.0f} s, MPROM_SEED={SEED})", flush=True)
        return self.failed == 0

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def cut_host(facts):
    """Returns the exit status."""
    start = time.monotonic()
    scenarios = chain_world.SLOTS if facts["segments"][0]["group"] else chain_world.PLAIN
    count, bad = chain_world.sweep(f"power cut of {facts['name']}", scenarios, chain.cases_of, HOST_CASES_ALL,
                                   ["--sample", str(HOST_CASES)])
    print(f"{facts['name']}: power cut: {count} cuts in deploys by mprom and mpremote, {bad} failed; after each the next "
          f"deploy must mend the board ({time.monotonic() - start:.0f} s)", flush=True)
    return 1 if bad or not count else 0


def main():
    contract = Contract()
    contract.begin("power cut")
    if is_host(describe(sys.argv[1])):
        return cut_host(describe(sys.argv[1])) and say_next(sys.argv[1], contract)
    cut = Cut(sys.argv[1])
    try:
        return 0 if cut.run() else say_next(cut.name, contract)
    except (AssertionError, BoardError, subprocess.TimeoutExpired) as error:
        return failed(cut.name, error, contract)
    finally:
        cut.close()


if __name__ == "__main__":
    sys.exit(main())
