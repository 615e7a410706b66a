"""What we compile is, byte for byte, what MicroPython's own mpy-cross compiles, errors included.

The corpus is MicroPython's test suite. The workers and the order of files must make no difference.
"""

import concurrent.futures
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

from compiling import COMPILE_FILES, MPY_CROSS, NO_MARCH, compiled, expected, mpy_cross_has, write_sources

UPSTREAM_TESTS = pathlib.Path(os.environ["MICROPYTHON_DIR"]) / "tests"

MARCHES = "x86 x64 armv6 armv6m armv7m armv7em armv7emsp armv7emdp xtensa xtensawin rv32imc".split()
NEW_MARCHES = ["rv64imc"] if mpy_cross_has("rv64imc") else []
HAS_MARCH_FLAGS = mpy_cross_has("-march-flags")

def corpus(*patterns):
    found = sorted(path for pattern in patterns for path in UPSTREAM_TESTS.glob(pattern))
    assert found, patterns
    return [(str(path.relative_to(UPSTREAM_TESTS)), path) for path in found]


class Identical(unittest.TestCase):
    def compare(self, files, least_compiled, ours=compiled, **options):
        with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
            theirs = list(pool.map(lambda file: expected(pathlib.Path(folder), *file, **options), files))
        flags = {("O" if name == "optimise" else name): value for name, value in options.items()}
        results = ours(files, **flags)
        for (name, _), their in zip(files, theirs):
            if results[name] != their:
                self.fail(f"{name} {options}: ours {results[name]!r:.300}, mpy-cross's {their!r:.300}")
        count = sum(isinstance(their, bytes) for their in theirs)
        self.assertGreaterEqual(count, least_compiled, "the corpus is not what it was")
        return results

    def test_basics(self):
        self.compare(corpus("basics/*.py"), 540)

    def test_suite(self):
        files = corpus("micropython/*.py", "float/*.py", "import/**/*.py", "misc/*.py", "extmod/*.py", "cpydiff/*.py",
                       "unicode/*.py", "stress/*.py", "thread/*.py", "perf_bench/*.py", "cmdline/*.py")
        results = self.compare(files, 500)
        errors = [text for text in results.values() if isinstance(text, str)]
        self.assertTrue(any(text.endswith(NO_MARCH) for text in errors), "no native code in the corpus")

    def test_marches(self):
        files = corpus("micropython/native_*.py", "micropython/viper_*.py", "inlineasm/**/*.py")
        for march in MARCHES + NEW_MARCHES:
            with self.subTest(march=march):
                self.compare(files, 0 if march in NEW_MARCHES else 45, march=march)

    def test_march_flags(self):
        """W7: flags of an architecture, where the compiler of this tree has them; a refusal where it has not."""
        files = corpus("micropython/native_*.py", "micropython/viper_*.py", "basics/[a-c]*.py")
        by_program = {"mpy_cross": MPY_CROSS}
        for flags in ("zba", "zba,zcmp", "zcmp,", "1", "0x3", "0b10", "0"):
            for ours in ({}, by_program):
                with self.subTest(flags=flags, **ours):
                    if not HAS_MARCH_FLAGS:
                        self.refused("rv32imc with the flags", march="rv32imc", march_flags=flags, **ours)
                        continue
                    self.compare(files, 45, lambda files, **options: compiled(files, **ours, **options), march="rv32imc",
                                 march_flags=flags)
        for flags in ("", ",", "zbb", "zba zcmp", "4", "0x", "-1", "+1", "1a", "z" * 200):
            for ours in ({}, by_program):
                self.refused("rv32imc with the flags", march="rv32imc", march_flags=flags, **ours)
        for ours in ({}, by_program):
            self.refused("armv7m with the flags zba", march="armv7m", march_flags="zba", **ours)
            self.refused("--march-flags needs --march", march_flags="zba", **ours)
            if not NEW_MARCHES:
                self.refused("does not know the architecture rv64imc", march="rv64imc", **ours)

    def refused(self, sentence, **options):
        flags = [f"-{name.replace('_', '-')}={value}" for name, value in options.items()]
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([COMPILE_FILES, *flags, folder, "x.py", __file__], capture_output=True, text=True,
                                  timeout=60)
        self.assertEqual(done.returncode, 2, done)
        self.assertIn(sentence, done.stderr)

    def test_options(self):
        files = corpus("basics/*.py")[::5]
        for optimise in (1, 2, 3):
            self.compare(files, 100, optimise=optimise)
        for bits in (16, 30, 63):
            self.compare(files, 100, bits=bits)

    def test_unusual_sources(self):
        long_name = "d/" * 100 + "module.py"
        sources = {
            "empty.py": b"",
            "no_newline.py": b"x = 1",
            "bom.py": b"\xef\xbb\xbfx = 1\n",
            "crlf.py": b"if True:\r\n    x = '''a\r\nb'''\r\n\r\nprint(x)\r\n",
            "cr.py": b"x = 1\rprint(x)\r",
            "nul.py": b"x = 1\0\ny = 2\n",
            "utf8.py": "größe = 'Übermut'\nprint(größe)\n".encode(),
            "not_utf8.py": b"x = '\xff\xfe'\n",
            "no tail.py": b"def f(:\n",
            "umlaut-\u00e4.py": b"raise SystemExit\n",
            "long_identifier.py": b"a" * 300 + b" = 1\n",
            "indent.py": b"if x:\n  a\n b\n",
            "dedent.py": b"  x = 1\n",
            "fstring.py": b"x = f'{'\n",
            "strings.py": b"x = 'unterminated\n",
            "big_integer.py": b"x = " + b"9" * 2000 + b"\n",
            "return.py": b"return 1\n",
            "const.py": b"from micropython import const\nX = const(1)\n_Y = const(X + 2)\nX = const(3)\n",
            "many_names.py": b"".join(b"name%d = %d\n" % (i, i * 1000003) for i in range(3000)),
            "five_megabytes.py": b"x = [" + b",".join(b"%d" % i for i in range(700000)) + b"]\n",
            "long_string.py": b"x = '" + b"a" * 200000 + b"'\n",
            long_name: b"def f():\n    pass\n",
            long_name + "x" * 60: b"def f():\n    pass\n",
        }
        with tempfile.TemporaryDirectory() as folder:
            results = self.compare(write_sources(folder, sources), 10)
        self.assertEqual(results["no tail.py"], "no tail.py:1: SyntaxError: invalid syntax")

    def test_order_and_workers(self):
        """Nothing of one file may be seen in the next: any order, any number of workers, alone or with errors between."""
        files = corpus("basics/*.py", "micropython/*.py", "float/*.py")
        first = compiled(files, workers=1)
        for seed in range(4):
            shuffled = files[:]
            random.Random(seed).shuffle(shuffled)
            for workers in (1, 2, 5):
                self.assertEqual(compiled(shuffled, workers=workers), first, f"seed {seed}, {workers} workers")
        for file in files[::40]:
            self.assertEqual(compiled([file])[file[0]], first[file[0]])

    def test_program(self):
        """With -mpy-cross=PROGRAM that program compiles, with the same results."""

        def by_program(files, **options):
            return compiled(files, mpy_cross=MPY_CROSS, **options)

        self.compare(corpus("basics/*.py")[::9], 60, ours=by_program)
        self.compare(corpus("micropython/*.py")[::3], 10, ours=by_program)
        self.compare(corpus("micropython/viper_*.py")[::3], 10, ours=by_program, march="armv7m", bits=30, optimise=2)


class Header(unittest.TestCase):
    """The header that mprom_compile_header() tells is that of the files."""

    def header(self, *flags):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([COMPILE_FILES, *flags, folder], capture_output=True, text=True, check=True, timeout=60)
        return done.stdout.splitlines()[1]

    def test_header(self):
        native = corpus("micropython/viper_misc.py")[0]
        plain = corpus("basics/0prelim.py")[0]
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            self.assertEqual(self.header(), expected(folder, *plain)[:4].hex())
            self.assertEqual(self.header("-bits=30"), expected(folder, *plain, bits=30)[:4].hex())
            for march in MARCHES:
                theirs = expected(folder, *native, march=march)[:4].hex()
                self.assertEqual(self.header(f"-march={march}"), theirs)
                self.assertEqual(self.header(f"-march={march}", f"-mpy-cross={MPY_CROSS}"), theirs)


if __name__ == "__main__":
    unittest.main()
