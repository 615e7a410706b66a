"""The valid golden images, read by MicroPython's own VfsRom: the same paths, sizes and contents as ours finds."""
import pathlib
import sys
import tempfile

from programs import SOURCE

sys.path.insert(0, str(SOURCE / "tests/e2e"))
from interop import read_with_mprom, read_with_upstream  # noqa: E402


def main():
    images = sorted((SOURCE / "tests/golden/valid").glob("*.romfs"))
    if len(images) < 20:
        sys.exit("golden_upstream: the golden images are gone")
    for image in images:
        with tempfile.TemporaryDirectory() as folder:
            ours = read_with_mprom(image, pathlib.Path(folder) / "out")
        theirs = read_with_upstream(image)
        if ours != theirs:
            sys.exit(f"golden_upstream: {image.name}: MicroPython reads {theirs}, mprom reads {ours}")
    print(f"{len(images)} images read alike")


main()
