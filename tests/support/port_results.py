"""What the tests showed of each port, kept until the table of docs/ports.md is compared with it (test_port_table.py)."""

import fcntl
import json

from programs import BUILD

FOLDER = BUILD / "ports" / "results"
FACTS = ("built", "run", "cuts")  # the columns of the table, behind port and board


def note(port, board, **facts):
    """Adds to what is known of a board's port; run says on what, cuts in which way."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / f"{port}-{board}.json", "a+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = json.loads(file.read() or "{}")
        known.update(port=port, board=board, **facts)
        file.truncate(0)
        json.dump(known, file)


def rows():
    """A line of the table for each board that something was noted of."""
    found = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))] if FOLDER.exists() else []
    return ["| " + " | ".join([one["port"], one["board"], *(one.get(fact, "no") for fact in FACTS)]) + " |" for one in found]
