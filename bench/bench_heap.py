"""Heap of MicroPython that a mounted image, an open file and an import take: SIM beside upstream's unix port, the same
script and the same image on both."""

import base64
import pathlib
import tempfile

from board import Board
from programs import SOURCE, micropython, mprom
from rows import at_most

BLOCK_SIZE = 32  # bytes that the garbage collector hands out at a time on a 64-bit machine
PROBE = (SOURCE / "bench" / "heap_probe.py").read_text()
SEND_SIZE = 3000


def make_image(folder):
    """An image with a file and a module whose .mpy has about 30 KB."""
    tree = folder / "tree"
    tree.mkdir()
    (tree / "data.bin").write_bytes(bytes(range(256)) * 4)
    rows = [f'    ("row {n}", b"{n * 7919:040}", {n * 3.5}, "a text of some length, number {n}"),' for n in range(280)]
    functions = [f"def function{n}(a, b=ROWS):\n    return a + {n}, b, 'constant {n}'\n" for n in range(60)]
    (tree / "big.py").write_text("ROWS = (\n" + "\n".join(rows) + "\n)\n" + "\n".join(functions))
    image = folder / "image.romfs"
    mprom("build", "-o", image, tree)
    size = int(mprom("ls", "-l", image, "big.mpy").stdout.split()[0].replace(",", ""))
    if not 28_000 <= size <= 34_000:
        raise RuntimeError(f"big.mpy has {size} bytes, not about 30 KB")
    return image


def figures(output):
    return [int(word) for word in output.split()[1:]]


def upstream(folder, image):
    script = folder / "probe.py"
    script.write_text(f'with open("{image}", "rb") as f:\n    image = f.read()\n{PROBE}')
    return figures(micropython(script).stdout)


def ours(image):
    data = image.read_bytes()
    with Board("--heap", "1M") as board, board.raw() as console:
        console.exec("from binascii import a2b_base64\nimage = bytearray()")
        for off in range(0, len(data), SEND_SIZE):
            console.exec(f"image += a2b_base64({base64.b64encode(data[off:off + SEND_SIZE])!r})")
        console.exec("image = bytes(image)")
        return figures(console.exec(PROBE))


def measure(name):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        image = make_image(folder)
        rows = zip(("a mount", "an open file", "import of 30 KB"), ours(image), upstream(folder, image),
                   (BLOCK_SIZE, BLOCK_SIZE, 0))
        for what, mine, theirs, more in rows:
            goal = f"<= theirs + {more} B" if more else "<= theirs"
            yield at_most(f"{name} {what}", mine, theirs, theirs + more, "B", goal)


ROWS = [("heap of", measure)]
