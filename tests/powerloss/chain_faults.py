"""Flash that fails, over the whole chain: every fault is reported to the client, and none is taken for success.

    chain_faults.py [--sample N] [--jobs N] [CASE]

A case is CLIENT/SCENARIO/KIND/PLACE: one of SIM's faults (docs/emulator.md), at the number of an operation or at an
offset in the image's segment. A case passes if

- the client ends with exit status 1 and an error that names the segment, and the offset at which the fault lies;
- the board goes on and answers, and after a soft reset and after a restart without the fault /rom is the old image
  whole, or nothing; with two slots the old one;
- the same client then deploys another image, which is there after one more start.

--sample and the environment are as in chain.py. The last line is "faults-chain: N injected, M reported".
"""

import random
import re
import sys

from chain_world import SEGMENT_SIZE, Failure, sweep

ALL_COUNT = 600  # so many run in check-all
PLACE_COUNT = 24  # offsets of each kind
PAGE_SIZE = 256
BLOCK_SIZE = 4096
LARGE_SIZE = 32 * 1024  # of an erase
TRAILER_OFF = SEGMENT_SIZE - BLOCK_SIZE
SCENARIOS = ("larger", "slot", "confirm", "rollback")


def segment_of(world):
    """The segment that the scenario writes to. A rollback is a mark in the trailer of the slot that runs."""
    return 0 if world.scenario == "rollback" else world.target


def around(off, size=1):
    """What may be named for a fault: its page, or the start of the block that could not be erased for it."""
    page = range(off // PAGE_SIZE * PAGE_SIZE, off + max(size, PAGE_SIZE - off % PAGE_SIZE))
    return {*page, off // BLOCK_SIZE * BLOCK_SIZE, off // LARGE_SIZE * LARGE_SIZE}


def operation_cases(world):
    """Each operation fails in each way."""
    first = len(world.operations) - 1 if world.scenario == "confirm" else 0  # what comes before is that of "slot"
    for number in range(first, len(world.operations)):
        off, size = world.operations[number]
        for kind in ("fails", "lies", "not-ready"):
            yield f"{kind}/{number}", f"{kind}:{number}", around(off, size)


def place_cases(world):
    """Bits that are not what the image wants, and units that error correction gives up, in the image and the trailer."""
    if world.scenario not in ("larger", "slot"):
        return
    image = world.path(world.new).read_bytes()
    start = segment_of(world) * SEGMENT_SIZE
    chance = random.Random(world.name)
    offs = [0, 1, 2, 3, 255, 256, BLOCK_SIZE, len(image) - 1]
    offs += [chance.randrange(len(image)) for _ in range(PLACE_COUNT - len(offs))]
    for off in offs:
        bit = chance.randrange(8)
        yield f"stuck/{off}", f"stuck:{start + off}:{bit}:{1 - (image[off] >> bit & 1)}", around(off)
        yield f"unreadable/{off}", f"unreadable:{start + off}", around(off)
    if world.slots:
        for off in (TRAILER_OFF, TRAILER_OFF + 9, TRAILER_OFF + BLOCK_SIZE - 1):
            yield f"stuck/{off}", f"stuck:{start + off}:3:0", around(off)
            yield f"unreadable/{off}", f"unreadable:{start + off}", around(off)


def cases_of(world):
    for case, fault, places in (*operation_cases(world), *place_cases(world)):
        yield world, f"{world.name}/{case}", ("--fault", fault), Judge(places)


class Judge:
    """Knows which offsets the client may name."""

    def __init__(self, places):
        self.places = places

    def __call__(self, world, board, done):
        world.judge_client(done, rf"segment {segment_of(world)}, offset \d+: ")
        off = int(re.search(r", offset (\d+): ", done.stdout + done.stderr).group(1))
        if off not in self.places:
            raise Failure(f"offset {off} is not where the fault lies: {done}")
        allowed = world.allowed()
        if world.scenario not in ("confirm", "rollback"):
            allowed -= {world.new}
        with board.raw() as console:
            console.soft_reset()
        world.look(board, allowed)
        board.kill()
        board.options = world.options
        board.start()
        world.look(board, allowed)
        board.kill()


if __name__ == "__main__":
    count, failed = sweep("faults-chain", SCENARIOS, cases_of, ALL_COUNT)
    print(f"faults-chain: {count} injected, {count - failed} reported")
    sys.exit(1 if failed or not count else 0)
