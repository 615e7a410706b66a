"""Segments, slots and trailers that earlier firmware wrote are read by this one (tests/golden/firmware-1/README.md)."""

import gzip
import os
import pathlib
import tempfile
import unittest

from board import Board

GOLDEN = pathlib.Path(os.environ["MPROM_SOURCE_DIR"]) / "tests/golden/firmware-1"
MEMORY = "python"  # its line says how much memory is free


def lines(text):
    """What a description says, without what differs from run to run: free memory, and words that were added later."""
    found = {}
    for line in text.replace("\r", "").split("\n"):
        if line.startswith("mprom:7 "):
            words = line.split(" ")[1:]
            key = tuple(words[:2]) if words[0] in ("segment", "head", "seal", "slot") else words[0]
            found[key] = [] if words[0] == MEMORY else words
    return found


class GoldenFirmware(unittest.TestCase):
    def describe(self, name):
        with tempfile.TemporaryDirectory() as state:
            (pathlib.Path(state) / "flash").write_bytes(gzip.decompress((GOLDEN / f"flash-{name}.gz").read_bytes()))
            with Board("--segment-size", "64K", state=state) as board, board.raw() as console:
                return lines(console.exec("import romfs\nromfs.describe(7)\n"))

    def test_every_dump(self):
        """Images and seals are found, and the slot that was started from is started from."""
        for path in sorted(GOLDEN.glob("describe-*.txt")):
            name = path.stem.removeprefix("describe-")
            with self.subTest(name):
                then, now = lines(path.read_text()), self.describe(name)
                for key, words in then.items():
                    if key in ("link", MEMORY):
                        continue
                    if key[0] != "slot":
                        self.assertEqual(now[key], words)
                        continue
                    self.assertEqual(now[key][:3], words[:3])
                    self.assertEqual(now[key][4], words[4])
                    for word in ("confirmed", "rejected"):
                        self.assertEqual(word in " ".join(now[key]), word in " ".join(words), now[key])

    def test_which_slot_is_started(self):
        for name, chosen in (("confirmed", 0), ("both", 1), ("rejected", 0)):
            with self.subTest(name):
                self.assertEqual(self.describe(name)["slot", str(chosen)][3], "1")


if __name__ == "__main__":
    unittest.main()
