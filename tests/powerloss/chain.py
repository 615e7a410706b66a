"""The power-loss sweep over the whole chain: a client writes to a board SIM whose process ends in the middle of it.

    chain.py [--sample N] [--jobs N] [CASE]

A case is CLIENT/SCENARIO/OPERATION/PHASE[/PATTERN.SEED]: where power fails, in the words of powerloss/main.c. CASE may
be cut short: "mprom/slot" is all of that scenario. A case passes if

- the client ends by itself, with exit status 1, and says in one sentence what happened (mpremote: says something);
- the board that is started again over the same flash answers, and /rom is the old image whole, the new one whole, or
  nothing, and never nothing where there are two slots;
- the same client then deploys another image, which is there after one more start.

--sample N runs N cases spread over all scenarios; MPROM_SAMPLE and MPROM_SEED work as in support/sample.h, "all"
being ALL_COUNT cases. Without it all run. The last line is "powerloss-chain: N cases, M failed".
"""

import argparse
import ast
import hashlib
import multiprocessing
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zlib

from board import Board, BoardError
from clients import CLIENTS, run_mpremote
from romfs_writer import file

PATTERNS = ("few", "some", "half", "most", "prefix", "suffix", "head", "shaky")
ALL_COUNT = 700  # so many run in check-all
END_COUNT = 4  # operations at each end of a deploy that are cut in every way
ROUGH_STEP = 3  # of those between, one in so many
HEADER_SEEDS = 4  # torn states of each pattern where a header is broken or written
CUT_STATUS = 3  # of mprom-sim

BLOCKS = 3 * 4096  # an image is larger than three erase blocks
SIZES = {"older": BLOCKS + 100, "old": BLOCKS + 700, "larger": BLOCKS + 6000, "smaller": BLOCKS + 300,
         "retry": BLOCKS + 400}

# What the board starts from, and what the client brings; in slots another old image is where the new one goes.
PLAIN = {"first": (None, "smaller"), "larger": ("old", "larger"), "smaller": ("old", "smaller"), "equal": ("old", "old")}
SLOTS = {"slot": ("old", "larger"), "confirm": ("old", "smaller"), "rollback": ("old", "older")}

LOOK = """
import hashlib, os
found = None
if 'rom' in os.listdir('/'):
    found = {}
    for name in os.listdir('/rom'):
        with open('/rom/' + name, 'rb') as f:
            found[name] = hashlib.sha256(f.read()).digest().hex()
    import version
    found['imported'] = version.NAME
print(found)
"""


class Failure(Exception):
    """What is wrong in a case."""


def contents_of(name):
    """The files of an image. One is a program, so that main runs at each start."""
    return {"main.py": b"import version\nprint('main of', version.NAME)\n",
            "version.py": f"NAME = {name!r}\n".encode(),
            "zeros-and-ones": random.Random(name).randbytes(SIZES[name])}  # last, so that structure alone proves little


def expectation(name):
    """What LOOK prints where this image is mounted."""
    found = {path: hashlib.sha256(data).hexdigest() for path, data in contents_of(name).items()}
    return found | {"imported": name}


EXPECTED = {None: None} | {name: expectation(name) for name in SIZES}


