#!/usr/bin/python3
"""Writes the golden images from their descriptions: valid/NAME.romfs, invalid/NAME.romfs and invalid/faults.txt; with
--check only compares what is there with them.

The descriptions are written by hand from docs/format.md; no image library has a part in them. Each is a list of tokens
with remarks behind '#':

    2F            a byte, hexadecimal
    "text"        its characters
    le32:N        4 bytes, little-endian
    slot:DIR:NAME:OFF  a slot of the index: the hash of NAME in the directory whose record is at DIR, then OFF
    slots:…,…     several slots, sorted
    crc           the CRC-32 of all bytes so far, 4 bytes, little-endian
    N*2F          N times a byte

An invalid image is followed by its faults: which, at which offset, in which entry; all of them, in the order in which
the check meets them.
"""
import pathlib
import re
import sys
import zlib

HERE = pathlib.Path(__file__).resolve().parent


def le32(value):
    return value.to_bytes(4, "little")


def index_hash(dir_off, name):
    state = 0x811C9DC5 ^ dir_off
    for byte in name.encode():
        state = (state ^ byte) * 0x01000193 % 2**32
    return state


def index_slot(text):
    dir_off, name, off = text.split(":")
    return le32(index_hash(int(dir_off), name)) + le32(int(off))


def assemble(description):
    image = b""
    for line in description.splitlines():
        for token in re.findall(r'"[^"]*"|[^\s"]+', line.split("#")[0]):
            if token[0] == '"':
                image += token[1:-1].encode()
            elif token.startswith("le32:"):
                image += le32(int(token[5:], 0))
            elif token.startswith("slot:"):
                image += index_slot(token[5:])
            elif token.startswith("slots:"):
                slots = [index_slot(slot) for slot in token[6:].split(",")]
                image += b"".join(sorted(slots, key=lambda slot: (slot[3::-1], slot[:3:-1])))
            elif token == "crc":
                image += le32(zlib.crc32(image))
            elif "*" in token:
                count, byte = token.split("*")
                image += int(count) * bytes.fromhex(byte)
            else:
                image += bytes.fromhex(token)
    return image


VALID = {}
INVALID = {}


def valid(name, description):
    assert name not in VALID
    VALID[name] = assemble(description)


def invalid(name, description, *faults):
    assert name not in INVALID and faults
    INVALID[name] = assemble(description), faults


# Valid images, also the seeds of the fuzzer.

valid("empty", "D2 CD 31 00")

valid("file", """
    D2 CD 31 08
    05 06 01 "a" 02 02 "hi"
""")

valid("erased-behind", """
    D2 CD 31 08
    05 06 01 "a" 02 02 "hi"
    9*FF                            # the rest of a blank segment
""")

valid("length-padded-by-others", """
    D2 CD 31 80 09                  # MicroPython's own builder makes an image even this way
    05 07 01 "a" 02 03 "odd"
""")

valid("zeros-behind", """
    D2 CD 31 00
    40*00
""")

valid("tree", """
    D2 CD 31 28
    04 20 01 "d"                    # 4: d, 32 bytes
       04 12 01 "e"                 # 8: d/e, 18 bytes
          05 08 04 "leaf" 02 01 "x" # 12: d/e/leaf
          05 04 01 "z" 02 00        # 22: d/e/z, empty
       01 02 00 00                  # 28: padding
       05 04 01 "f" 02 00           # 32: d/f, empty
    04 04 03 E2 82 AC               # 38: a directory without entries; its name is the euro sign
""")

valid("same-names-apart", """
    D2 CD 31 14
    04 08 01 "d"                    # 4
       05 04 01 "a" 02 00           # 8: d/a
    04 08 01 "e"                    # 14
       05 04 01 "a" 02 00           # 18: e/a
""")

valid("name-of-three-dots", "D2 CD 31 08 05 06 03 \"...\" 02 00")

valid("not-sorted", """
    D2 CD 31 18
    05 04 01 "c" 02 00              # 4
    05 04 01 "a" 02 00              # 10
    05 04 01 "d" 02 00              # 16
    05 04 01 "b" 02 00              # 22
""")

valid("pointers", """
    D2 CD 31 1E
    02 04 "DATA"                    # 4: data that files share, at offset 2 of the payload
    05 06 01 "a" 03 02 04 02        # 10: size 4, offset 2
    05 06 01 "b" 03 02 02 03        # 18: "AT", the middle of it
    05 06 01 "c" 03 02 00 1E        # 26: nothing, at the very end of the payload
""")

