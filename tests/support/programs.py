"""The programs that the tests run: ours from the build, others' from the source tree that they came with."""

import os
import pathlib
import subprocess
import tempfile

BUILD = pathlib.Path(os.environ["MPROM_BUILD_DIR"])
SOURCE = pathlib.Path(os.environ["MPROM_SOURCE_DIR"])
MICROPYTHON_DIR = pathlib.Path(os.environ["MICROPYTHON_DIR"])
UPSTREAM = SOURCE / "build" / "upstream"
MPROM = BUILD / "mprom"
MICROPYTHON = UPSTREAM / "unix" / "micropython"
MPY_CROSS = UPSTREAM / "mpy-cross" / "mpy-cross"
WEBASSEMBLY = SOURCE / "deps" / "webassembly" / "package" / "micropython.mjs"
# A unix port that needs nothing from elsewhere.
UNIX_OPTIONS = ["MICROPY_PY_SSL=0", "MICROPY_SSL_AXTLS=0", "MICROPY_SSL_MBEDTLS=0", "MICROPY_PY_BTREE=0", "MICROPY_PY_FFI=1",
                "FROZEN_MANIFEST="]


def outside_make():
    """The environment for a make that has nothing to do with the one that may have started the tests."""
    return {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "CFLAGS")}


def run(*command, status=0, **kwargs):
    """Runs a command, insists on its exit status, returns the finished process with text output."""
    kwargs.setdefault("timeout", 120)
    kwargs.setdefault("text", True)
    done = subprocess.run([str(word) for word in command], capture_output=True, **kwargs)
    if done.returncode != status:
        raise AssertionError(
            f"{' '.join(map(str, command))}: exit status {done.returncode}, expected {status}\n"
            f"stdout: {done.stdout}\nstderr: {done.stderr}"
        )
    return done


def compiled(source):
    """The .mpy that upstream's compiler makes of a text."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "script.py")
        path.write_text(source)
        run(MPY_CROSS, path)
        return path.with_suffix(".mpy").read_bytes()


def mprom(*args, **kwargs):
    return run(MPROM, *args, **kwargs)


def micropython(script, *args, **kwargs):
    """Runs a script file under upstream's unix port."""
    return run(MICROPYTHON, "-X", "heapsize=64M", script, *args, **kwargs)


def mpremote_environment():
    """Stock mpremote of the source tree, with a compiler."""
    paths = [MICROPYTHON_DIR / "tools" / "mpremote", SOURCE / "tests" / "support" / "mpy_cross_shim"]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "MPY_CROSS": str(MPY_CROSS),
            "PYTHONDONTWRITEBYTECODE": "1"}


def mpremote(*args, **kwargs):
    return run("/usr/bin/python3", "-m", "mpremote", *args, env=mpremote_environment(), **kwargs)
