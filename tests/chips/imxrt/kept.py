"""No segment of an i.MX RT board holds what others need: boot header, program, loader, Teensy's blocks, the second core's image.

A board whose segment overlaps one of its areas does not compile.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

from programs import SOURCE

BOARDS = SOURCE / "chips" / "imxrt" / "boards"
# From chips/imxrt/facts.md, not from the boards: what each may never hold.
HEADER = (0, 0x2000)
TEENSY40, TEENSY41 = (0x1F0000, 0x200000), (0x7C0000, 0x800000)
SECOND_CORE = (0x1C0000, 0x200000)
AREAS = {
    "MIMXRT1060_EVK": [HEADER],
    "MIMXRT1064_EVK": [HEADER],
    "MIMXRT1170_EVK": [HEADER, SECOND_CORE],
    "MIMXRT1170_EVKB": [HEADER, SECOND_CORE],
    "OPENMV_RT1060": [(0, 0x40000), (0x40000, 0x800000)],
    "SEEED_ARCH_MIX": [HEADER],
    "TEENSY40": [HEADER, TEENSY40],
    "TEENSY41": [HEADER, TEENSY41],
}
SEGMENT = re.compile(r"SEGMENT_OFF = (\w+),\n *SEGMENT_SIZE = (\w+),")


def compiles(text):
    """Whether the board compiles, and what the compiler says."""
    with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
        path = pathlib.Path(folder) / "board.c"
        path.write_text(text)
        done = subprocess.run(["cc", "-std=c11", "-fsyntax-only", f"-I{SOURCE}", path], capture_output=True, text=True, check=False)
        return done.returncode == 0, done.stderr


def with_segment(text, off, size):
    return SEGMENT.sub(f"SEGMENT_OFF = 0x{off:x},\n    SEGMENT_SIZE = 0x{size:x},", text)


def check(name):
    text = (BOARDS / name / "board.c").read_text()
    off, size = (int(number, 0) for number in SEGMENT.search(text).groups())
    if not compiles(text)[0]:
        yield f"{name} does not compile"
    for start, end in AREAS[name]:
        if off < end and off + size > start:
            yield f"{name}: the segment at 0x{off:x} overlaps 0x{start:x} to 0x{end:x}"
        # A block of 4 KiB at its start and at its end, and one larger segment around it.
        for planted in ((start, 0x1000), (end - 0x1000, 0x1000), (max(start - 0x1000, 0), end - start + 0x1000)):
            ok, said = compiles(with_segment(text, *planted))
            if ok or "the segment overlaps" not in said:
                yield f"{name}: a segment of 0x{planted[1]:x} bytes at 0x{planted[0]:x} is not refused: {said}"


def main():
    names = {path.name for path in BOARDS.iterdir()}
    wrong = [f"the boards are {sorted(names)}, this test knows {sorted(AREAS)}"] if names != set(AREAS) else []
    for name in sorted(names & set(AREAS)):
        wrong += check(name)
    print("\n".join(wrong) or f"{len(names)} boards keep what others need")
    return 1 if wrong else 0


sys.exit(main())