valid("padded-numbers", """
    D2 CD 31 3A
    80 80 05 80 32                  # 4: a file, 50 bytes
       40*80 01 "n"                 # 9: the name's length in more bytes than the check reads at once
       80 02 80 80 80 80 01 "x"     # 51: its data
    01 01 00                        # 59: padding, for evenness
""")

valid("unknown-kinds", """
    D2 CD 31 14
    83 B5 E1 7F 01 "?"              # 4: 0x6d70ff, of mprom's kinds, but given to nothing
    7F 00                           # 10: 127
    05 0A 01 "a"                    # 12
       83 B5 E0 04 01 07            # 16: file time
       02 00                        # 22
""")

valid("info", """
    D2 CD 31 24
    83 B5 E0 01 1F                  # 4: info, 31 bytes
       02 03 "lab"                  # label
       03 05 86 B8 E9 83 00         # build time
       04 01 10                     # alignment 16
       05 03 "0.1"                  # builder
       06 04 "M" 06 00 1F           # .mpy
       09 03 "new"                  # an unknown tag
""")

valid("info-largest-time", """
    D2 CD 31 14
    83 B5 E0 01 0C                  # 4
       03 0A 81 8*FF 7F             # 2^64 - 1
    01 01 00                        # 21
""")

valid("sealed", """
    D2 CD 31 1C
    83 B5 E0 01 02 07 00            # 4: info: sealed
    05 06 01 "a" 02 02 "hi"         # 11
    01 01 00                        # 19: padding, for evenness
    83 B5 E0 03 05 01 crc           # 22
""")

valid("seal-alone", """
    D2 CD 31 0A
    83 B5 E0 03 05 01 crc
""")

valid("index", """
    D2 CD 31 1C
    05 06 01 "a" 02 02 "hi"         # 4
    83 B5 E0 02 0F 3*00             # 12: index, 15 bytes; its table starts at 20
       slot:0:a:4 le32:12
""")

valid("index-of-nothing", """
    D2 CD 31 0C
    83 B5 E0 02 07 3*00 le32:4      # 4: its table starts at 12 and has no slots
""")

valid("index-without-fill", """
    D2 CD 31 0C
    01 01 00                        # 4
    83 B5 E0 02 04 le32:4           # 7: its table starts at 12
""")

valid("index-and-seal", """
    D2 CD 31 4A
    83 B5 E0 01 02 07 00            # 4: info: sealed
    04 13 01 "d"                    # 11: d, 19 bytes
       05 06 01 "a" 02 02 "hi"      # 15
       05 07 02 "aa" 02 02 "hj"     # 23
    83 B5 E0 02 1F 3*00             # 32: index, 31 bytes; its table starts at 40
       slots:0:d:11,11:a:15,11:aa:23
       le32:28
    83 B5 E0 03 05 01 crc           # 68
""")

valid("image-in-a-file", """
    D2 CD 31 26                     # without index and seal of its own
    05 24 01 "a" 02 20              # 4: a file that is itself an image with an index; its last bytes are the index
       D2 CD 31 1C
       05 06 01 "x" 02 02 "hi"
       83 B5 E0 02 0F 3*00
          slot:0:x:4 le32:12
""")

# The header.

invalid("header-blank", "16*FF", ("HEADER", 0, ""))
invalid("header-zeros", "16*00", ("HEADER", 0, ""))
invalid("header-cut", "D2 CD", ("HEADER", 0, ""))
invalid("header-nothing", "", ("HEADER", 0, ""))
invalid("header-bit", "D2 CD 30 00", ("HEADER", 0, ""))
invalid("header-padded", "80 D2 CD 31 00 00", ("HEADER", 0, ""))

invalid("length-none", "D2 CD 31", ("LENGTH", 3, ""))
invalid("length-cut", "D2 CD 31 81", ("LENGTH", 3, ""))
invalid("length-one-more", "D2 CD 31 03 01 00", ("LENGTH", 3, ""))
invalid("length-2-32", "D2 CD 31 90 80 80 80 00", ("LENGTH", 3, ""))
invalid("length-2-32-less-1", "D2 CD 31 8F FF FF FF 7F 00", ("LENGTH", 3, ""))
invalid("length-2-64", "D2 CD 31 82 80 80 80 80 80 80 80 80 00", ("LENGTH", 3, ""))

