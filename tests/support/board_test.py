"""What tests share that talk to a board SIM over its console."""

import unittest

from board import Board


class BoardTest(unittest.TestCase):
    """Each test has a SIM of its own, and its console in the raw REPL, where `prelude` was executed."""

    options = ()
    prelude = ""

    def setUp(self):
        self.board = self.enterContext(Board(*self.options))
        self.connect()
        if self.prelude:
            self.console.exec(self.prelude)

    def connect(self):
        """Opens the console, also anew after the board has restarted."""
        self.console = self.enterContext(self.board.raw())