class World:
    """The boards of one scenario and one client, in a folder of their own."""

    def __init__(self, folder, client, scenario):
        self.client = CLIENTS[client]
        self.scenario = scenario
        self.name = f"{client}/{scenario}"
        self.slots = scenario in SLOTS
        self.old, self.new = SLOTS[scenario] if self.slots else PLAIN[scenario]
        self.target = 1 if self.slots else 0
        self.options = ["--segment-size", "64K"] + ([] if self.slots else ["--plain"])
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        for name in SIZES:
            records = [file(*entry) for entry in contents_of(name).items()]
            self.path(name).write_bytes(self.client.image(*records))
        self.prepare()
        self.operations = self.count_operations()

    def path(self, name):
        return self.folder / f"{name}.romfs"

    def prepare(self):
        """The state that every case starts from."""
        with Board(*self.options, state=str(self.folder / "start")) as board:
            if self.slots:
                self.put(board, 1, "older")
            if self.old:
                self.put(board, 0, self.old)

    def put(self, board, segment, name):
        with board.raw() as console:
            console.rom_write(segment, self.path(name).read_bytes())
        board.kill()
        board.start()
        with board.raw() as console:
            if self.slots:
                console.exec("import romfs\nromfs.confirm()")

    def board(self, *options):
        state = tempfile.mkdtemp(dir=self.folder)
        for name in ("flash", "disk"):
            shutil.copy(self.folder / "start" / name, state)
        return Board(*self.options, *options, state=state)

    def act(self, board):
        """What the client does while power fails."""
        port, new = board.port, self.path(self.new)
        if self.scenario == "rollback":
            return run_mpremote("connect", port, "exec", "import romfs\nromfs.rollback()")
        if self.scenario == "confirm" and self.client.name == "mprom":
            return self.client.deploy(port, self.target, new, "--confirm")
        done = self.client.deploy(port, self.target, new)
        if self.scenario == "confirm" and done.status == 0:
            done = run_mpremote("connect", port, "exec", f"import romfs\nromfs.confirm({self.target})")
        return done

    def count_operations(self):
        log = self.folder / "log"
        with self.board("--log", str(log)) as board:
            board.raw().close()
            if "flash " in log.read_text():
                raise AssertionError(f"{self.name}: the start writes by itself, so operations have no certain number")
            done = self.act(board)
            if done.status != 0:
                raise AssertionError(f"{self.name}: fails without a cut: {done}")
        return log.read_text().count("flash ")

    def cases(self):
        """(id, --cut) of each case."""
        last = self.operations - 1
        first = max(0, last - 2) if self.scenario == "confirm" else 0  # what comes before is that of "slot"
        for number in range(first, last + 1):
            if min(number, last - number) < END_COUNT:
                seeds = HEADER_SEEDS if number in (0, last) else 1
                phases = ["before", "after", *(f"during/{pattern}.{seed}" for pattern in PATTERNS for seed in range(seeds))]
            elif number % ROUGH_STEP == 0:
                phases = ["before", f"during/{PATTERNS[number // ROUGH_STEP % len(PATTERNS)]}.0"]
            else:
                continue
            for phase in phases:
                name = f"{self.name}/{number}/{phase}"
                state = phase.removeprefix("during/").split(".")[0]
                yield name, f"{number}:{state}:{zlib.crc32(name.encode())}"

    def look(self, board, allowed):
        with board.raw() as console:
            found = ast.literal_eval(console.exec(LOOK))
        if found not in [EXPECTED[name] for name in allowed]:
            raise Failure(f"/rom is none of {sorted(map(str, allowed))}: {found}")

    def judge_client(self, done):
        if done.status != 1:
            raise Failure(f"the client ends with status {done.status}: {done.stdout}{done.stderr}")
        if self.client.success in done.stdout:
            raise Failure(f"the client says that it succeeded: {done.stdout}")
        clear = r"mprom: [^\n]{20,300}\n" if self.client.name == "mprom" else r"(?s).*\w.*"
        if not re.fullmatch(clear, done.stderr):
            raise Failure(f"the client's message is no clear sentence: {done.stderr!r}")

    def run(self, cut):
        board = self.board("--cut", cut)
        try:
            board.start()
            done = self.act(board)
            status = board.wait()
            if status != CUT_STATUS:
                raise Failure(f"the board ends with status {status}, not at the cut")
            self.judge_client(done)
            board.options = self.options
            self.judge_board(board)
            self.recover(board)
        except (BoardError, OSError) as error:
            raise Failure(f"the board does not answer: {error}") from error
        except subprocess.TimeoutExpired as error:
            raise Failure(f"the client or the board does not end: {error}") from error
        finally:
            board.stop()
            shutil.rmtree(board.state)

    def judge_board(self, board):
        """Starts it several times, for cells that do not hold show another face each time."""
        allowed = {self.old, self.new} if self.slots else {self.old, self.new, None}
        for _ in range(3):
            board.start()
            self.look(board, allowed)
            board.kill()

    def recover(self, board):
        board.start()
        target = 0
        if self.slots:
            with board.raw() as console:
                target = console.eval("[s.id for s in __import__('romfs').segments() if s.group and not s.chosen][0]")
        done = self.client.deploy(board.port, target, self.path("retry"))
        if done.status != 0 or self.client.success not in done.stdout:
            raise Failure(f"the deploy afterwards fails: {done.stdout}{done.stderr}")
        board.kill()
        board.start()
        self.look(board, ["retry"])


def spread(cases, count, seed):
    """So many cases, in turn from each scenario, at random within it."""
    chance = random.Random(seed)
    piles = [chance.sample(pile, len(pile)) for pile in cases.values()]
    turns = [pile[turn] for turn in range(max(map(len, piles))) for pile in piles if turn < len(pile)]
    return turns[:count]


def run_case(task):
    world, name, cut = task
    try:
        world.run(cut)
    except Failure as failure:
        return name, str(failure)
    return name, None


def choose(arguments, cases):
    if arguments.case:
        return [case for pile in cases.values() for case in pile
                if case[1] == arguments.case or case[1].startswith((arguments.case + "/", arguments.case + "."))]
    if arguments.sample:
        seed = int(os.environ.get("MPROM_SEED", time.time()))
        all_cases = os.environ.get("MPROM_SAMPLE") == "all"
        print(f"powerloss-chain: {ALL_COUNT if all_cases else arguments.sample} cases, MPROM_SEED={seed}", flush=True)
        return spread(cases, ALL_COUNT if all_cases else arguments.sample, seed)
    return [case for pile in cases.values() for case in pile]


def wanted(name, case):
    return not case or case.startswith(name) or name.startswith(case)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("case", nargs="?", default="")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mprom-chain-") as folder:
        worlds = [World(folder, client, scenario) for client in CLIENTS for scenario in (*PLAIN, *SLOTS)
                  if wanted(f"{client}/{scenario}", arguments.case) and (client, scenario) != ("mprom", "rollback")]
        cases = {world.name: [(world, *case) for case in world.cases()] for world in worlds}
        tasks = choose(arguments, cases)
        failed = 0
        with multiprocessing.Pool(arguments.jobs) as pool:
            for name, what in pool.imap_unordered(run_case, tasks):
                if what:
                    failed += 1
                    print(f"powerloss-chain: {name}: {what}", flush=True)
    print(f"powerloss-chain: {len(tasks)} cases, {failed} failed")
    return 1 if failed or not tasks else 0


if __name__ == "__main__":
    sys.exit(main())