invalid("length-padded", """
    D2 CD 31 80 80 10
    83 B5 E0 01 03 02 01 "x"        # 6: info, a label
    05 06 01 "a" 02 02 "hi"
""", ("LENGTH_PADDED", 3, ""))
invalid("length-padded-sealed", """
    D2 CD 31 80 80 0A
    83 B5 E0 03 05 01 crc
""", ("LENGTH_PADDED", 3, ""))
invalid("odd-size", "D2 CD 31 03 01 01 00", ("ODD_SIZE", 0, ""))

# Numbers.

invalid("varuint-kind-cut", "D2 CD 31 02 81 80", ("VARUINT", 4, ""))
invalid("varuint-size-cut", "D2 CD 31 02 01 80", ("VARUINT", 4, ""))
invalid("varuint-size-none", "D2 CD 31 04 01 01 00 01", ("VARUINT", 7, ""))
invalid("varuint-kind-2-32", "D2 CD 31 08 90 80 80 80 01 00 01 00", ("VARUINT", 4, ""))
invalid("varuint-kind-2-36", "D2 CD 31 08 82 80 80 80 80 01 00 00", ("VARUINT", 4, ""))
invalid("varuint-size-2-32", "D2 CD 31 08 01 90 80 80 80 00 01 00", ("VARUINT", 4, ""))
invalid("varuint-name-cut", "D2 CD 31 04 05 02 81 80", ("VARUINT", 4, ""))
invalid("varuint-name-none", "D2 CD 31 04 05 00 04 00", ("VARUINT", 4, ""), ("VARUINT", 6, ""))
invalid("varuint-name-2-32", """
    D2 CD 31 0A
    05 08 90 80 80 80 01 "b" 02 00  # 4: 2^32 + 1
""", ("VARUINT", 4, ""))
invalid("varuint-out-of-directory", """
    D2 CD 31 0A
    04 04 01 "d"                    # 4: d, 4 bytes
       05 80                        # 8: its length would end in the next record
    01 02 00 00                     # 10
""", ("VARUINT", 8, "d"))
invalid("varuint-pointer-none", """
    D2 CD 31 06
    05 04 01 "p" 03 00
""", ("VARUINT", 8, "p"))
invalid("varuint-pointer-half", """
    D2 CD 31 0A
    05 05 01 "p" 03 01 04
    01 01 00
""", ("VARUINT", 8, "p"))
invalid("varuint-pointer-2-32", """
    D2 CD 31 0C
    05 0A 01 "p" 03 06 90 80 80 80 00 00
""", ("VARUINT", 8, "p"))
invalid("varuint-pointer-off-2-32", """
    D2 CD 31 0C
    05 0A 01 "p" 03 06 00 90 80 80 80 00
""", ("VARUINT", 8, "p"))
invalid("varuint-time-cut", """
    D2 CD 31 0C
    05 0A 01 "a"
       83 B5 E0 04 01 80            # 8
       02 00
""", ("VARUINT", 8, "a"))
invalid("varuint-time-none", """
    D2 CD 31 0E
    05 09 01 "a"
       83 B5 E0 04 00               # 8
       02 00
    01 01 00
""", ("VARUINT", 8, "a"))
invalid("varuint-time-early", """
    D2 CD 31 10
    05 0B 01 "a"
       83 B5 E0 04 02 07 07         # 8: ends before its record does
       02 00
    01 01 00
""", ("VARUINT", 8, "a"))

# Bounds of records and names.

invalid("record-out-of-image", "D2 CD 31 02 01 01", ("RECORD_BOUNDS", 4, ""))
invalid("record-2-32-less-1", "D2 CD 31 08 01 8F FF FF FF 7F 01 00", ("RECORD_BOUNDS", 4, ""))
invalid("record-out-of-directory", """
    D2 CD 31 0A
    04 06 01 "d"                    # 4: d, 6 bytes
       05 04 01 "b"                 # 8: what would be its data is behind d
    02 00                           # 12
""", ("RECORD_BOUNDS", 8, "d"))
invalid("record-out-of-file", """
    D2 CD 31 08
    05 04 01 "a" 02 02              # 4: its data record wants two bytes
    01 00                           # 10
""", ("RECORD_BOUNDS", 8, "a"))
invalid("record-by-one-twice", """
    D2 CD 31 0C
    04 04 01 "d" 01 01              # 4: the padding at 8 wants one byte
    04 04 01 "e" 01 01              # 10: and so does that at 14
""", ("RECORD_BOUNDS", 8, "d"), ("RECORD_BOUNDS", 14, "e"))

