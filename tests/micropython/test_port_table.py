"""The table of docs/ports.md says what the other tests of ports found out."""

import os
import unittest

import port_results
from programs import MICROPYTHON_DIR, SOURCE

HEAD = "| port | board | built and linked here | run on | power cuts |"


class Table(unittest.TestCase):
    def test_table(self):
        """In a sample, and over other trees, some tests do not run; what did run stands there, word for word."""
        text = (SOURCE / "docs" / "ports.md").read_text()
        table = text[text.index(HEAD):].split("\n\n")[0].splitlines()[2:]
        found = port_results.rows()
        self.assertGreater(len(found), 4, "no other test of ports has run before")
        self.assertEqual([row for row in found if row not in table], [], "docs/ports.md lacks these")
        is_debians = MICROPYTHON_DIR.resolve() == (SOURCE / "deps" / "micropython").resolve()
        if os.environ.get("MPROM_SAMPLE") == "all" and is_debians:
            self.assertEqual([row for row in table if row not in found], [], "no test shows these of docs/ports.md")


if __name__ == "__main__":
    unittest.main(verbosity=2)
