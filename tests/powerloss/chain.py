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

import sys
import zlib

from chain_world import PLAIN, SLOTS, Failure, sweep

PATTERNS = ("few", "some", "half", "most", "prefix", "suffix", "head", "shaky")
ALL_COUNT = 600  # so many run in check-all
END_COUNT = 4  # operations at each end of a deploy that are cut in every way
ROUGH_STEP = 3  # of those between, one in so many
HEADER_SEEDS = 4  # torn states of each pattern where a header is broken or written
CUT_STATUS = 3  # of mprom-sim


def phases_of(number, last):
    """The ways in which an operation is cut."""
    if min(number, last - number) < END_COUNT:
        seeds = HEADER_SEEDS if number in (0, last) else 1
        return ["before", "after", *(f"during/{name}.{seed}" for name in PATTERNS for seed in range(seeds))]
    if number % ROUGH_STEP == 0:
        return ["before", f"during/{PATTERNS[number // ROUGH_STEP % len(PATTERNS)]}.0"]
    return []


def cases_of(world):
    last = len(world.operations) - 1
    first = max(0, last - 2) if world.scenario == "confirm" else 0  # what comes before is that of "slot"
    for number in range(first, last + 1):
        for phase in phases_of(number, last):
            name = f"{world.name}/{number}/{phase}"
            state = phase.removeprefix("during/").split(".")[0]
            yield world, name, ("--cut", f"{number}:{state}:{zlib.crc32(name.encode())}"), judge


def judge(world, board, done):
    status = board.wait()
    if status != CUT_STATUS:
        raise Failure(f"the board ends with status {status}, not at the cut: {done}")
    world.judge_client(done, r"the connection to the board was lost while .*; check the cable" if world.client.name ==
                       "mprom" else r"\w")
    board.options = world.options
    for _ in range(3):  # cells that do not hold show another face at each start
        board.start()
        world.look(board, world.allowed())
        board.kill()


if __name__ == "__main__":
    count, failed = sweep("powerloss-chain", (*PLAIN, *SLOTS), cases_of, ALL_COUNT)
    print(f"powerloss-chain: {count} cases, {failed} failed")
    sys.exit(1 if failed or not count else 0)
