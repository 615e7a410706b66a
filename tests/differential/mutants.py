"""Images to compare readers with: a small random tree, changed in its records, written, then damaged in its bytes.

make(seed, case) gives always the same image for the same numbers, and the changes that made it. Images are written from
docs/format.md with tests/support/romfs_writer.py; mprom's library has no part in them.
"""
import random
import zlib

from romfs_writer import (DATA, DIRECTORY, FILE, IMAGE, INDEX, INFO, PADDING, POINTER, SEAL, TIME, UNUSED, info,
                          varuint)

NAMES = [b"a", b"b", b"ab", b"lib", b"main.py", b"x.mpy", b"data.bin", b"d", b"e", "ä".encode(), b"boot.py", b"__init__.py"]
ODD_NAMES = [b"", b".", b"..", b"a/b", b"/", b"a\0b", b"\0", b"\xff", b"\xc3", b"a" * 200, b"d/e", b" "]
KINDS = [UNUSED, PADDING, DATA, POINTER, DIRECTORY, FILE, IMAGE, INFO, INDEX, SEAL, TIME, 6, 0x7F, 0x6D70FF, 2**31]
SIZES = [0, 1, 2, 127, 128, 2**14, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**32 + 5, 2**36, 2**63, 2**64 - 1, 2**64]
BYTES = [0, 1, 2, 3, 4, 5, 0x2F, 0x7F, 0x80, 0x81, 0x8F, 0x90, 0xFF]
TRUNCATED_SIZE_MIN = 3


class Record:
    """A record before it is written. Directories and files have a name; what is nested stands in `nested`."""

    def __init__(self, kind, payload=b"", name=None, nested=()):
        self.kind, self.payload, self.name, self.nested = kind, payload, name, list(nested)
        self.padding = [0, 0, 0]  # bytes 80 in front of kind, length and length of the name

    def write(self):
        body = self.payload
        if self.name is not None:
            body = varuint(len(self.name), self.padding[2]) + self.name
            body += b"".join(record.write() for record in self.nested)
        return varuint(self.kind, self.padding[0]) + varuint(len(body), self.padding[1]) + body

    def copy(self):
        twin = Record(self.kind, self.payload, self.name, (record.copy() for record in self.nested))
        twin.padding = list(self.padding)
        return twin


# Trees.


def random_contents(rng):
    size = rng.choice((0, 1, 2, 5, 9, 20, 60, 126, 127, 128, 150))
    return rng.randbytes(size)


def random_file(rng, name, shared):
    """shared: (size, offset in the payload) of data that a pointer may lead to."""
    nested = []
    if rng.random() < 0.15:
        nested.append(Record(TIME, varuint(rng.randrange(2**33))))
    if rng.random() < 0.2:
        nested.append(Record(PADDING, bytes(rng.randrange(6))))
    if shared and rng.random() < 0.5:
        nested.append(Record(POINTER, varuint(shared[0]) + varuint(shared[1])))
    else:
        nested.append(Record(DATA, random_contents(rng)))
    return Record(FILE, name=name, nested=nested)


def random_directory(rng, depth, shared):
    """The records of a directory, sorted by name."""
    records = []
    for name in sorted(rng.sample(NAMES, rng.randrange(1, 5))):
        if depth < 3 and rng.random() < 0.35:
            records.append(Record(DIRECTORY, name=name, nested=random_directory(rng, depth + 1, shared)))
        else:
            records.append(random_file(rng, name, shared))
    return records


def every_list(records):
    """The list itself and the lists of records of all that is nested in it."""
    lists = [records]
    for one in lists:
        lists += [record.nested for record in one if record.name is not None]
    return lists


# Changes to records: the image stays one whose lengths agree.


def pick(rng, lists):
    """A list that is not empty, and an index in it."""
    one = rng.choice([records for records in lists if records])
    return one, rng.randrange(len(one))


def swap(rng, lists):
    one, i = pick(rng, lists)
    j = rng.randrange(len(one))
    one[i], one[j] = one[j], one[i]


def duplicate(rng, lists):
    one, i = pick(rng, lists)
    one.insert(rng.randrange(len(one) + 1), one[i].copy())


def remove(rng, lists):
    one, i = pick(rng, lists)
    del one[i]


def rename(rng, lists):
    named = [record for one in lists for record in one if record.name is not None]
    if named:
        rng.choice(named).name = rng.choice(NAMES if rng.random() < 0.6 else ODD_NAMES)


def insert(rng, lists):
    kind = rng.choice(KINDS)
    one = rng.choice(lists)
    made = Record(kind, rng.randbytes(rng.randrange(12)))
    if kind in (DIRECTORY, FILE):
        made = Record(kind, name=rng.choice(NAMES), nested=[Record(DATA, b"new")])
    one.insert(rng.randrange(len(one) + 1), made)


