"""Subjects of commits: `place: What changed`, at most 72 characters. scripts/lint runs it.

Looks at the commits after the one from which on the rule holds; a clone without that one has nothing to look at.
"""

import re
import subprocess
import sys

RULE_BEGINS_AFTER = "cebc024518d4"
SUBJECT_SIZE_MAX = 72
SUBJECT = re.compile(r"[\w./, *-]+: \S.*[^.\s]$")


def git(*words):
    return subprocess.run(["git", *words], capture_output=True, text=True)


def faults(subjects):
    for subject in subjects:
        if len(subject) > SUBJECT_SIZE_MAX:
            yield f"commit '{subject}' has a subject of {len(subject)} characters, more than {SUBJECT_SIZE_MAX}"
        elif not SUBJECT.match(subject):
            yield f"commit '{subject}' has a subject that is not 'place: What changed'"


def main():
    if git("merge-base", "--is-ancestor", RULE_BEGINS_AFTER, "HEAD").returncode != 0:
        return 0
    found = list(faults(git("log", "--no-merges", "--format=%s", f"{RULE_BEGINS_AFTER}..HEAD").stdout.splitlines()))
    for fault in found:
        print(f"lint: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
