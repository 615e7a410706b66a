"""Damaged and hostile images: whatever the bytes are, no subcommand crashes, hangs or steers the terminal.

    damage.py [SEED]

The seed of a run is printed; given back, it makes the same images.
"""

import random
import sys
import unittest

import command
from romfs_writer import DATA, FILE, directory, file, image, info, name, pointer, record, sealed_image

SEED = int(sys.argv.pop()) if len(sys.argv) > 1 and sys.argv[-1].isdigit() else random.randrange(1 << 32)
IMAGES = 60
COMMANDS = [
    ["ls", "-lR", "IMAGE"],
    ["ls", "-R", "--json", "IMAGE"],
    ["tree", "IMAGE"],
    ["info", "IMAGE"],
    ["check", "IMAGE"],
    ["check", "--json", "IMAGE"],
    ["cat", "IMAGE", "lib/y", "z", "p"],
    ["diff", "whole.romfs", "IMAGE"],
    ["extract", "IMAGE", "-C", "out", "--force"],
]
WHOLE = [
    image(
        directory("lib", directory("deep", file("x", b"abc")), file("y", b"d" * 200)),
        file("z"),
        record(DATA, b"shared"),
        record(FILE, name("p") + pointer(3, 200)),
    ),
    sealed_image(info(label="label"), directory("a", file("b", b"c" * 50)), file("q", b"1")),
]


def damage(source, whole):
    """A copy with a few bytes changed, flipped, dropped or put in."""
    bad = bytearray(whole)
    for _ in range(source.choice([1, 1, 2, 5])):
        at = source.randrange(len(bad))
        kind = source.randrange(4)
        if kind == 0:
            bad[at] = source.randrange(256)
        elif kind == 1:
            bad[at] ^= 1 << source.randrange(8)
        elif kind == 2 and len(bad) > 8:
            del bad[at : at + source.randrange(4)]
        else:
            bad[at:at] = bytes(source.choice(b"\x80\xff\x05\x04\x00\x1b") for _ in range(source.randrange(4)))
    return bytes(bad)


class Damage(command.CommandTest):
    def test_damaged_images(self):
        source = random.Random(SEED)
        self.write("whole.romfs", WHOLE[0])
        verdicts = set()
        for number in range(IMAGES):
            self.write("IMAGE", damage(source, source.choice(WHOLE)))
            for args in COMMANDS:
                with self.subTest(seed=SEED, image=number, args=args):
                    verdicts.add((args[0], self.run_one(args)))
        # The damage is such that each command met images that it could read and images that it could not.
        self.assertLessEqual({("check", 0), ("check", 1), ("extract", 0), ("extract", 1), ("cat", 0), ("ls", 0)}, verdicts)

    def run_one(self, args):
        done = self.mprom(*args, status=None, timeout=20)
        self.assertIn(done.returncode, (0, 1, 2), done.stderr)
        shown = done.stderr if args[0] == "cat" else done.stdout + done.stderr
        self.assertFalse(set(shown) & (set(range(32)) - {10}), shown)
        return done.returncode


if __name__ == "__main__":
    print("seed", SEED)
    unittest.main()
