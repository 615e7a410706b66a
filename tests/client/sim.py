"""What the tests share that talk to a board SIM through the command."""

import json
import os

from board import Board
from command import CommandTest


class SimTest(CommandTest):
    """A test with a running SIM that "auto" finds."""

    options = ()

    def setUp(self):
        super().setUp()
        self.board = self.enterContext(Board(*self.options))
        self.run_dir = os.path.join(self.board.state, "run")

    def mprom(self, *args, **kwargs):
        kwargs.setdefault("env", dict(os.environ, MPROM_RUN_DIR=self.run_dir))
        return super().mprom(*args, **kwargs)

    def query(self):
        return json.loads(self.mprom("query", "--json").stdout)[0]

    def start_program(self, source, started=b"started"):
        """Has the board run a program; returns when it has begun."""
        with self.board.raw() as console:
            console.write(source.encode() + b"\x04")
            console.read_until(b"OK" + started)
