"""The contract of a board with its firmware: the steps of board_proof.py and board_cut.py, in their order.

Those before them, of flash, console and clock, are in flash.c, console.c and clock.c.
"""

# What a porter does next when a step fails.
STEPS = {
    "firmware": "make the firmware build, with a flash driver that is no larger than those of other families",
    "boot": "bring the firmware to its prompt: memory.ld, power_up(), start(), open_flash()",
    "console": "mend the console of the firmware: what it says at the prompt, Ctrl-C while it computes, sleep while it waits",
    "clock": "mend the clock of the firmware: a second must be one, for a program that sleeps and for one that counts",
    "deploy": "mend what a deploy needs: the segments in board.c, the driver between interrupts and caches, reset()",
    "edits": "find what is wrong after a deploy over an old image: erases of blocks in use, bytes that come while flash is busy",
    "power cut": "find what a cut leaves: order of programs and erases in the driver, torn units, what the board reads at its start",
}


class Contract:
    """The step that a proof is at."""

    def __init__(self):
        self.step = None

    def begin(self, step):
        names = list(STEPS)
        if self.step is not None and names.index(step) <= names.index(self.step):
            raise ValueError(f"the step {step} does not come after {self.step}")
        self.step = step

    def next(self, family, board):
        """The line for the porter. A step has begun."""
        return f"next, {family} ({board}): {STEPS[self.step]}, see docs/new-family.md"
