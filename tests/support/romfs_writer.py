"""Writes ROMFS images, well-formed and not, from docs/format.md alone: nothing here comes from mprom's own code.

Everything is bytes. Records are made from the inside out and may be as wrong as a test wants them:

    image(directory("lib", file("a.py", b"x = 1")), file("main.py", b"import a"))
    image(record(FILE, name("..") + data(b"!")))
"""

import random
import zlib

UNUSED, PADDING, DATA, POINTER, DIRECTORY, FILE = range(6)
IMAGE = 0x14A6B1
INFO, INDEX, SEAL, TIME = 0x6D7001, 0x6D7002, 0x6D7003, 0x6D7004

LABEL, BUILD_TIME, ALIGN, BUILDER, MPY, SEALED = 2, 3, 4, 5, 6, 7


def varuint(value, padding=0):
    """value in groups of 7 bits, most significant first; padding bytes 80 in front."""
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(0x80 | value & 0x7F)
    return b"\x80" * padding + bytes(reversed(groups))


def record(kind, payload):
    return varuint(kind) + varuint(len(payload)) + payload


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode()


def name(text):
    return varuint(len(as_bytes(text))) + as_bytes(text)


def data(contents):
    return record(DATA, contents)


def pointer(size, offset):
    """offset counts from the first byte of the image's payload."""
    return record(POINTER, varuint(size) + varuint(offset))


def file(text, contents=b"", *extra):
    return record(FILE, name(text) + data(as_bytes(contents)) + b"".join(extra))


def directory(text, *records):
    return record(DIRECTORY, name(text) + b"".join(records))


def info(**tags):
    """info(label="x", build_time=1, align=4, builder="y", mpy=b"M...", sealed=True)"""
    numbers = {"build_time": BUILD_TIME, "align": ALIGN}
    texts = {"label": LABEL, "builder": BUILDER, "mpy": MPY}
    payload = b""
    for key, value in tags.items():
        if key == "sealed":
            payload += varuint(SEALED) + varuint(0)
        else:
            encoded = varuint(value) if key in numbers else as_bytes(value)
            payload += varuint((numbers | texts)[key]) + varuint(len(encoded)) + encoded
    return record(INFO, payload)


def image(*records):
    """An image of these records, made even with a padding record."""
    return wrap(b"".join(records))


def wrap(payload):
    for padding in (b"", record(PADDING, b""), record(PADDING, b"\0")):
        whole = record(IMAGE, payload + padding)
        if len(whole) % 2 == 0:
            return whole
    raise ValueError("no padding makes this even")


def sealed_image(*records):
    """The same with an info record that promises a seal, and the seal."""
    payload = info(sealed=True) + b"".join(records)
    for padding in (b"", record(PADDING, b""), record(PADDING, b"\0")):
        body = payload + padding + varuint(SEAL) + varuint(5) + b"\x01"
        head = varuint(IMAGE) + varuint(len(body) + 4)
        if (len(head) + len(body)) % 2 == 0:
            whole = head + body
            return whole + zlib.crc32(whole).to_bytes(4, "little")
    raise ValueError("no padding makes this even")


def filled_image(size, seed=1, make=sealed_image):
    """An image of this many bytes (even), with a file of bytes that look random."""
    contents = random.Random(seed).randbytes(size)
    for less in range(12, 64):
        whole = make(file("data.bin", contents[: size - less]))
        if len(whole) == size:
            return whole
    raise ValueError(f"no image of {size} bytes")