invalid("unused-kind", "D2 CD 31 02 00 00", ("UNUSED_KIND", 4, ""))
invalid("unused-kind-padded", "D2 CD 31 04 80 00 01 00", ("UNUSED_KIND", 4, ""))
invalid("unused-kind-nested", """
    D2 CD 31 0C
    04 04 01 "d" 00 00              # 4
    05 04 01 "e" 00 00              # 10
""", ("UNUSED_KIND", 8, "d"), ("UNUSED_KIND", 14, "e"))
invalid("unused-kind-behind", """
    D2 CD 31 0A
    05 04 01 "a" 02 00              # 4
    00 00 00 00                     # 10: an image that was erased to zeros from here on
""", ("UNUSED_KIND", 10, ""))

invalid("name-bounds-by-one", "D2 CD 31 06 05 04 04 \"b\" 02 00", ("NAME_BOUNDS", 4, ""))
invalid("name-bounds-directory", "D2 CD 31 04 04 02 02 \"b\"", ("NAME_BOUNDS", 4, ""))
invalid("name-bounds-2-32-less-1", """
    D2 CD 31 0A
    05 08 8F FF FF FF 7F "b" 02 00
""", ("NAME_BOUNDS", 4, ""))
invalid("name-bounds-then-sound", """
    D2 CD 31 0C
    04 02 09 "b"                    # 4
    05 06 01 "c" 02 02 "hi"         # 8
""", ("NAME_BOUNDS", 4, ""))

# Names.

invalid("name-empty", "D2 CD 31 08 05 03 00 02 00 01 01 00", ("NAME", 4, ""))
invalid("name-empty-directory", "D2 CD 31 04 04 01 00 01", ("NAME", 4, ""), ("VARUINT", 7, ""))
invalid("name-dot", "D2 CD 31 06 05 04 01 \".\" 02 00", ("NAME", 4, "."))
invalid("name-dot-dot", "D2 CD 31 0A 05 05 02 \"..\" 02 00 01 01 00", ("NAME", 4, ".."))
invalid("name-dot-dot-directory", """
    D2 CD 31 0C
    04 0A 02 ".."                   # 4
       05 05 03 "x" 00 "y" 02       # 9: a name with NUL, and a data record without a length
    """, ("NAME", 4, ".."), ("NAME", 9, b"../x\0y"), ("VARUINT", 15, b"../x\0y"))
invalid("name-slash", "D2 CD 31 08 05 06 03 \"a/b\" 02 00", ("NAME", 4, "a/b"))
invalid("name-nul", "D2 CD 31 08 05 06 03 \"a\" 00 \"b\" 02 00", ("NAME", 4, b"a\0b"))
invalid("name-utf8-lone", "D2 CD 31 06 05 04 01 80 02 00", ("NAME_UTF8", 4, b"\x80"))
invalid("name-utf8-cut", "D2 CD 31 06 05 04 01 C3 02 00", ("NAME_UTF8", 4, b"\xc3"))
invalid("name-utf8-overlong-2", "D2 CD 31 0A 05 05 02 C0 AF 02 00 01 01 00", ("NAME_UTF8", 4, b"\xc0\xaf"))
invalid("name-utf8-overlong-3", "D2 CD 31 08 05 06 03 E0 9F BF 02 00", ("NAME_UTF8", 4, b"\xe0\x9f\xbf"))
invalid("name-utf8-overlong-4", "D2 CD 31 0C 05 07 04 F0 8F BF BF 02 00 01 01 00", ("NAME_UTF8", 4, b"\xf0\x8f\xbf\xbf"))
invalid("name-utf8-surrogate", "D2 CD 31 08 05 06 03 ED A0 80 02 00", ("NAME_UTF8", 4, b"\xed\xa0\x80"))
invalid("name-utf8-above", "D2 CD 31 0C 05 07 04 F4 90 80 80 02 00 01 01 00", ("NAME_UTF8", 4, b"\xf4\x90\x80\x80"))

