"""A large image on an emulated board with its real firmware: no call of rom_ioctl() keeps the board busy for long, as
clients that wait for an answer need it. board_proof.py runs it for boards that have room for 20 MiB.
"""

import json

from romfs_writer import file, sealed_image

SIZE = 20 << 20
PIECE = 4096  # what mpremote sends in a call
BLOCK = 64 << 10  # what is erased at once
PIECES = 256  # that a script writes, so that the PC hears of it in time


def has_room(segment):
    return segment["size"] >= SIZE + PIECE


MEASURE = """import vfs, time, json
q = vfs.rom_ioctl
longest = {}
def call(*args):
    start = time.ticks_us()
    result = q(*args)
    longest[args[0]] = max(longest.get(args[0], 0), time.ticks_diff(time.ticks_us(), start))
    if result < 0:
        raise OSError(-result)
"""


def write(console, pieces, size):
    """Returns the microseconds of the longest call of each op."""
    console.exec(f"longest.clear()\ncall(3, 0, {size})\ncall(4, 0, 0, a)\n")
    for first in range(1, len(pieces) - 1, PIECES):
        console.exec(f"for i in range({first}, {min(first + PIECES, len(pieces) - 1)}):\n    call(4, 0, i * {PIECE}, b)\n")
    console.exec(f"call(4, 0, {(len(pieces) - 1) * PIECE}, c)\ncall(5, 0)\n")
    return {int(op): us for op, us in json.loads(console.exec("print(json.dumps(longest))")).items()}


def calls_are_short(proof):
    """A deploy as mpremote makes it, to a blank segment and over an image: op 3 and op 4 take as long as one erase at most.
    Op 5 reads all of the image; how long that takes is only said."""
    made = sealed_image(file("data.bin", bytes(range(256)) * (SIZE // 256)))
    pieces = [made[at:at + PIECE] for at in range(0, len(made), PIECE)]
    proof.require(len(set(pieces[1:-1])) == 1, "the middle of the image does not repeat")
    with proof.board.raw() as console:
        console.exec(MEASURE)
        for name, piece in zip("abc", (pieces[0], pieces[1], pieces[-1])):
            console.exec(f"{name} = {piece!r}\n")
        blank, full = write(console, pieces, len(made)), write(console, pieces, len(made))
        before = proof.time()[1]
        console.exec("import romfs\nromfs.erase(0)\n")
        erase_us = (proof.time()[1] - before) * 1e6 * BLOCK / len(made)
    longest = {op: max(blank[op], full[op]) for op in (3, 4)}
    proof.require(all(us <= erase_us * 1.05 for us in longest.values()), f"an erase takes {erase_us:.0f} us, calls {longest}")
    proof.say("20 MiB", f"op 3 takes {longest[3] / 1000:.0f} ms at most, op 4 {longest[4] / 1000:.0f} ms, an erase of 64 KiB "
              f"{erase_us / 1000:.0f} ms; op 5 {full[5] / 1000:.0f} ms")
