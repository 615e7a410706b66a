"""A simulated link between a client and a board (mprom-link), for tests and bench.

    with Board("--receive-buffer", "256") as board, Link(board, "--baud", "115200") as link:
        mprom("query", "-p", link.port)
    print(link.counts["turns"])
"""

import json
import os
import signal
import subprocess

LINK = os.path.join(os.environ["MPROM_BUILD_DIR"], "mprom-link")


class Link:
    """A running link. Its counts are there when it has ended."""

    def __init__(self, board, *options):
        command = [LINK, "--board", board.port, "--board-process", str(board.process.pid), *map(str, options)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()
        self.counts = None
        if not self.port:
            raise RuntimeError(f"mprom-link ended with status {self.process.wait()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        """Ends the link, if a fault has not, and returns what went over it."""
        if self.counts is None:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGTERM)
            output, _ = self.process.communicate(timeout=60)
            self.counts = json.loads(output)
        return self.counts


def overruns(board):
    """Bytes that a board with --receive-buffer has lost since it started."""
    try:
        with open(os.path.join(board.state, "overruns")) as file:
            return int(file.read())
    except FileNotFoundError:
        return 0