invalid("name-twice", """
    D2 CD 31 0C
    05 04 01 "a" 02 00              # 4
    05 04 01 "a" 02 00              # 10
""", ("NAME_TWICE", 10, "a"))
invalid("name-twice-file-and-directory", """
    D2 CD 31 0A
    04 02 01 "a"                    # 4
    05 04 01 "a" 02 00              # 8
""", ("NAME_TWICE", 8, "a"))
invalid("name-twice-not-sorted", """
    D2 CD 31 12
    05 04 01 "b" 02 00              # 4
    05 04 01 "a" 02 00              # 10
    05 04 01 "b" 02 00              # 16
""", ("NAME_TWICE", 16, "b"))
invalid("name-twice-nested", """
    D2 CD 31 10
    04 0E 01 "d"                    # 4
       05 04 01 "a" 02 00           # 8
       05 04 01 "a" 02 00           # 14
""", ("NAME_TWICE", 14, "d/a"))
invalid("name-thrice", """
    D2 CD 31 1E
    05 04 01 "b" 02 00              # 4
    05 04 01 "b" 02 00              # 10: the second
    05 04 01 "a" 02 00              # 16: not sorted from here on
    05 04 01 "b" 02 00              # 22: the third
    05 04 01 "a" 02 00              # 28: the second
""", ("NAME_TWICE", 10, "b"), ("NAME_TWICE", 28, "a"), ("NAME_TWICE", 22, "b"))

# Contents.

invalid("no-data", "D2 CD 31 04 05 02 01 \"a\"", ("NO_DATA", 4, "a"))
invalid("no-data-but-padding", "D2 CD 31 06 05 04 01 \"a\" 01 00", ("NO_DATA", 4, "a"))
invalid("no-data-nested", """
    D2 CD 31 0E
    04 06 01 "d"                    # 4
       05 02 01 "a"                 # 8
    05 04 01 "e" 02 00              # 12
""", ("NO_DATA", 8, "d/a"))

invalid("pointer-size", "D2 CD 31 08 05 06 01 \"p\" 03 02 05 04", ("POINTER", 8, "p"))
invalid("pointer-offset", "D2 CD 31 08 05 06 01 \"p\" 03 02 00 09", ("POINTER", 8, "p"))
invalid("pointer-offset-wraps", "D2 CD 31 0C 05 0A 01 \"p\" 03 06 02 8F FF FF FF 7F", ("POINTER", 8, "p"))
invalid("pointer-size-wraps", "D2 CD 31 0C 05 0A 01 \"p\" 03 06 8F FF FF FF 7F 02", ("POINTER", 8, "p"))
# Behind the contents no reader looks.

valid("pointer-behind-data", """
    D2 CD 31 0A
    05 08 01 "p"                    # 4
       02 00                        # 8: what counts
       03 02 00 0B                  # 10
""")
invalid("skipped-zeros-behind-data", """
    D2 CD 31 0C
    05 0A 01 "p"                    # 4: as a tool leaves it that rounds the sizes of records up
       02 02 "hi"                   # 8
       00 00 00 00                  # 12
""", ("SKIPPED", 12, "p"))
invalid("skipped-half-a-record-behind-data", """
    D2 CD 31 08
    05 06 01 "p" 02 00 01 7F        # 4: the padding at 10 wants 127 bytes
""", ("SKIPPED", 10, "p"))

# Records out of place.

