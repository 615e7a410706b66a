"""The examples in docs/module-romfs.md run on SIM as they stand there."""

import re
import unittest

from board import Board
from programs import SOURCE
from romfs_writer import file, sealed_image


class Examples(unittest.TestCase):
    def test_module_romfs(self):
        blocks = re.findall(r"```python\n(.*?)```", (SOURCE / "docs" / "module-romfs.md").read_text(), re.S)
        self.assertEqual(len(blocks), 2)
        with Board() as board, board.raw() as console:
            console.exec(f"image = {sealed_image(file('model', 'm' * 2000))!r}")
            self.assertEqual(console.exec(blocks[0]), "0 rom0 1044480 empty\r\n1 rom1 1044480 empty\r\n2 rom2 1048576 empty\r\n")
            console.exec(blocks[1])
            self.assertEqual(console.eval("open('/models/model').read()"), "m" * 2000)


if __name__ == "__main__":
    unittest.main(verbosity=2)
