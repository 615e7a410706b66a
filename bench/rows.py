"""The shape of a row, and how the kinds of figure are compared."""

import typing


class Row(typing.NamedTuple):
    name: str
    ours: str
    theirs: str
    ratio: str
    goal: str
    met: bool


def faster(name, ours_s, theirs_s, goal):
    """Seconds; the goal is how many times faster ours must be."""
    ratio = theirs_s / ours_s
    return Row(name, f"{ours_s * 1e3:.2f} ms", f"{theirs_s * 1e3:.1f} ms", f"{ratio:.1f}x", f">= {goal}x faster",
               ratio >= goal)


def fewer(name, ours, theirs, goal, unit):
    """Counts; the goal is how many times fewer ours must be."""
    ratio = theirs / ours
    return Row(name, f"{ours} {unit}", f"{theirs} {unit}", f"{ratio:.1f}x", f">= {goal}x fewer", ratio >= goal)


def at_most(name, ours, theirs, limit, unit, goal):
    """Counts; ours may be at most limit."""
    return Row(name, f"{ours} {unit}", f"{theirs} {unit}", f"{ours / theirs:.2f}" if theirs else "-", goal,
               ours <= limit)