invalid("misplaced-image", "D2 CD 31 04 D2 CD 31 00", ("SKIPPED", 4, ""))
invalid("misplaced-pointer", "D2 CD 31 04 03 02 00 00", ("SKIPPED", 4, ""))
invalid("misplaced-time", "D2 CD 31 06 83 B5 E0 04 01 07", ("SKIPPED", 4, ""))
invalid("misplaced-info", "D2 CD 31 08 01 01 00 83 B5 E0 01 00", ("MISPLACED", 7, ""))
invalid("misplaced-info-in-directory", """
    D2 CD 31 0C
    04 07 01 "d" 83 B5 E0 01 00
    01 01 00
""", ("MISPLACED", 8, "d"))
invalid("misplaced-in-file", """
    D2 CD 31 2C
    05 2A 01 "a"                    # 4
       04 02 01 "b"                 # 8
       05 02 01 "b"                 # 12
       D2 CD 31 00                  # 16
       83 B5 E0 01 00               # 20
       83 B5 E0 02 00               # 25
       83 B5 E0 03 05 01 00 00 00 00 # 30
       02 06 83 B5 E0 03 05 01      # 40: data may look like anything
""", *[("SKIPPED", off, "a") for off in (8, 12, 16)], *[("MISPLACED", off, "a") for off in (20, 25, 30)])
invalid("misplaced-seal", "D2 CD 31 0C 83 B5 E0 03 05 01 crc 01 00", ("MISPLACED", 4, ""))
invalid("misplaced-second-seal", """
    D2 CD 31 14
    83 B5 E0 03 05 01 crc           # 4
    83 B5 E0 03 05 01 crc           # 14
""", ("MISPLACED", 4, ""))
invalid("misplaced-index", """
    D2 CD 31 12
    83 B5 E0 02 07 3*00 le32:4      # 4
    05 04 01 "a" 02 00              # 16
""", ("MISPLACED", 4, ""))
invalid("misplaced-second-index", """
    D2 CD 31 18
    83 B5 E0 02 07 3*00 le32:4      # 4
    83 B5 E0 02 07 3*00 le32:4      # 16
""", ("MISPLACED", 4, ""))
invalid("misplaced-index-in-directory", """
    D2 CD 31 0C
    04 0A 01 "d" 83 B5 E0 02 03 00 00 00
""", ("MISPLACED", 8, "d"))

invalid("depth", """
    D2 CD 31 24                     # nine directories in each other; the test gives the check eight levels
    04 22 01 "a" 04 1E 01 "a" 04 1A 01 "a" 04 16 01 "a" 04 12 01 "a" 04 0E 01 "a" 04 0A 01 "a" 04 06 01 "a"
    04 02 01 "a"                    # 36
""", ("DEPTH", 36, "a/a/a/a/a/a/a/a/a"))

# The info record.

invalid("info-tag-cut", "D2 CD 31 06 83 B5 E0 01 01 82", ("INFO", 4, ""))
invalid("info-size-none", "D2 CD 31 06 83 B5 E0 01 01 02", ("INFO", 4, ""))
invalid("info-size-cut", "D2 CD 31 0A 83 B5 E0 01 02 02 80 01 01 00", ("INFO", 4, ""))
invalid("info-value-bounds", "D2 CD 31 08 83 B5 E0 01 03 02 02 \"x\"", ("INFO", 4, ""))
invalid("info-label-utf8", "D2 CD 31 08 83 B5 E0 01 03 02 01 FF", ("INFO", 4, ""))
invalid("info-label-utf8-cut", "D2 CD 31 08 83 B5 E0 01 03 02 01 C3", ("INFO", 4, ""))
invalid("info-builder-utf8", "D2 CD 31 08 83 B5 E0 01 03 05 01 80", ("INFO", 4, ""))
invalid("info-time-none", "D2 CD 31 0A 83 B5 E0 01 02 03 00 01 01 00", ("INFO", 4, ""))
invalid("info-time-early", "D2 CD 31 0C 83 B5 E0 01 04 03 02 01 01 01 01 00", ("INFO", 4, ""))
invalid("info-time-2-64", """
    D2 CD 31 14
    83 B5 E0 01 0C 03 0A 82 8*80 00
    01 01 00
""", ("INFO", 4, ""))
invalid("info-align-0", "D2 CD 31 08 83 B5 E0 01 03 04 01 00", ("INFO", 4, ""))
invalid("info-align-3", "D2 CD 31 08 83 B5 E0 01 03 04 01 03", ("INFO", 4, ""))
invalid("info-align-2-32", "D2 CD 31 0C 83 B5 E0 01 07 04 05 90 80 80 80 00", ("INFO", 4, ""))
invalid("info-mpy-short", "D2 CD 31 0A 83 B5 E0 01 05 06 03 \"M\" 06 00", ("INFO", 4, ""))
invalid("info-mpy-long", "D2 CD 31 0C 83 B5 E0 01 07 06 05 \"M\" 06 00 1F 00", ("INFO", 4, ""))
invalid("info-sealed-value", "D2 CD 31 08 83 B5 E0 01 03 07 01 00", ("INFO", 4, ""), ("SEAL_MISSING", 0, ""))
invalid("info-tag-twice", """
    D2 CD 31 0E
    83 B5 E0 01 06 02 01 "x" 02 01 "y"
    01 01 00
""", ("INFO", 4, ""))

