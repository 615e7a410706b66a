"""Runs the programs for boards (src/client/*/programs) on MicroPython's unix port, as a board would get them.

What a program uses of a board is a stand-in: `vfs` with segments of three shapes, and the module `romfs` of mprom's
firmware. It notes what it was asked for. Python, select, deflate, hashlib and the console are MicroPython's own.
"""

import os
import pathlib
import re
import subprocess
import sys

SOURCE_DIR = pathlib.Path(os.environ["MPROM_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE_DIR / "scripts"))

import board_programs  # noqa: E402

NUMBER = 7  # of the program whose answer is looked at

STAND_INS = """
import sys
notes = []

class Noting:
    'A module whose functions note what they are called with, and return what was set for them.'
    def __init__(self, name, results, attributes=()):
        self._name, self._results = name, results
        for attribute, value in attributes:
            setattr(self, attribute, value)
    def _call(self, name, args):
        known = (int, str, bytes, type(None))
        notes.append((self._name + '.' + name, tuple(arg if isinstance(arg, known) else type(arg).__name__ for arg in args)))
        result = self._results[name]
        return result(*args) if callable(result) else result
    def __getattr__(self, name):
        if name in self.__dict__:
            return self.__dict__[name]
        if name not in self._results:
            raise AttributeError(name)
        return lambda *args: self._call(name, args)

class Device:
    'A block device over bytes.'
    def __init__(self, data, block_size):
        self.data, self.block_size = data, block_size
    def ioctl(self, op, arg):
        if op != 4 and op != 5:
            notes.append(('ioctl', (op, arg)))
        return {4: len(self.data) // self.block_size, 5: self.block_size, 6: 0}[op]
    def readblocks(self, block, data, offset=0):
        start = block * self.block_size + offset
        data[:] = self.data[start:start + len(data)]
    def writeblocks(self, block, data, offset=0):
        notes.append(('writeblocks', (block, bytes(data), offset)))
        return None

def segments(flash, shape, block_size, results={}):
    'vfs with one segment; results: operation -> what it returns.'
    def rom_ioctl(op, *args):
        if op in results:
            notes.append(('rom_ioctl', (op,) + tuple(bytes(a) if isinstance(a, (bytes, bytearray, memoryview)) else a for a in args)))
            return results[op]
        if op == 1:
            return 1
        if op == 2:
            return Device(flash, block_size) if shape == 'device' else memoryview(flash) if args[0] == 0 else -22
        if op == 6 and shape == 'blocks':
            return block_size
        return -22
    class Vfs:
        pass
    vfs = Vfs()
    vfs.rom_ioctl = rom_ioctl
    sys.modules['vfs'] = vfs
"""


def text_of(name, **args):
    """A program as it is sent, with its arguments."""
    text, places = board_programs.text_of(name)
    if not places:
        assert not args, f"{name} takes no arguments"
        return text
    assert set(places) == set(args), f"{name} takes {places}"
    return re.sub(r"%(\.\*|[0-9]*)zu|%\.\*s", lambda found: "%" + found.group()[-1].replace("u", "d"), text) % tuple(
        args[place] for place in places)


def session(name, body=None, opens=None, silent=False, **args):
    """The first program of a session: with what programs use before it."""
    parts = [text_of("begin", NUMBER=NUMBER), text_of("helpers")]
    if silent:
        parts.append(text_of("be_silent"))
    if opens is not None:
        parts.append(text_of("open_segment", SEGMENT=0, BLOCK_SIZE=opens))
    return "\n".join([*parts, body if body is not None else text_of(name, **args), text_of("end", NUMBER=NUMBER)])


def bare(name, **args):
    return "\n".join([text_of("own_print"), text_of("bare", NUMBER=NUMBER), text_of(name, **args)])


class MicroPython:
    """The interpreter, in a folder of its own."""

    def __init__(self, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)

    def script(self, text, before=""):
        path = self.folder / "board.py"
        path.write_text(f"{STAND_INS}\n{before}\n"
                        f"for part in {text!r}.split('\\f'):\n"
                        f"    __import__('builtins').exec(part)\n"
                        f"__import__('builtins').print('\\nnotes', notes)\n")
        return [self.program, str(path)]

    def run(self, text, before="", stdin=b""):
        """What a program prints, and what the stand-ins have noted."""
        done = subprocess.run(self.script(text, before), cwd=self.folder, input=stdin, capture_output=True, timeout=300,
                              env=dict(os.environ, MICROPYPATH=":.frozen"))
        if done.returncode != 0:
            raise AssertionError(f"{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}")
        output, notes = done.stdout.rsplit(b"\nnotes ", 1)
        return output, eval(notes)

    def answer(self, text, before=""):
        """The lines of the answer, without their mark; and the notes."""
        output, notes = self.run(text, before)
        mark = f"mprom:{NUMBER} "
        lines = [line.rstrip("\r") for line in output.decode().split("\n") if line.strip()]
        strangers = [line for line in lines if not line.startswith(mark)]
        if strangers:
            raise AssertionError(f"lines without a mark: {strangers}")
        return [line[len(mark):] for line in lines], notes