def rewrite(rng, lists):
    data = [record for one in lists for record in one if record.kind == DATA]
    if data:
        rng.choice(data).payload = random_contents(rng)


def change_kind(rng, lists):
    one, i = pick(rng, lists)
    one[i].kind = rng.choice(KINDS)


def pad(rng, lists):
    one, i = pick(rng, lists)
    one[i].padding[rng.randrange(3)] = rng.choice((1, 2, 5, 9))


def move(rng, lists):
    one, i = pick(rng, lists)
    taken = one.pop(i)
    target = rng.choice([other for other in lists if not any(other is inner for inner in every_list(taken.nested))])
    target.insert(rng.randrange(len(target) + 1), taken)


def point(rng, lists):
    pointers = [record for one in lists for record in one if record.kind in (POINTER, DATA)]
    if pointers:
        made = rng.choice(pointers)
        made.kind = POINTER
        small = rng.random() < 0.7
        size, off = (rng.randrange(60) if small else rng.choice(SIZES) for _ in range(2))
        made.payload = varuint(size) + varuint(off)


RECORD_CHANGES = [swap, duplicate, remove, rename, insert, rewrite, change_kind, pad, move, point, rewrite, swap, rename]


# Writing.


def index_slots(payload, header_size):
    """The slots of a payload whose lengths agree."""
    slots = []
    dirs = [(0, len(payload), 0)]
    while dirs:
        at, end, dir_off = dirs.pop()
        while at < end:
            start = at
            kind, at = take(payload, at)
            size, at = take(payload, at)
            following = at + size
            if kind in (DIRECTORY, FILE) and size > 0:
                name_size, at = take(payload, at)
                state = 0x811C9DC5 ^ dir_off
                for byte in payload[at:at + name_size]:
                    state = (state ^ byte) * 0x01000193 % 2**32
                slots.append((state, start + header_size))
                if kind == DIRECTORY:
                    dirs.append((at + name_size, following, start + header_size))
            at = following
    return b"".join(part.to_bytes(4, "little") for slot in sorted(slots) for part in slot)


def take(payload, at):
    value = 0
    while payload[at] & 0x80:
        value = value << 7 | payload[at] & 0x7F
        at += 1
    return value << 7 | payload[at], at + 1


def finish(payload, with_index, with_seal):
    """The whole image; what it takes to make its size even is padding before the index."""
    for header_size in (4, 5, 6):
        tail = b""
        if with_index:
            slots = index_slots(payload, header_size)
            slots += (len(slots) + 4).to_bytes(4, "little")
            fill = next(n for n in range(5) if (header_size + len(payload) + 4 +
                                                len(varuint(len(slots) + n)) + n) % 4 == 0)
            tail = varuint(INDEX) + varuint(len(slots) + fill) + bytes(fill) + slots
        elif (header_size + len(payload)) % 2:
            tail = b"\x01\x01\0"
        seal = varuint(SEAL) + b"\x05\x01" if with_seal else b""
        whole = payload + tail + seal
        image = varuint(IMAGE) + varuint(len(whole) + (4 if with_seal else 0)) + whole
        if len(image) - len(whole) == header_size:
            return image + (zlib.crc32(image).to_bytes(4, "little") if with_seal else b"")
    # Just where a header grows by a byte, neither header may fit: a larger payload is away from there.
    return finish(payload + b"\x01\x06" + bytes(6), with_index, with_seal)


# Damage to bytes.


def fields(image):
    """(what, offset, size) of what records are made of. Raises IndexError if the lengths do not agree."""
    found = []
    size, at = take(image, 3)
    found.append(("length", 3, at - 3))
    spans = [(at, len(image), DIRECTORY)]
    while spans:
        at, end, inside = spans.pop()
        while at < end:
            start = at
            kind, at = take(image, at)
            found.append(("kind", start, at - start))
            start = at
            size, at = take(image, at)
            found.append(("length", start, at - start))
            following = at + size
            if following > end:
                raise IndexError("a record runs over the end of what it is in")
            if kind in (DIRECTORY, FILE) and inside == DIRECTORY and 0 < size:
                start = at
                name_size, at = take(image, at)
                if name_size > following - at:
                    raise IndexError("a name runs over the end of its record")
                found.append(("length", start, at - start))
                if name_size:
                    found.append(("name", at, name_size))
                spans.append((at + name_size, following, kind))
            elif size:
                what = {DATA: "data", POINTER: "pointer", INDEX: "index", SEAL: "seal", INFO: "info"}.get(kind, "other")
                found.append((what, at, size))
            at = following
    return found


