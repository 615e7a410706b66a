"""The whole chain, at random: sequences of deploys, resets, confirmations and accidents on boards SIM, compared after
each step with a model of what the documentation promises.

    test_stateful.py                              a sample; with MPROM_SAMPLE=all 5,000 steps. MPROM_SEED=N repeats it
    test_stateful.py --shape slots --seed N       one sequence; --steps N makes it longer
    test_stateful.py --shape slots --replay "deploy program=hang; power"

After each step these are compared: exit statuses, which programs ran and how often, what flash holds, what `mprom query`
says. A sequence that fails is printed as it can be replayed. Leave steps out as long as it still fails, mend what is
wrong, and add it to REGRESSIONS.
"""

import argparse
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time

from board import BoardError
from stateful_board import Failure, StatefulBoard, files_of, image_of, shapes
from stateful_model import Model
from stateful_steps import Steps, choose, parse

LENGTH = 25  # steps of a sequence
SAMPLE = 10  # sequences in `make check`
JOBS = 3  # boards at once: most of the time is waiting
ALL = 200  # in `make check-all`: 5,000 steps

# (shape, what was wrong, steps)
REGRESSIONS = (
    # The program of the other image was stopped to look whether it was the new one, and stayed so.
    ("slots", "an image that the board does not start is to be confirmed",
     "deploy program=print confirm; deploy program=hang follow; deploy again=1 confirm follow hard"),
    # Test: cells that are not firm are in no image, though one read may find it.
    ("slots", "a cut leaves the magic of the old image readable, and not firm",
     "deploy program=confirm-hang size=20000 confirm follow; deploy program=hang size=300 confirm force; cut program=none size=5000 hard at=26:most:189 live"),
    # The board had started from no slot. The deploy's restart started the image, and the deploy wrote to its slot.
    ("slots", "a deploy after one with --no-restart to a blank board",
     "deploy program=end no-restart; deploy program=end; deploy program=end confirm"),
    # Test: its limits of time were too short for a busy machine, where a program begins late, or goes on late.
    ("view", "a program that raises after the second for which it was followed", "deploy program=raise follow slow=early"),
    ("slots", "a program that begins after the second for which it was followed",
     "deploy program=hang confirm follow slow=early"),
    ("slots", "a program that is stopped by the second client before it begins", "two program=end size=300 ms=200 slow=early"),
    ("slots", "a program that confirms late", "deploy program=confirm slow=late"),
    # Test: without slots there is no other slot to deploy to.
    ("plain", "a deploy after the image that runs was lost",
     "deploy program=end; script program=end size=300 n=0 way=abort; deploy program=end"),
    # Test: with --full the same image is written once more, and power may fail meanwhile.
    ("view", "a cut while an image is written over itself",
     "deploy program=end; cut again=0 full at=0:after"),
    ("slots", "both slots refuse a deploy after a rollback, of two clients too",
     "deploy program=end confirm; deploy program=end confirm; rollback; two program=end size=5000 ms=5; deploy program=end force"),
)


def differences(outcome, board, seen):
    """How the board differs from what the model allows."""
    held, statuses, runs, query = seen
    if outcome.statuses != statuses:
        yield f"exit statuses {statuses}, not {outcome.statuses}"
    if outcome.runs != runs:
        yield f"the programs of {runs} ran, not of {outcome.runs}"
    if outcome.held != held:
        yield f"flash holds {held}, not {outcome.held}"
    for segment, version in enumerate(outcome.held):
        said = query["segments"][segment]
        is_image = said["image"] is not None and said["state"] != "damaged"
        if is_image != (version is not None):
            yield f"query says of segment {segment}: {said}"
        elif version is not None and said["image"]["size"] != len(board.flash(segment) or b""):
            yield f"query says of segment {segment}: {said}"
        if outcome.has_slots and segment < 2 and version is not None:
            words = [word for word in said["state"].split(", ") if word != "started from"]
            if words != [outcome.state(segment)]:
                yield f"query says of segment {segment}: {said['state']}, not {outcome.state(segment)}"
        if outcome.has_slots and said["running"] != (segment == outcome.chosen):
            yield f"query says of segment {segment}: running {said['running']}; the board started {outcome.chosen}"


