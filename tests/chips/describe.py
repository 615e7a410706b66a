"""What mprom-machine says of the boards: the same as their folders, their board.mk and the table in the family's README.

    describe.py            compares
    describe.py --write    writes the tables anew
"""

import json
import re
import sys

from board_names import board_names
from programs import BUILD, SOURCE, run

MACHINE = BUILD / "mprom-machine"
HEAD = "| board | part | segments | console |\n|---|---|---|---|\n"
TABLE = re.compile(re.escape(HEAD) + r"(?:\|.*\n)*")
KIB, MIB = 1 << 10, 1 << 20


def describe(name):
    return json.loads(run(MACHINE, "--describe", name).stdout)


def size_text(size):
    return f"{size // MIB} MiB" if size % MIB == 0 else f"{size // KIB} KiB"


def segment_text(segment):
    slot = f", slot of group {segment['group']}" if segment["group"] else ""
    place = f"0x{segment['address']:08X}" if segment["address"] is not None else f"offset 0x{segment['off']:08X}"
    return f"{place}, {size_text(segment['size'])}{slot}"


def row(board):
    segments = "; ".join(map(segment_text, board["segments"]))
    return f"| {board['name']} | {board['part']} | {segments} | {board['console']} |\n"


def build_facts(board):
    """What the board's board.mk says."""
    text = (SOURCE / "chips" / board["family"] / "boards" / board["name"].removesuffix("_SLOTS") / "board.mk").read_text()
    return dict(re.findall(r"^(\w+) = (.*)$", text, re.M))


def check_board(board):
    segments = board["segments"]
    facts = build_facts(board)
    flash = board["flash"]
    if (facts.get("SERIES"), facts.get("STORE")) != (board["series"], board["store"]):
        yield f"board.mk says {facts}, the facts say series {board['series']}, store {board['store']}"
    if sum(region["erase_size"] * region["count"] for region in flash["regions"]) != flash["size"]:
        yield "the regions of the flash are not as large as the flash"
    is_host = board["cpu"] == "host"
    if is_host != (not board["memories"]) or is_host != (flash["base"] is None):
        yield "a board without an emulated CPU has no memories and no addresses, every other has both"
    for segment in segments:
        own = flash if segment["flash"] == 0 else board["second_flash"]
        if segment["off"] + segment["size"] > own["size"]:
            yield f"{segment['name']} ends behind the flash"
        if segment["address"] != (None if is_host else own["base"] + segment["off"]):
            yield f"{segment['name']} has the wrong address"


def main(arguments):
    names = run(MACHINE, "--list").stdout.split()
    expected = board_names(SOURCE)
    faults = [] if sorted(names) == expected else [f"--list says {names}, there are {expected}"]
    tables = {}
    for name in names:
        board = describe(name)
        faults += [f"{name}: {fault}" for fault in check_board(board)]
        tables.setdefault(board["family"], []).append(row(board))
    for family, rows in tables.items():
        page = SOURCE / "chips" / family / "README.md"
        text = page.read_text()
        new = TABLE.sub(lambda _: HEAD + "".join(rows), text, count=1)
        if "--write" in arguments:
            page.write_text(new)
        elif not TABLE.search(text) or new != text:
            faults.append(f"the table of boards in chips/{family}/README.md is not as --describe says; "
                          "tests/chips/describe.py --write writes it anew")
    run(MACHINE, "--describe", "NO_SUCH_BOARD", status=2)
    for fault in faults:
        print(f"describe: {fault}", file=sys.stderr)
    print(f"describe: {len(names)} boards")
    return 1 if faults else 0


sys.exit(main(sys.argv[1:]))
