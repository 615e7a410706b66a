"""What the libraries are made of, for tests that compile them in their own way."""
import pathlib
import sys

SOURCE_DIR = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(SOURCE_DIR / "scripts"))

from source_lists import sources  # noqa: E402


def library_sources(name):
    """The sources of a library, as its folder's sources.mk lists them."""
    names = [name, *{"flash": ["spi_nor"], "rom": ["rom_slots"]}.get(name, [])]
    return [SOURCE_DIR / path for part in names for path in sources(f"MPROM_{part.upper()}_C")]