# The index.

invalid("index-footer-large", """
    D2 CD 31 1C
    05 06 01 "a" 02 02 "hi"         # 4
    83 B5 E0 02 0F 3*00 slot:0:a:4 le32:20
""", ("INDEX", 12, ""))
invalid("index-footer-small", """
    D2 CD 31 1C
    05 06 01 "a" 02 02 "hi"
    83 B5 E0 02 0F 3*00 slot:0:a:4 le32:4
""", ("INDEX", 12, ""))
invalid("index-footer-uneven", """
    D2 CD 31 1C
    05 06 01 "a" 02 02 "hi"
    83 B5 E0 02 0F 3*00 slot:0:a:4 le32:14
""", ("INDEX", 12, ""))
invalid("index-footer-huge", """
    D2 CD 31 1C
    05 06 01 "a" 02 02 "hi"
    83 B5 E0 02 0F 3*00 slot:0:a:4 le32:0xfffffffc
""", ("INDEX", 12, ""))
invalid("index-not-aligned", """
    D2 CD 31 1A
    05 06 01 "a" 02 02 "hi"
    83 B5 E0 02 0D 00 slot:0:a:4 le32:12 # 12: the table starts at 18
""", ("INDEX", 12, ""))
invalid("index-fill", """
    D2 CD 31 1C
    05 06 01 "a" 02 02 "hi"
    83 B5 E0 02 0F 00 01 00 slot:0:a:4 le32:12
""", ("INDEX", 12, ""))
invalid("index-fill-first", """
    D2 CD 31 1C
    05 06 01 "a" 02 02 "hi"
    83 B5 E0 02 0F 01 00 00 slot:0:a:4 le32:12
""", ("INDEX", 12, ""))
invalid("index-fill-long", """
    D2 CD 31 20
    05 06 01 "a" 02 02 "hi"
    83 B5 E0 02 13 7*00 slot:0:a:4 le32:12
""", ("INDEX", 12, ""))
invalid("index-short", """
    D2 CD 31 10
    05 06 01 "a" 02 02 "hi"
    83 B5 E0 02 03 3*00
""", ("INDEX", 12, ""))
invalid("index-hash", """
    D2 CD 31 1C
    05 06 01 "a" 02 02 "hi"
    83 B5 E0 02 0F 3*00 slot:0:b:4 le32:12
""", ("INDEX", 4, "a"))
invalid("index-offset", """
    D2 CD 31 1C
    05 06 01 "a" 02 02 "hi"
    83 B5 E0 02 0F 3*00 slot:0:a:5 le32:12
""", ("INDEX", 4, "a"))
invalid("index-parent", """
    D2 CD 31 28
    04 08 01 "d"                    # 4
       05 04 01 "a" 02 00           # 8
    01 00
    83 B5 E0 02 17 3*00             # 16
       slots:0:d:4,0:a:8            # a is in d, not in the root
       le32:20
""", ("INDEX", 8, "d/a"))
invalid("index-lacks-one", """
    D2 CD 31 20
    05 04 01 "a" 02 00              # 4
    05 04 01 "b" 02 00              # 10
    83 B5 E0 02 0F 3*00 slot:0:b:10 le32:12 # 16
""", ("INDEX", 4, "a"), ("INDEX", 16, ""))
invalid("index-one-too-many", """
    D2 CD 31 24
    05 06 01 "a" 02 02 "hi"
    83 B5 E0 02 17 3*00 slots:0:a:4,0:b:4 le32:20
""", ("INDEX", 12, ""))
invalid("index-slot-twice", """
    D2 CD 31 24
    05 06 01 "a" 02 02 "hi"
    83 B5 E0 02 17 3*00 slot:0:a:4 slot:0:a:4 le32:20
""", ("INDEX", 12, ""))
invalid("index-slot-twice-for-two", """
    D2 CD 31 28
    05 04 01 "a" 02 00              # 4
    05 04 01 "b" 02 00              # 10
    83 B5 E0 02 17 3*00 slot:0:b:10 slot:0:b:10 le32:20 # 16
""", ("INDEX", 16, ""))
invalid("index-not-sorted", """
    D2 CD 31 28
    05 04 01 "a" 02 00              # 4
    05 04 01 "b" 02 00              # 10
    83 B5 E0 02 17 3*00 slot:0:b:10 slot:0:a:4 le32:20 # 16: the hash of a is the lesser
""", ("INDEX", 16, ""))

