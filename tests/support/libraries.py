"""What the libraries are made of, for tests that compile them in their own way."""
import pathlib
import re

SOURCE_DIR = pathlib.Path(__file__).resolve().parent.parent.parent


def freestanding_sources(name):
    """The sources of a freestanding library, as its folder's CMakeLists.txt lists them."""
    for path in sorted(SOURCE_DIR.glob("src/*/CMakeLists.txt")):
        found = re.search(rf"mprom_add_freestanding\({name}\s+([^)]*)\)", path.read_text())
        if found:
            return [path.parent / source for source in found.group(1).split()]
    raise LookupError(f"no freestanding library {name}")
