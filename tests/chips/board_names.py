"""The boards that the folders describe."""

import re


def board_names(source):
    """Sorted: a board for each folder, and one more for each that has a variant with slots."""
    names = []
    for path in source.glob("chips/*/boards/*/board.mk"):
        names.append(path.parent.name)
        if re.search(r"^SLOTS = ", path.read_text(), re.M):
            names.append(f"{path.parent.name}_SLOTS")
    return sorted(names)
