"""A tree of files that is edited at random, as people do between two deploys. The seed makes it the same again."""

import pathlib
import random

OVERHEAD = 24  # bytes of an image for each file beside its name and contents, at most
FIXED = 400    # and for all of it: header, index, what the builder says of itself, seal


class EditedTree:
    """A tree of up to `limit` bytes of image, filled to `fill` of that."""

    def __init__(self, folder, seed, limit, fill):
        self.folder = pathlib.Path(folder)
        self.random = random.Random(seed)
        self.room = int(limit * fill) - FIXED
        self.contents = {}
        self.folder.mkdir(parents=True)
        count = self.random.choice((1, 2, 5, 12))
        size = max(self.room // count - 2 * OVERHEAD, 0)
        for _ in range(count):
            self.put(self.new_name(), self.bytes(size))

    def bytes(self, size):
        """Half of them can be compressed, as programs can."""
        block = self.random.randbytes(97)
        return (block * (size // 97 + 1))[:size] if self.random.random() < 0.5 else self.random.randbytes(size)

    def new_name(self):
        folder = self.random.choice(("", "", "lib/", "data/x/"))
        return f"{folder}f{self.random.randrange(1000000):06}.bin"

    def used(self):
        return sum(len(name) + OVERHEAD + len(data) for name, data in self.contents.items())

    def put(self, name, data):
        """Writes a file, cut to what there is room for."""
        left = self.room - (self.used() - len(self.contents.get(name, b""))) - len(name) - OVERHEAD
        if left < 0:
            return
        self.contents[name] = data[:left]
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.contents[name])

    def remove(self, name):
        del self.contents[name]
        (self.folder / name).unlink()

    def edit(self):
        """Does one of what people do; returns which."""
        name = self.random.choice(sorted(self.contents)) if self.contents else None
        what = self.random.choice(("change", "change", "grow", "grow", "insert", "shrink", "add", "remove", "empty"))
        if name is None or what == "add":
            self.put(self.new_name(), self.bytes(self.random.choice((0, 1, 100, 3000, 30000))))
            return "add"
        data = bytearray(self.contents[name])
        at = self.random.randrange(len(data) + 1)
        if what == "change":
            data[at : at + 20] = self.random.randbytes(len(data[at : at + 20]))
        elif what == "grow":
            data += self.random.randbytes(self.random.choice((1, 500, 5000)))
        elif what == "insert":
            data[at:at] = self.random.randbytes(self.random.choice((1, 13, 1500)))
        elif what == "shrink":
            del data[at : at + 2000]
        elif what == "empty":
            data = b""
        if what == "remove":
            self.remove(name)
        else:
            self.put(name, bytes(data))
        return what

    def assert_is(self, folder):
        """Whether a folder has the same files, with the same contents."""
        folder = pathlib.Path(folder)
        found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
        if sorted(found) != sorted(self.contents):
            raise AssertionError(f"the image has {sorted(found)}, the tree {sorted(self.contents)}")
        for name, path in found.items():
            if path.read_bytes() != self.contents[name]:
                raise AssertionError(f"{name} in the image is not the one in the tree")
