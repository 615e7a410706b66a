"""What the sweeps over the whole chain share: boards SIM in a certain state, and clients that write to them."""

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
import tempfile
import time

from board import Board, BoardError
from clients import CLIENTS, run_mpremote
from romfs_writer import file

SEGMENT_SIZE = 64 * 1024
BLOCKS = 3 * 4096  # an image is larger than three erase blocks
SIZES = {"older": BLOCKS + 100, "old": BLOCKS + 700, "larger": BLOCKS + 6000, "smaller": BLOCKS + 300,
         "retry": BLOCKS + 400, "odd": BLOCKS + 700}

# What the board starts from, and what the client brings; in slots another old image is where the new one goes.
PLAIN = {"first": (None, "smaller"), "larger": ("old", "larger"), "smaller": ("old", "smaller"),
         "equal": ("old", "old"), "delta": ("old", "odd")}
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
            # Last, so that structure alone proves little. "odd" differs from "old" in the first block and in the seal.
            "zeros-and-ones": random.Random("old" if name == "odd" else name).randbytes(SIZES[name])}


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
        self.options = ["--segment-size", str(SEGMENT_SIZE)] + ([] if self.slots else ["--plain"])
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        for name in SIZES:
            records = [file(*entry) for entry in contents_of(name).items()]
            self.path(name).write_bytes(self.client.image(*records))
        self.prepare()
        self.operations = self.list_operations()

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
        """What the client does. A mark on a slot is set by mprom as part of a deploy, or by a line of Python."""
        port, new = board.port, self.path(self.new)
        if self.scenario == "rollback":
            return run_mpremote("connect", port, "exec", "import romfs\nromfs.rollback()")
        if self.scenario == "confirm" and self.client.name == "mprom":
            return self.client.deploy(port, self.target, new, "--confirm")
        done = self.client.deploy(port, self.target, new)
        if self.scenario == "confirm" and done.status == 0:
            done = run_mpremote("connect", port, "exec", f"import romfs\nromfs.confirm({self.target})")
        return done

    def list_operations(self):
        """(offset in its segment, size) of each program and erase of what the client does."""
        log = self.folder / "log"
        with self.board("--log", str(log)) as board:
            board.raw().close()
            if "flash " in log.read_text():
                raise AssertionError(f"{self.name}: the start writes by itself, so operations have no certain number")
            done = self.act(board)
            if done.status != 0:
                raise AssertionError(f"{self.name}: fails when nothing is wrong: {done}")
        places = [line.split()[2:4] for line in log.read_text().splitlines() if line.startswith("flash ")]
        return [(int(off) % SEGMENT_SIZE, int(size)) for off, size in places]

    def run(self, options, judge):
        """One case: the client writes to a board that was started with these options, and judge(world, board, what the
        client said) raises Failure or leaves the board stopped. The board must then take another image."""
        board = self.board(*options)
        try:
            board.start()
            done = self.act(board)
            judge(self, board, done)
            self.recover(board)
        except (BoardError, OSError) as error:
            raise Failure(f"the board does not answer: {error}") from error
        except subprocess.TimeoutExpired as error:
            raise Failure(f"the client or the board does not end: {error}") from error
        finally:
            board.stop()
            shutil.rmtree(board.state)

    def judge_client(self, done, clear):
        """The client must have failed, and `clear` must be found in what it says (mpremote exec prints errors as
        output). mprom says it in one sentence."""
        if done.status != 1:
            raise Failure(f"the client ends with status {done.status}: {done.stdout}{done.stderr}")
        if self.client.success in done.stdout and self.scenario not in ("confirm", "rollback"):
            raise Failure(f"the client says that it succeeded: {done.stdout}")
        if self.client.name == "mprom" and not re.fullmatch(r"mprom: [^\n]{20,400}\n", done.stderr):
            raise Failure(f"the client's message is no clear sentence: {done.stderr!r}")
        if not re.search(clear, done.stdout + done.stderr):
            raise Failure(f"the client does not say what it should: {done}")

    def allowed(self):
        """What /rom may be after a failure: with a second slot never nothing."""
        return {self.old, self.new} if self.slots else {self.old, self.new, None}

    def look(self, board, allowed):
        """What the board has mounted must be one of the images `allowed`."""
        with board.raw() as console:
            found = ast.literal_eval(console.exec(LOOK))
        if found not in [EXPECTED[name] for name in allowed]:
            raise Failure(f"/rom is none of {sorted(map(str, allowed))}: {found}")

    def recover(self, board):
        board.options = self.options
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


def worlds(folder, scenarios, wanted):
    """A world for each scenario and client that the case `wanted` leads to; mprom has no command for a rollback."""
    return [World(folder, client, scenario) for client in CLIENTS for scenario in scenarios
            if (client, scenario) != ("mprom", "rollback")
            and (wanted.startswith(f"{client}/{scenario}/") or f"{client}/{scenario}/".startswith(wanted))]


def spread(piles, count, seed):
    """So many cases, in turn from each pile, at random within it."""
    chance = random.Random(seed)
    piles = [chance.sample(pile, len(pile)) for pile in piles]
    turns = [pile[turn] for turn in range(max(map(len, piles))) for pile in piles if turn < len(pile)]
    return turns[:count]


def choose(arguments, title, piles, all_count):
    """The cases that the command line wants."""
    cases = [case for pile in piles for case in pile]
    if arguments.case:
        starts = (arguments.case + "/", arguments.case + ".")
        return [case for case in cases if case[1] == arguments.case or case[1].startswith(starts)]
    if not arguments.sample:
        return cases
    count = all_count if os.environ.get("MPROM_SAMPLE") == "all" else arguments.sample
    seed = int(os.environ.get("MPROM_SEED", time.time()))
    print(f"{title}: {min(count, len(cases))} of {len(cases)} cases, MPROM_SEED={seed}", flush=True)
    return spread(piles, count, seed)


def run_case(case):
    """A case is (world, id, options, judge). Returns what is wrong with it, or None."""
    world, name, options, judge = case
    try:
        world.run(options, judge)
    except Failure as failure:
        return f"{name}: {str(failure):.1000}"
    return None


def sweep(title, scenarios, cases_of, all_count, command_line=None):
    """Runs the cases that the command line wants (None: the program's), of those that cases_of(world) yields for the worlds
    of each scenario. Returns how many that were and how many failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("case", nargs="?", default="")
    arguments = parser.parse_args(command_line)
    with tempfile.TemporaryDirectory(prefix="mprom-chain-") as folder:
        piles = [list(cases_of(world)) for world in worlds(folder, scenarios, arguments.case)]
        cases = choose(arguments, title, [pile for pile in piles if pile], all_count)
        failed = 0
        with multiprocessing.Pool(arguments.jobs) as pool:
            for what in pool.imap_unordered(run_case, cases):
                if what:
                    failed += 1
                    print(f"{title}: {what}", flush=True)
    return len(cases), failed
