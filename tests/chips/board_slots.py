"""Slots on an emulated board with its real firmware: trial, confirmation, rollback. board_proof.py runs it for boards
that have slots.
"""

import json
import signal
import time

BOUNCE_S = 0.1  # a press so soon after the last one is taken for the same


class Slots:
    """The steps, on the board of a Proof. Segments are named by the version that they hold."""

    def __init__(self, proof):
        self.proof = proof
        self.board = proof.board

    def image(self, version):
        tree = self.proof.folder / version
        tree.mkdir()
        (tree / "main.py").write_text(f"print('version {version} runs')\n")
        (tree / "data.bin").write_bytes(version.encode() * 3000)
        path = tree.with_suffix(".romfs")
        self.proof.mprom("build", tree, "-o", path)
        return path

    def hard_reset(self, version):
        """The button. Then this version starts."""
        with self.board.console() as console:
            # What the start before prints, by a deploy's own reset, may still be on its way.
            console.write(b"\r\n")
            console.read_until(b">>> ")
            time.sleep(BOUNCE_S)
            self.board.process.send_signal(signal.SIGUSR1)
            console.read_until(b"version ")
            said = console.read_until(b" runs\r\n").decode().split()[0]
            console.read_until(b">>> ")
        self.proof.require(said == version, f"after a hard reset version {said} runs, not {version}")

    def states(self):
        """What query says of each slot: its state, and which one the board started from."""
        segments = json.loads(self.proof.mprom("query", "--json"))[0]["segments"]
        return [segment["state"] for segment, facts in zip(segments, self.proof.facts["segments"]) if facts["group"]]

    def call(self, function):
        with self.board.raw() as console:
            console.exec(f"import romfs\nromfs.{function}()")
            console.leave_raw()

    def refused(self):
        """The slot that runs cannot be written, and the message names the other one."""
        done = self.proof.mprom_fails("deploy", "-n", "0", self.second)
        self.proof.require("1" in done, done)

    def run(self):
        first, self.second = self.image("A"), self.image("B")
        self.proof.mprom("deploy", first)
        self.hard_reset("A")
        self.call("confirm")
        self.hard_reset("A")
        self.refused()
        self.proof.mprom("deploy", self.second)
        self.hard_reset("A")  # version B ran once and did not confirm
        self.hard_reset("A")
        gave_up = self.states()
        self.proof.mprom("deploy", "--confirm", self.second)
        self.hard_reset("B")
        self.hard_reset("B")
        confirmed = self.states()
        self.call("rollback")
        self.hard_reset("A")
        rejected = self.states()
        started = "started from, confirmed"
        self.proof.require((gave_up, confirmed, rejected) == ([started, "gave up"], ["confirmed", started], [started, "rejected"]),
                           f"query says of the slots: {gave_up}, {confirmed}, {rejected}")
        self.proof.say("slots", "a trial that was not confirmed was given up; a confirmed image stayed; rolled back; the slot "
                       "that runs was refused")
