"""What VfsRom costs, beside MicroPython's own: text on a Cortex-M4, heap for a mount, an open file and an import."""

import pathlib
import re
import tempfile
import unittest

from board import Board
from libraries import sources
from programs import BUILD, MICROPYTHON, MICROPYTHON_DIR, MPY_CROSS, SOURCE, outside_make, run
from romfs_writer import file, image

TEXT_MAX = 2300
BLOCK = 32  # bytes of a block of the collector's, on a PC
OURS = [*sources("MPROM_VFS_ROM_C"), "src/romfs/reader.c", "src/romfs/record.c"]


def module(size):
    """A compiled module of about `size` bytes, of functions and constants."""
    source = "".join(f"def function_{i}(a, b):\n    return a * {i} + b, 'a text that is a constant, number {i}'\n"
                     for i in range(size // 80))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "big.py")
        path.write_text(source)
        run(MPY_CROSS, path)
        return path.with_suffix(".mpy").read_bytes()


class Text(unittest.TestCase):
    def test_text(self):
        """The reader and VfsRom, without index and seal."""
        folder = BUILD / "footprint"
        run("make", "-C", SOURCE / "bench" / "size", f"MICROPYTHON_DIR={MICROPYTHON_DIR}", f"MPROM_SOURCE_DIR={SOURCE}",
            f"BUILD={folder}", f"MPROM_SIZE_SOURCES={' '.join(OURS)}", env=outside_make())
        objects = [(folder / "ours" / source).with_suffix(".o") for source in OURS]
        lines = run("arm-none-eabi-size", *objects).stdout.splitlines()[1:]
        text = sum(int(line.split()[0]) for line in lines)
        print(f"text: {text} bytes of at most {TEXT_MAX}")
        self.assertGreater(text, 1000)
        self.assertLessEqual(text, TEXT_MAX)


class Heap(unittest.TestCase):
    def figures(self, output):
        return [int(number) for number in re.search(r"heap (\d+) (\d+) (\d+)", output).groups()]

    def test_heap(self):
        made = image(file("data.bin", "x" * 1000), file("big.mpy", module(30000)))
        self.assertGreater(len(made), 30000)
        probe = (SOURCE / "tests" / "micropython" / "on_board" / "heap.py").read_text()
        with tempfile.TemporaryDirectory() as folder:
            script = pathlib.Path(folder, "probe.py")
            script.write_text(f"image = {made!r}\n{probe}")
            theirs = self.figures(run(MICROPYTHON, script).stdout)
        with Board("--heap", "1M") as board, board.raw() as console:
            console.rom_write(2, made)
            console.exec("image = vfs.rom_ioctl(2, 2)")
            ours = self.figures(console.exec(probe))
        print(f"heap of mount, file, import: ours {ours}, MicroPython's {theirs}")
        self.assertLessEqual(ours[0], theirs[0] + BLOCK)
        self.assertLessEqual(ours[1], theirs[1] + BLOCK)
        self.assertLessEqual(ours[2], theirs[2])


if __name__ == "__main__":
    unittest.main(verbosity=2)
