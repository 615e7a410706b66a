"""Images by mprom are read and imported from by readers that others wrote; images by mpremote are read by mprom."""

import pathlib
import tempfile
import unittest

import interop
import trees
from programs import MICROPYTHON_DIR, MPY_CROSS, mprom, mpremote, run


class Interop(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def build(self, tree, *options):
        image = self.folder / "image.romfs"
        mprom("build", tree, "-o", image, *options)
        return image

    def assert_read_alike(self, image, expected):
        self.assertEqual(interop.read_with_upstream(image), expected)
        self.assertEqual(interop.read_with_webassembly(image), expected)
        self.assertEqual(interop.read_with_mprom(image, self.folder / "ours"), expected)

    def test_generated_trees_by_mprom(self):
        for make in trees.OURS:
            with self.subTest(tree=make.__name__):
                tree = make(self.folder / make.__name__)
                image = self.build(tree, "--no-mpy")
                self.assert_read_alike(image, interop.summary(trees.contents(tree)))
                self.temporary_clean()

    def test_generated_trees_by_mpremote(self):
        for make in trees.COMMON:
            with self.subTest(tree=make.__name__):
                tree = make(self.folder / make.__name__)
                image = self.folder / "theirs.romfs"
                mpremote("romfs", "--no-mpy", "--output", image, "build", tree)
                expected = interop.summary(trees.contents(tree))
                self.assertEqual(interop.read_with_mprom(image, self.folder / "ours"), expected)
                self.temporary_clean()

    def temporary_clean(self):
        run("rm", "-rf", self.folder / "ours")

    def test_basics_uncompiled(self):
        tree = trees.basics(MICROPYTHON_DIR, self.folder / "basics")
        image = self.build(tree, "--no-mpy")
        self.assert_read_alike(image, interop.summary(trees.contents(tree)))
        direct = interop.import_with_upstream("folder", tree)
        self.assertGreater(direct.count(b"\n"), 5000)
        self.assertEqual(interop.import_with_upstream("image", image), direct)

    def test_basics_compiled(self):
        tree = trees.basics(MICROPYTHON_DIR, self.folder / "basics")
        image = self.build(tree)
        listing = interop.read_with_upstream(image)
        self.assertEqual(len(listing), 540)
        self.assertTrue(all(name.endswith(".mpy") for name in listing))
        self.assert_read_alike(image, listing)
        direct = interop.import_with_upstream("folder", tree)
        self.assertEqual(interop.import_with_upstream("image", image), direct)

    def test_basics_laid_out_like_an_earlier_image(self):
        tree = trees.basics(MICROPYTHON_DIR, self.folder / "basics")
        earlier = self.folder / "earlier.romfs"
        mprom("build", tree, "-o", earlier, "--no-mpy")
        sources = sorted(tree.glob("*.py"))
        for i, source in enumerate(sources[::9]):
            source.write_bytes(source.read_bytes() + b"print('more')\n" * i)
        for source in sources[4::9]:
            source.write_bytes(b"print('less')\n")
        for source in sources[7::50]:
            source.unlink()
        (tree / "AAA.py").write_text("print('first of all')\n")
        image = self.build(tree, "--no-mpy", "--base", earlier)
        self.assert_read_alike(image, interop.summary(trees.contents(tree)))
        direct = interop.import_with_upstream("folder", tree)
        self.assertEqual(interop.import_with_upstream("image", image), direct)

    def test_basics_compiled_is_what_mpy_cross_compiles(self):
        tree = trees.basics(MICROPYTHON_DIR, self.folder / "basics")
        mprom("extract", self.build(tree), "-C", self.folder / "ours")
        for source in sorted(tree.glob("*.py"))[::20]:
            theirs = self.folder / "theirs.mpy"
            run(MPY_CROSS, "-s", source.name, "-o", theirs, source)
            ours = self.folder / "ours" / (source.stem + ".mpy")
            self.assertEqual(ours.read_bytes(), theirs.read_bytes(), source.name)

    def test_newer_micropython_imports_alike_from_both_kinds_of_image(self):
        tree = trees.basics(MICROPYTHON_DIR, self.folder / "basics")
        plain = interop.import_with_webassembly(self.build(tree, "--no-mpy"))
        compiled = interop.import_with_webassembly(self.build(tree))
        self.assertGreater(plain.count(b"\n"), 5000)
        self.assertEqual(compiled, plain)

    def test_basics_by_mpremote(self):
        tree = trees.basics(MICROPYTHON_DIR, self.folder / "basics")
        image = self.folder / "theirs.romfs"
        mpremote("romfs", "--output", image, "build", tree)
        theirs = interop.read_with_upstream(image)
        self.assertEqual(len(theirs), 540)
        self.assertTrue(all(name.endswith(".mpy") for name in theirs))
        self.assertEqual(interop.read_with_mprom(image, self.folder / "ours"), theirs)


if __name__ == "__main__":
    unittest.main()
