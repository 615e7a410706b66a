"""Runs the examples of a documentation page and compares what they print.

    doc_examples.py PAGE...

An example is a block fenced with ```console. A line that starts with "$ " is a command for bash; the lines up to the
next command are what it prints, both streams. "..." in a line stands for any text, a line of "..." for any number of
lines. All blocks of a page run in order in one folder, which starts with a copy of examples/, and mprom is in PATH.
`$ echo $?` shows the exit status of the command before.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["MPROM_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["MPROM_BUILD_DIR"])

# Printed by the sanitizers build only: the compiler runs on a stack of its own.
ASAN_REMARK = re.compile(r"==\d+==WARNING: ASan doesn't fully support makecontext.*\n")

# Of the command, once something takes longer than 0.3 seconds; that depends on how busy the machine is.
PROGRESS = re.compile(r"^mprom: (?:\S+: )?(?:sending|erasing|reading|comparing): [\d,]+ of [\d,]+ bytes\n", re.MULTILINE)


def examples(page):
    """Yields (line number, command, expected lines)."""
    command = None
    inside = False
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if not inside:
            inside = line.strip() == "```console"
            continue
        if line.strip() == "```" or line.startswith("$ "):
            if command:
                yield command
            command = None
        if line.startswith("$ "):
            command = (number, line[2:], [])
        elif line.strip() == "```":
            inside = False
        elif command:
            command[2].append(line)
        else:
            raise SystemExit(f"{page}:{number}: output without a command")


def pattern(expected):
    """The regular expression for a list of expected lines."""
    parts = []
    for line in expected:
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*")
        else:
            parts.append(".*".join(map(re.escape, line.split("..."))) + r"\n")
    return "".join(parts)


def check(page, folder):
    """Runs the examples of one page; returns how many ran and how many printed something else."""
    environment = {**os.environ, "PATH": f"{BUILD}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    environment.pop("SOURCE_DATE_EPOCH", None)
    count = failed = status = 0
    for number, command, expected in examples(page):
        count += 1
        done = subprocess.run(["bash", "-c", f"(exit {status}); {command}"], cwd=folder, env=environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        status = done.returncode
        printed = PROGRESS.sub("", ASAN_REMARK.sub("", done.stdout))
        if not re.fullmatch(pattern(expected), printed):
            failed += 1
            print(f"{page}:{number}: $ {command}\n--- expected\n" + "\n".join(expected) + f"\n--- got\n{printed}")
    return count, failed


def main():
    pages = [pathlib.Path(name) for name in sys.argv[1:]]
    failed = 0
    for page in pages:
        with tempfile.TemporaryDirectory(prefix="mprom-doc-") as folder:
            shutil.copytree(SOURCE / "examples", folder, dirs_exist_ok=True)
            count, wrong = check(page, folder)
        failed += wrong
        print(f"{page.name}: {count} examples, {wrong} failed")
        # A page whose examples were not found would otherwise pass without a word.
        failed += count == 0
    return 1 if failed or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
