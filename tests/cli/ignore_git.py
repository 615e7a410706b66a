"""W4: .mpromignore has gitignore's rules. Random trees and rules, and git's own opinion of them (`git check-ignore`).

MPROM_SEED repeats a sample; MPROM_SAMPLE=all takes thousands of cases. A case that fails is printed as a whole.
"""

import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

import command

CASES = 8000 if os.environ.get("MPROM_SAMPLE") == "all" else 200
CASES_PER_TREE = 100
SEED = int(os.environ.get("MPROM_SEED", "1"))

NAMES = ["a", "b", "ab", "ba", "a.b", "b.a", "abc", "A", "a b", "a ", "-", "[a]", "a]", "\\a", "!a", "#a", "*", "a*", "?", "1", "é"]
PIECES = ["a", "b", "ab", "c", ".", "*", "*", "**", "**", "/", "/", "?", "[ab]", "[!a]", "[^b]", "[a-c]", "[]a]", "[!]a]", "[a-]",
          "[[:alpha:]]", "[[:digit:]]", "[[:punct:]b]", "[[:nosuch:]]", "[[:a]", "[\\]a]", "[b-a]", "\\*", "\\?", "\\[", "\\a", "\\\\", "\\",
          "[", "]", "!", "#", " ", "\\ ", "-", "A", "é", "b.a", "a b", "1"]
FRAMES = ["{}", "/{}", "{}/", "**/{}", "{}/**", "**/{}/**", "{}/{}", "/{}/{}", "{}/**/{}", "*.{}", "{}*", "!{}", "!{}/", "!/{}", "!{}/{}",
          "{} ", "{}  ", " {}", "#{}", "\\#{}", "\\!{}", "{}/*", "!{}/*", "{}\\ ", "{}\\", "{}/{}/", "{}**", "/{}**/{}", "*", "/*", "!*/"]


class Case:
    """One folder with rules in it."""

    def __init__(self, number):
        self.random = random.Random(f"{SEED}/{number}")
        self.name = f"case{number}"
        self.files = set()
        self.rules = {}

    def pattern(self):
        def part():
            if self.random.random() < 0.5:
                return self.random.choice(NAMES)
            return "".join(self.random.choice(PIECES) for _ in range(self.random.randint(1, 3)))

        frame = self.random.choice(FRAMES)
        return frame.format(*(part() for _ in range(frame.count("{}"))))

    def text(self):
        lines = [self.pattern() for _ in range(self.random.randint(1, 4))]
        end = self.random.choice(["\n", "\n", "\n", "\r\n"])
        bom = "\ufeff" if self.random.random() < 0.05 else ""
        return bom + end.join(lines) + self.random.choice(["", end, end + "\n"])

    def make(self, root):
        for _ in range(25):
            depth = self.random.choice([1, 1, 2, 2, 3, 4])
            path = pathlib.Path(self.name, *(self.random.choice(NAMES) for _ in range(depth)))
            if any((root / parent).is_file() for parent in path.parents) or (root / path).exists():
                continue
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(b"x")
            self.files.add(str(path))
        folders = sorted({str(pathlib.Path(path).parent) for path in self.files})
        for folder in [self.name] + self.random.sample(folders, min(len(folders), self.random.choice([0, 1, 2]))):
            self.rules[folder] = self.text()
            for name in (".mpromignore", ".gitignore"):
                (root / folder / name).write_bytes(self.rules[folder].encode())


class IgnoreGit(command.CommandTest):
    def setUp(self):
        super().setUp()
        self.root = self.folder / "tree"
        git = shutil.which("git")
        if git is None:
            self.skipTest("git is not installed")
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "GIT_CONFIG_NOSYSTEM": "1"}
        self.git = lambda *args, **kwargs: subprocess.run(
            [git, "--git-dir", self.folder / "repository", "--work-tree", self.root, "-c", "core.quotePath=off", *args],
            env=environment, cwd=self.root, stdout=subprocess.PIPE, **kwargs)

    def ours(self):
        self.mprom("build", "tree", "--no-mpy", "-q", "-o", "tree.romfs")
        self.mprom("extract", "tree.romfs", "-q", "-C", "out")
        out = self.folder / "out"
        return {str(path.relative_to(out)) for path in out.rglob("*")
                if path.is_file() and path.name not in (".mpromignore", ".gitignore")}

    def theirs(self, files):
        done = self.git("check-ignore", "--no-index", "--stdin", "-z", input="\0".join(files).encode() + b"\0")
        self.assertIn(done.returncode, (0, 1))
        return files - {path.decode() for path in done.stdout.split(b"\0")}

    def compare(self, cases):
        self.root.mkdir()
        self.git("init", "-q", check=True)
        for case in cases:
            case.make(self.root)
        files = set().union(*(case.files for case in cases))
        ours, theirs = self.ours(), self.theirs(files)
        for case in cases:
            wrong = sorted((ours ^ theirs) & case.files)
            if wrong:
                print(f"MPROM_SEED={SEED}, {case.name}: rules {case.rules!r}", file=sys.stderr)
                for path in wrong:
                    print(f"  {path!r} goes in by {'us' if path in ours else 'git'} only", file=sys.stderr)
        self.assertEqual(ours, theirs)

    def test_random_trees(self):
        for first in range(0, CASES, CASES_PER_TREE):
            self.compare([Case(number) for number in range(first, first + CASES_PER_TREE)])
            for path in (self.root, self.folder / "repository", self.folder / "out"):
                shutil.rmtree(path)

    def test_the_folder_that_is_built(self):
        """Also where the rules lie in DIR itself."""
        for number in range(200 if CASES > 1000 else 4):
            case = Case(f"root{number}")
            case.name = "."
            self.compare([case])
            for path in (self.root, self.folder / "repository", self.folder / "out"):
                shutil.rmtree(path)


if __name__ == "__main__":
    unittest.main()
