"""The two clients that deploy images, mprom and stock mpremote, run so often that their start matters.

    done = CLIENTS["mpremote"].deploy(port, segment, "image.romfs")
    done.status, done.stdout, done.stderr
"""

import collections
import importlib
import os
import signal
import subprocess
import sys
import tempfile
import traceback

from programs import MPROM, MICROPYTHON_DIR
from romfs_writer import image, sealed_image

TIMEOUT_S = 60  # only ever reached when a client does not end by itself

Done = collections.namedtuple("Done", "status stdout stderr")


def run_mprom(*args):
    done = subprocess.run([MPROM, *map(str, args)], capture_output=True, text=True, timeout=TIMEOUT_S)
    return Done(done.returncode, done.stdout, done.stderr)


def _mpremote_main(args, output, errors):
    """What `python3 -m mpremote` does, in a process of its own that has loaded it already."""
    os.dup2(output.fileno(), 1)
    os.dup2(errors.fileno(), 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    sys.argv = ["mpremote", *map(str, args)]
    try:
        status = importlib.import_module("mpremote.main").main()
    except SystemExit as end:
        status = end.code
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status or 0)


def run_mpremote(*args):
    """Stock mpremote from the source tree, unmodified; a process of its own, which is forked from this one."""
    tools = str(MICROPYTHON_DIR / "tools" / "mpremote")
    if tools not in sys.path:
        sys.path.append(tools)
    importlib.import_module("mpremote.main")
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        child = os.fork()
        if child == 0:
            signal.alarm(TIMEOUT_S)
            _mpremote_main(args, output, errors)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        output.seek(0)
        errors.seek(0)
        return Done(status, output.read(), errors.read())


class Mprom:
    name = "mprom"
    success = "deployed"

    @staticmethod
    def image(*records):
        return sealed_image(*records)

    @staticmethod
    def deploy(port, segment, path, *options):
        return run_mprom("deploy", "-q", "-p", port, "-n", segment, "--no-restart", *options, path)


class Mpremote:
    name = "mpremote"
    success = "ROMFS image deployed"

    @staticmethod
    def image(*records):
        """Without a seal, as mpremote makes them."""
        return image(*records)

    @staticmethod
    def deploy(port, segment, path):
        return run_mpremote("connect", port, "romfs", "-p", segment, "deploy", path)


CLIENTS = {client.name: client for client in (Mprom, Mpremote)}
