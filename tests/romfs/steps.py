"""Reading n bytes takes a number of steps in proportion to n, whatever the bytes say.

Images that are made to be slow, each in two sizes: callgrind counts the instructions that it takes to open one, look
a name up and walk it. Four times the bytes may take little more than four times the instructions.
"""

import pathlib
import re
import sys
import tempfile

import romfs_writer as w
from programs import BUILD, run

SMALL = 20_000
FACTOR = 4
INSTRUCTIONS_PER_BYTE = 200


def nested(size):
    """Directories in one another, as deep as they go."""
    image = b""
    while len(image) < size:
        image = w.directory("a", image)
    return w.image(image)


def indexed(size, records, key):
    """An index with a slot for each record, and the hashes that key gives."""
    count = len(records)
    offset = 8
    slots = []
    for number, entry in enumerate(records):
        slots.append(key(number).to_bytes(4, "little") + offset.to_bytes(4, "little"))
        offset += len(entry)
    payload = b"".join(records)
    table = b"".join(slots) + (8 * count + 4).to_bytes(4, "little")
    head = w.varuint(w.IMAGE)
    for gap in range(4):
        body = payload + w.record(w.INDEX, b"\0" * gap + table)
        whole = head + w.varuint(len(body), 5 - len(w.varuint(len(body)))) + body
        if len(whole) % 4 == 0:
            return whole
    raise ValueError("no gap aligns this index")


def fnv1a(text):
    """The hash of a name in the root directory."""
    state = 0x811C9DC5
    for byte in text.encode():
        state = (state ^ byte) * 0x01000193 % 2**32
    return state


def blob_with_pointers(size):
    """A data record of half the size, and as many files that point to all of it."""
    blob = size // 2
    entry = w.record(w.FILE, w.name("p") + w.pointer(blob, 0))
    return w.image(w.data(b"\0" * blob), *[entry] * (size // 2 // len(entry)))


# Name: (image of about so many bytes, path to look up)
IMAGES = {
    "directories of one name": (lambda size: w.image(*[w.directory("a")] * (size // 5)), "b"),
    "records that nobody knows": (lambda size: w.image(b"\x07\x00" * (size // 2)), "b"),
    "padding": (lambda size: w.image(w.record(w.PADDING, b"") * (size // 2)), "b"),
    "one number": (lambda size: w.image(b"\x80" * size + b"\x01\x00"), "b"),
    "a directory in a directory in a directory": (nested, "a/" * 2000 + "b"),
    "files without contents": (lambda size: w.image(w.record(w.FILE, w.name("f") + b"\x01\x00" * (size // 2))), "f"),
    "a file with many records and files behind it": (
        lambda size: w.image(w.record(w.FILE, w.name("f") + b"\x01\x00" * (size // 4)), *[w.file("g")] * (size // 24)),
        "h"),
    "files that share their contents": (blob_with_pointers, "q"),
    "an index of equal hashes": (
        lambda size: indexed(size, [w.file("n%05d" % i) for i in range(size // 20)], lambda number: fnv1a("n")), "n"),
    "an index in falling order": (
        lambda size: indexed(size, [w.file("n%05d" % i) for i in range(size // 20)], lambda number: 0xFFFFFF - number),
        "n"),
}


def count_instructions(image, path, folder):
    file = folder / "image.romfs"
    file.write_bytes(image)
    done = run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=read_image*",
               BUILD / "tests" / "romfs_steps", file, path)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1)), done.stdout.strip()


def main():
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        for kind, (make, path) in IMAGES.items():
            small, large = make(SMALL), make(SMALL * FACTOR)
            few, what = count_instructions(small, path, pathlib.Path(name))
            many, _ = count_instructions(large, path, pathlib.Path(name))
            growth = (many / few) / (len(large) / len(small))
            print(f"steps: {kind}: {len(small)} bytes ({what}): {few / len(small):.1f} instructions a byte, "
                  f"{len(large)} bytes: {many / len(large):.1f}")
            if growth > 1.25 or many > INSTRUCTIONS_PER_BYTE * len(large):
                print(f"steps: {kind}: the work grows faster than the image", file=sys.stderr)
                wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