class Sequence:
    """One board and the steps it has seen."""

    def __init__(self, shape, folder):
        self.shape = shape
        self.board = StatefulBoard(shape, folder)
        self.steps = Steps(self.board)
        self.model = Model(shape)
        self.done = []
        self.board.prepare()

    def step(self, text):
        self.done.append(text)
        self.model.begin_step()
        if "live" in parse(text)[1]:
            self.board.soft_reset()
            self.model.soft_reset()
            self.board.wait_for_run(self.model.runs)
        outcomes, statuses = self.steps.do(text, self.model)
        self.model = self.judge(outcomes, statuses)

    def judge(self, outcomes, statuses):
        """The first outcome that is what can be seen."""
        held = [self.board.version(segment) for segment in range(self.board.count)]
        likely = [outcome for outcome in outcomes if outcome.held == held and outcome.statuses == statuses]
        if likely:
            self.board.wait_for_run(*(outcome.runs for outcome in likely))
            busy = likely[0].busy
            if len(likely) == 1 and busy is not None and likely[0].programs[busy] in ("print", "flood"):
                self.board.prints(busy)
        said = self.board.said
        query = self.board.query()
        seen = (held, statuses, self.board.runs(), query)
        self.board.prepare()
        found = [list(differences(outcome, self.board, seen)) for outcome in outcomes]
        for outcome, wrong in zip(outcomes, found):
            if not wrong:
                return outcome
        raise Failure("; ".join(min(found, key=len)) + f"\n  the last command said: {said!r:.1000}")


def run(shape, texts, title):
    """Whether the steps, or those that a function gives, end well."""
    with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
        sequence = Sequence(shape, folder)
        try:
            for text in texts:
                sequence.step(text)
            sequence.board.stop()
        except (Failure, BoardError, OSError) as failure:
            print(f"{title}: step {len(sequence.done)}: {failure}{sequence.board.last_words()}\n  --shape {shape} --replay \"{'; '.join(sequence.done)}\"",
                  flush=True)
            return False
        finally:
            sequence.board.discard()
    return True


def run_late():
    """A client that opens the port of its board only when that has ended reaches no other board. It once did: the system
    gives the name to the next one, and sequences that run side by side spoiled one another on a busy machine."""
    with tempfile.TemporaryDirectory(prefix="mprom-test-") as first, tempfile.TemporaryDirectory(prefix="mprom-test-") as second:
        board = StatefulBoard("plain", first)
        path = board.folder / "1.romfs"
        path.write_bytes(image_of(files_of(1, "end", 300)))
        with board.port_kept():
            client = board.begin("deploy", path, "-p", board.board.port, stopped=True)
            board.stop()
            other = StatefulBoard("plain", second)
            client.send_signal(signal.SIGCONT)
            is_good = board.end(client) == 1 and other.flash(0) is None
        other.stop()
    if not is_good:
        print(f"a late client works on another board: {board.said!r}", flush=True)
    return is_good


def random_steps(shape, seed, count):
    pick = random.Random(f"{shape} {seed}")
    return (choose(pick, shape) for _ in range(count))


def run_regression(shape, what, steps):
    return run(shape, steps.split("; "), what)


def run_random(shape, seed, count=LENGTH):
    return run(shape, random_steps(shape, seed, count), f"{shape}, seed {seed}")


def sample():
    """(shape, seed) of each sequence; every second one is of the board with slots, where most can go wrong."""
    others = [shape for shape in shapes() if shape != "slots"]
    start = int(os.environ.get("MPROM_SEED", time.time()))
    wanted = os.environ.get("MPROM_SAMPLE", "")
    count = ALL if wanted == "all" else SAMPLE
    print(f"stateful: MPROM_SEED={start}", flush=True)
    for number in range(count):
        yield "slots" if number % 2 == 0 else others[(start + number // 2) % len(others)], start + number


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shape", default="slots")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--steps", type=int, default=LENGTH)
    parser.add_argument("--replay")
    arguments = parser.parse_args()
    if arguments.replay is not None:
        return run(arguments.shape, [text.strip() for text in arguments.replay.split(";") if text.strip()], "replay")
    if arguments.seed is not None:
        return run_random(arguments.shape, arguments.seed, arguments.steps)
    sequences = list(sample())
    with multiprocessing.Pool(JOBS) as pool:
        passed = [pool.apply(run_late), *pool.starmap(run_regression, REGRESSIONS, 1),
                  *pool.starmap(run_random, sequences, 1)]
    failed = passed.count(False)
    print(f"stateful: {len(sequences)} sequences of {LENGTH} steps, {len(REGRESSIONS) + 1} regressions, {failed} failed")
    return not failed


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
