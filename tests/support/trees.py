"""Directory trees for the tests: MicroPython's own tests, and generated shapes with something unusual about each."""

import pathlib
import random
import shutil


def basics(micropython_dir, target):
    """The 540 .py files of MicroPython's tests/basics, without the expected outputs beside them."""
    target.mkdir(parents=True)
    sources = sorted((pathlib.Path(micropython_dir) / "tests" / "basics").glob("*.py"))
    assert len(sources) >= 540, f"tests/basics has only {len(sources)} files"
    for source in sources:
        shutil.copy(source, target / source.name)
    return target


def deep(target):
    """A file at the bottom of 24 directories, and one at each level."""
    folder = target
    for level in range(24):
        folder = folder / f"level{level}"
        folder.mkdir(parents=True)
        (folder / "here.txt").write_text(f"level {level}\n")
    (folder / "bottom.py").write_text("DEPTH = 24\n")
    return target


def wide(target):
    """3,000 small files in one directory."""
    target.mkdir(parents=True)
    for number in range(3000):
        (target / f"file{number:04}.txt").write_bytes(b"%d" % number * (number % 7))
    return target


def empty(target):
    """Nothing at all."""
    target.mkdir(parents=True)
    return target


def sparse(target):
    """Empty directories and empty files, nested and side by side."""
    for name in ("a", "b/c/d", "b/e"):
        (target / name).mkdir(parents=True)
    (target / "b" / "nothing").write_bytes(b"")
    (target / "also-nothing.py").write_bytes(b"")
    return target


def large(target):
    """One file of 8 MiB between two small ones."""
    target.mkdir(parents=True)
    (target / "a.txt").write_text("before\n")
    (target / "big.bin").write_bytes(random.Random(8).randbytes(8 << 20))
    (target / "z.txt").write_text("after\n")
    return target


def sizes(target):
    """Contents of every size around the points where a length takes one more byte."""
    target.mkdir(parents=True)
    noise = random.Random(2)
    for size in [*range(0, 20), *range(100, 140), *range(16370, 16400, 3), (1 << 21) - 40, (1 << 21) + 3]:
        (target / f"s{size}").write_bytes(noise.randbytes(size))
    return target


def twins(target):
    """Equal contents under many names, and names that begin alike."""
    (target / "copies").mkdir(parents=True)
    block = random.Random(3).randbytes(5000)
    for number in range(20):
        (target / "copies" / f"copy{number}").write_bytes(block)
    for name in ("a", "ab", "abc", "a.b", "a-b", "A"):
        (target / name).write_text(name)
    return target


def ascii_names(target):
    """Names that are unusual and still ASCII."""
    target.mkdir(parents=True)
    for name in ("with space", "semi;colon", "quote'", 'double"', "star*", "-dash", "x" * 127, "y" * 128, "z" * 255, "[b]"):
        (target / name).write_text(name)
    (target / ".hidden").write_text("hidden\n")
    return target


def unicode_names(target):
    """Names outside ASCII, which stock mpremote cannot build."""
    (target / "größe").mkdir(parents=True)
    for name in ("größe/maß.txt", "日本語.txt", "смайл😀.bin", "ﬁ"):
        (target / name).write_text(name)
    return target


# Those that every writer can build, and those for ours only.
COMMON = [deep, wide, empty, sparse, large, sizes, twins, ascii_names]
OURS = COMMON + [unicode_names]


def contents(folder):
    """{path: bytes, or None for a directory} of everything below folder, paths with '/'."""
    folder = pathlib.Path(folder)
    return {
        path.relative_to(folder).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in folder.rglob("*")
    }
