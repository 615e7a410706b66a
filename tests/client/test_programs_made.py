#!/usr/bin/python3
"""scripts/board_programs.py: what becomes of a program, and what it refuses."""

import ast
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(os.environ["MPROM_SOURCE_DIR"]) / "scripts"))

import board_programs  # noqa: E402


def make(source, shared=None):
    """The text of a program, and its arguments in the order of their places."""
    with tempfile.TemporaryDirectory(prefix="mprom-test-") as folder:
        path = pathlib.Path(folder) / "program.py"
        path.write_text(source)
        text = board_programs.Text(board_programs.Program(path), shared or {})
        return text.make(), text.places


class Small(unittest.TestCase):
    def small(self, source, expected):
        """What is sent of a source means the same to Python."""
        text, _ = make(source)
        self.assertEqual(text, expected)
        self.assertEqual(ast.dump(ast.parse(text)), ast.dump(ast.parse(source)))

    def test_space(self):
        self.small("a = [ 1 , 2 ]\n\n\nb = a [ 0 ]  # b\n", "a=[1,2]\nb=a[0]")
        self.small("a = b = 1\na = b if b else a\na = 0 or b\na = not b\n", "a=b=1\na=b if b else a\na=0 or b\na=not b")
        self.small("a = 1 if 2 else 'x'\nb = 'x' in a or b'y' in a\n", "a=1 if 2 else'x'\nb='x'in a or b'y'in a")
        self.small("print(end='', *[1])\n", "print(end='',*[1])")
        self.small("a = -1\na = a - -1\na **= 2\n", "a=-1\na=a--1\na**=2")

    def test_space_in_strings_stays(self):
        self.small("a = 'b  #  c'\nb = \"\"\"d\n\n  e # f\"\"\"\n", "a='b  #  c'\nb=\"\"\"d\n\n  e # f\"\"\"")

    def test_lines_are_joined(self):
        self.small("a = (1,  # one\n     2)\n", "a=(1,2)")
        self.small("a = 1 + \\\n    2\n", "a=1+2")

    def test_suites(self):
        self.small("if 1:\n    a = 1\n    b = 2\nelif 2:\n    a = 2\nelse:\n    pass\n", "if 1:a=1;b=2\nelif 2:a=2\nelse:pass")
        self.small("if 1:\n    a = 1\nelse:\n    if 2:\n        a = 2\n", "if 1:a=1\nelse:\n if 2:a=2")
        self.small("for a in [1]:\n    while a:\n        a = 0\n        break\nelse:\n    a = 1\n", "for a in[1]:\n while a:a=0;break\nelse:a=1")
        self.small("try:\n    a = 1\nexcept (OSError, ValueError) as e:\n    a = e\nexcept:\n    raise\nelse:\n    a = 2\nfinally:\n    a = 3\n",
                   "try:a=1\nexcept(OSError,ValueError)as e:a=e\nexcept:raise\nelse:a=2\nfinally:a=3")
        self.small("def f(a, b=1, *c):\n    d = a\n    if d:\n        return b\n    d = c\n    return d\n",
                   "def f(a,b=1,*c):\n d=a\n if d:return b\n d=c;return d")
        self.small("with open('x') as f:\n    a = f\n", "with open('x')as f:a=f")

    def test_docstrings_are_left_out(self):
        self.assertEqual(make('"""A module."""\ndef f():\n    """A function."""\n    return 1\n')[0], "def f():return 1")

    def test_parts(self):
        self.assertEqual(make("a = 1\n# part: two\nb = 2\n# part: three\n")[0], "a=1\n\f\nb=2\n\f\n")


class Names(unittest.TestCase):
    def test_names_are_shortened(self):
        self.assertEqual(make("# names: offset=o size=n\n\ndef read(offset, size):\n    return offset + size\n")[0],
                         "def read(o,n):return o+n")

    def test_names_of_others_are_not(self):
        source = "# names: size=n end=e\n\nsize = end = 1\nprint(size, end='')\nsize.end(size=end)\nimport sys as end\n"
        self.assertEqual(make(source)[0], "n=e=1\nprint(n,end='')\nn.end(size=e)\nimport sys as e")
        self.assertEqual(make("# names: sys=s\n\nfrom sys import path\nimport sys\n")[0], "from sys import path\nimport sys")

    def test_shared_names(self):
        self.assertEqual(make("say(1)\n", {"say": "_p"})[0], "_p(1)")
        self.assertEqual(make("# names: say=s\n\nsay = 1\n", {"say": "_p"})[0], "s=1")

    def test_two_names_that_are_sent_as_one(self):
        for source in ("# names: one=o other=o\n\none = 1\nother = 2\n",
                       "# names: one=o other=o\n\ndef f(one):\n    return lambda other: one\n",
                       "# names: one=o other=o\n\ndef f(one):\n    return other\nother = 1\n",
                       "# names: one=print\n\none = 1\nprint(one)\n"):
            with self.assertRaisesRegex(board_programs.Refused, "are both sent as"):
                make(source)
        make("# names: one=o other=o\n\ndef f(one): return one\ndef g(other): return other\n")

    def test_names_that_nothing_defines(self):
        with self.assertRaisesRegex(board_programs.Refused, "nothing defines sise"):
            make("size = 1\nprint(sise)\n")

    def test_names_that_are_not_used(self):
        with self.assertRaisesRegex(board_programs.Refused, "size is not used"):
            make("# names: size=s\n\na = 1\n")


class Arguments(unittest.TestCase):
    def test_places(self):
        self.assertEqual(make("# args: SIZE %u, ACT %s, NUMBER %06x\n\na = SIZE % 3\nb = ACT or SIZE\nprint('100 % $NUMBER')\n"),
                         ("a=%u%%3\nb=%s or %u\nprint('100 %% %06x')", ["SIZE", "ACT", "SIZE", "NUMBER"]))
        self.assertEqual(make("# args: FUNCTION %s\n\nimport sys\nsys.FUNCTION()\n")[0], "import sys\nsys.%s()")

    def test_without_arguments_it_is_no_format(self):
        self.assertEqual(make("a = '%d' % 3\n")[0], "a='%d'%3")

    def test_refused(self):
        for source, said in (("# args: SIZE %u\n\na = 1\n", "SIZE is not used"), ("a = '$SIZE'\n", "SIZE is no argument"),
                             ("# args: SIZE u\n\na = SIZE\n", "is no argument"), ("# args: SIZE %q\n\na = SIZE\n", "is no argument"),
                             ("a = SIZE\n", "nothing defines SIZE")):
            with self.assertRaisesRegex(board_programs.Refused, said):
                make(source)

    def test_verbatim(self):
        text, places = make("# About.\n#\n# args: NAME %s\n# verbatim\n\n# NAME runs\n\nimport NAME  # 100 %\n")
        self.assertEqual((text, places), ("# %s runs\n\nimport %s  # 100 %%\n", ["NAME", "NAME"]))


class Grammar(unittest.TestCase):
    def test_what_old_boards_do_not_know(self):
        for source in ("a = 1\nif (b := a):\n    pass\n", "def f(a, /):\n    pass\n", "a = (\n"):
            with self.assertRaises(board_programs.Refused):
                make(source)
        with self.assertRaises(board_programs.Refused):
            make("class A:\n    pass\n")

    def test_literals_of_c(self):
        self.assertEqual(board_programs.literal("a='\\x16\"'\n\f\nb"), ['"a=\'\\\\x16\\"\'\\n"', '"\\f\\n"', '"b"'])


if __name__ == "__main__":
    unittest.main(verbosity=2)
