"""What the tests of this folder share: the same image through each reader, as {path: (size, crc) or None}."""

import binascii

from programs import SOURCE, WEBASSEMBLY, micropython, mprom, run
from trees import contents

HERE = SOURCE / "tests" / "e2e"
LIST_IMAGE = HERE / "list_image.py"
IMPORT_ALL = HERE / "import_all.py"


def summary(tree):
    """{path: (size, crc) or None}: what a listing can say of contents."""
    return {path: None if data is None else (len(data), binascii.crc32(data)) for path, data in tree.items()}


def parse_listing(text):
    found = {}
    for line in text.splitlines():
        path, *rest = line.split("\t")
        found[bytes.fromhex(path).decode()] = None if rest == ["dir"] else (int(rest[0]), int(rest[1]))
    return found


def node(script, image, call, **kwargs):
    """Runs a MicroPython script, then a statement, in the WebAssembly build with the image at /image.romfs."""
    return run("node", HERE / "webassembly.mjs", WEBASSEMBLY, script, image, call, **kwargs)


def read_with_upstream(image):
    return parse_listing(micropython(LIST_IMAGE, image).stdout)


def read_with_webassembly(image):
    return parse_listing(node(LIST_IMAGE, image, 'list_image("/image.romfs")').stdout)


def read_with_mprom(image, folder):
    mprom("check", image)
    mprom("extract", image, "-C", folder)
    return summary(contents(folder))


def import_with_upstream(folder_or_image, where):
    return micropython(IMPORT_ALL, folder_or_image, where, text=False, timeout=300).stdout


def import_with_webassembly(image):
    return node(IMPORT_ALL, image, 'import_image("/image.romfs")', text=False, timeout=300).stdout