# The seal, and what follows the image.

invalid("seal-missing", "D2 CD 31 0A 83 B5 E0 01 02 07 00 01 01 00", ("SEAL_MISSING", 0, ""))
invalid("seal-cut-off", """
    D2 CD 31 12                     # the image's length leaves out the seal, which follows
    83 B5 E0 01 02 07 00
    05 06 01 "a" 02 02 "hi"
    01 01 00
    83 B5 E0 03 05 01 crc           # 22
""", ("SEAL_MISSING", 0, ""), ("TRAILING", 22, ""))
invalid("seal-value", """
    D2 CD 31 12
    05 06 01 "a" 02 02 "hi"
    83 B5 E0 03 05 01 le32:0x12345678
""", ("SEAL", 12, ""))
invalid("seal-algorithm", """
    D2 CD 31 12
    05 06 01 "a" 02 02 "hi"
    83 B5 E0 03 05 02 crc
""", ("SEAL", 12, ""))
invalid("seal-long", """
    D2 CD 31 14
    05 07 01 "a" 02 03 "hi!"
    83 B5 E0 03 06 01 crc 00        # 13
""", ("SEAL", 13, ""))
invalid("seal-short", """
    D2 CD 31 12
    05 07 01 "a" 02 03 "hi!"
    83 B5 E0 03 04 crc              # 13
""", ("SEAL", 13, ""))
invalid("seal-padded", """
    D2 CD 31 14
    05 07 01 "a" 02 03 "hi!"
    83 B5 E0 03 80 05 01 crc        # 13
""", ("SEAL", 13, ""))

invalid("trailing", "D2 CD 31 00 01", ("TRAILING", 4, ""))
invalid("trailing-mixed", "D2 CD 31 00 00 FF", ("TRAILING", 5, ""))
invalid("trailing-late", "D2 CD 31 00 100*FF 7F", ("TRAILING", 104, ""))
invalid("trailing-image", "D2 CD 31 00 D2 CD 31 00", ("TRAILING", 4, ""))

# Several faults: the check goes on behind each.

invalid("several", """
    D2 CD 31 32
    04 0C 01 "d"                    # 4: d, 12 bytes
       05 02 01 "a"                 # 8: no data
       05 02 09 "b"                 # 12: name out of bounds
       00 00                        # 16: the rest of d is lost
    04 06 01 "d"                    # 18: the same name again
       03 02 00 00                  # 22: a pointer in a directory
    05 06 01 "p" 03 02 7F 00        # 26: out of the payload
    05 04 01 "." 02 00              # 34: a name that does not work
    83 B5 E0 03 05 01 00 00 00 00   # 40: a seal in the middle
    05 02 01 "q"                    # 50: no data
""",
        ("NAME_TWICE", 18, "d"), ("NO_DATA", 8, "d/a"), ("NAME_BOUNDS", 12, "d"), ("UNUSED_KIND", 16, "d"),
        ("SKIPPED", 22, "d"), ("POINTER", 30, "p"), ("NAME", 34, "."), ("MISPLACED", 40, ""), ("NO_DATA", 50, "q"))


def all_files():
    """Path and content of each file."""
    for name, image in VALID.items():
        yield HERE / "valid" / f"{name}.romfs", image
    lines = ["# image, fault, offset, path in hexadecimal or -; written by make_golden.py"]
    for name, (image, faults) in INVALID.items():
        yield HERE / "invalid" / f"{name}.romfs", image
        for fault, off, path in faults:
            path = path if isinstance(path, bytes) else path.encode()
            lines.append(f"{name} {fault} {off} {path.hex() or '-'}")
    yield HERE / "invalid" / "faults.txt", ("\n".join(lines) + "\n").encode()


def main():
    files = dict(all_files())
    if sys.argv[1:] == ["--check"]:
        there = {path for path in HERE.glob("*valid/*")}
        wrong = [path for path in there | set(files) if path not in files or path not in there
                 or path.read_bytes() != files[path]]
        if wrong:
            sys.exit("make_golden: not as described: " + ", ".join(sorted(path.name for path in wrong)))
        return
    for path, content in files.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


main()
