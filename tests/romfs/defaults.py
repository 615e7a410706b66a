"""W4: docs/defaults.md holds the tables of src/romfs/defaults.c. With --write it is changed so that it does.

A table in the page stands between the lines "<!-- table NAME -->" and "<!-- end -->".
"""

import os
import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path(os.environ["MPROM_SOURCE_DIR"]) / "docs/defaults.md"
PROGRAM = pathlib.Path(os.environ["MPROM_BUILD_DIR"]) / "tests/defaults_page"


def main():
    text = subprocess.run([PROGRAM], check=True, stdout=subprocess.PIPE, timeout=60).stdout.decode()
    tables = {part.split("\n", 1)[0]: part.split("\n", 1)[1] for part in text.split("@")[1:]}
    page = PAGE.read_text()
    named = re.findall(r"<!-- table (\w+) -->", page)
    made = re.sub(r"<!-- table (\w+) -->\n.*?<!-- end -->",
                  lambda match: f"<!-- table {match[1]} -->\n{tables[match[1]]}<!-- end -->", page, flags=re.S)
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(made)
    elif made != page:
        sys.exit("docs/defaults.md differs from src/romfs/defaults.c; scripts/defaults writes it anew")
    if sorted(named) != sorted(tables):
        sys.exit(f"docs/defaults.md holds the tables {sorted(named)}, and there are {sorted(tables)}")


main()