def splice(image, at, size, new):
    image[at:at + size] = new


def damage_field(rng, image, what):
    places = [field for field in fields(image) if field[0] == what]
    if not places:
        return damage_any(rng, image)
    _, at, size = rng.choice(places)
    if what in ("length", "kind"):
        value, _ = take(image, at)
        if what == "kind":
            value = rng.choice(KINDS)
        elif rng.random() < 0.5:
            value = max(0, value + rng.choice((-2, -1, 1, 2, 8, -8)))
        else:
            value = rng.choice(SIZES) if rng.random() < 0.6 else 2**64 - rng.randrange(1, 60)
        splice(image, at, size, varuint(value))
    else:
        image[at + rng.randrange(size)] = rng.randrange(256) if rng.random() < 0.5 else rng.choice(BYTES)


def damage_any(rng, image):
    image[rng.randrange(len(image))] = rng.choice(BYTES) if rng.random() < 0.5 else rng.randrange(256)


def cut(rng, image):
    del image[rng.randrange(TRUNCATED_SIZE_MIN, len(image)):]


def insert_bytes(rng, image):
    at = rng.randrange(3, len(image))
    splice(image, at, 0, bytes([rng.choice(BYTES)]) * rng.randrange(1, 8))


def remove_bytes(rng, image):
    at = rng.randrange(3, len(image))
    splice(image, at, rng.randrange(1, 8), b"")


def copy_bytes(rng, image):
    size = rng.randrange(1, 16)
    at, other = (rng.randrange(max(1, len(image) - size)) for _ in range(2))
    splice(image, at, size, image[other:other + size])


def swap_bytes(rng, image):
    size = rng.randrange(1, 12)
    if len(image) > 3 * size:
        at = rng.randrange(len(image) - 2 * size)
        other = rng.randrange(at + size, len(image) - size + 1)
        image[at:at + size], image[other:other + size] = image[other:other + size], image[at:at + size]


def append(rng, image):
    image += rng.choice((b"\0" * 6, b"\xff" * 6, b"\x05\x06\x01z\x02\x02hi", rng.randbytes(9)))


FIELDS = ["data", "data", "data", "data", "name", "name", "length", "length", "kind", "pointer", "index", "seal", "info",
          "other"]
ANYWHERE = [damage_any, cut, insert_bytes, remove_bytes, copy_bytes, swap_bytes, append]


def refit(image):
    """Writes the outer length anew, and the seal's value if there is a seal, so that damage gets past both."""
    _, at = take(image, 3)
    payload = bytes(image[at:])
    image[:] = varuint(IMAGE) + varuint(len(payload)) + payload
    if image[-10:-4] == varuint(SEAL) + b"\x05\x01":
        image[-4:] = zlib.crc32(image[:-4]).to_bytes(4, "little")


def is_readable(image):
    """Whether fields() can go through it."""
    try:
        return len(fields(image)) > 0
    except IndexError:
        return False


def damage(rng, image, changes):
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        if rng.random() < 0.7 and is_readable(image):
            what = rng.choice(FIELDS)
            damage_field(rng, image, what)
            changes.append(f"damage {what}")
        elif len(image) > 8:
            how = rng.choice(ANYWHERE)
            how(rng, image)
            changes.append(how.__name__)
    if rng.random() < 0.6 and is_readable(image):
        refit(image)
        changes.append("refit")


def make(seed, case):
    """The image of a case, and the list of what was done to it."""
    rng = random.Random(f"{seed}/{case}")
    shared = rng.random() < 0.4 and rng.randbytes(rng.randrange(1, 40))
    top = []
    with_seal = rng.random() < 0.5
    if rng.random() < 0.5:
        tags = info(label="x", align=4, sealed=with_seal) if with_seal else info(label="x", build_time=7)
        top.append(Record(INFO, tags[5:]))
    if shared:
        top.append(Record(DATA, shared))
    pointer = (len(shared), len(b"".join(record.write() for record in top)) - len(shared)) if shared else None
    tree = top + random_directory(rng, 0, pointer)
    changes = []
    if rng.random() < 0.75:
        for _ in range(rng.choice((1, 1, 2, 3))):
            how = rng.choice(RECORD_CHANGES)
            if tree:
                how(rng, every_list(tree))
                changes.append(how.__name__)
    payload = b"".join(record.write() for record in tree)
    with_index = rng.random() < 0.5
    image = bytearray(finish(payload, with_index and is_readable(bytearray(finish(payload, False, False))), with_seal))
    if not changes or rng.random() < 0.55:
        damage(rng, image, changes)
    return bytes(image), changes
