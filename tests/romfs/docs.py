"""The example of docs/image-library.md compiles, and prints what the page says."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from libraries import library_sources

SOURCE_DIR = pathlib.Path(os.environ["MPROM_SOURCE_DIR"])
PAGE = SOURCE_DIR / "docs/image-library.md"


def build(folder, code):
    source = folder / "example.c"
    source.write_text(code)
    program = folder / "example"
    subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-I", SOURCE_DIR / "include", "-I",
                    SOURCE_DIR / "src", source, *library_sources("romfs"), "-o", program], check=True)
    return program


def main():
    text = PAGE.read_text()
    code = re.search(r"```c\n(.*?)```", text, re.S).group(1)
    runs = re.findall(r"`(tests/golden/[^`]*)`[^`]*```\n(.*?)```", text, re.S)
    if len(runs) != 2:
        sys.exit("docs: the page shows two runs of the example")
    with tempfile.TemporaryDirectory() as folder:
        program = build(pathlib.Path(folder), code)
        for image, expected in runs:
            printed = subprocess.run([program, SOURCE_DIR / image], stdout=subprocess.PIPE, text=True).stdout
            if printed != expected:
                sys.exit(f"docs: for {image} the example prints\n{printed}and the page says\n{expected}")


main()
