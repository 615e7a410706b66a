"""What the libraries are made of, for tests that compile them in their own way."""
import pathlib
import re

SOURCE_DIR = pathlib.Path(__file__).resolve().parent.parent.parent


def library_sources(name, kind="freestanding|host_library"):
    """The sources of a library, as its folder's CMakeLists.txt lists them."""
    for path in sorted(SOURCE_DIR.glob("src/*/CMakeLists.txt")):
        found = re.search(rf"mprom_add_({kind})\({name}\s+([^)]*)\)", path.read_text())
        if found:
            return [path.parent / source for source in found.group(2).split()]
    raise LookupError(f"no library {name}")


def freestanding_sources(name):
    return library_sources(name, "freestanding")
