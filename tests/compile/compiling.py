"""What the scripts here share: compiling with the library, and with MicroPython's own mpy-cross."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

TESTS_DIR = os.path.join(os.environ["MPROM_BUILD_DIR"], "tests")
COMPILE_FILES = os.path.join(TESTS_DIR, "compile_files")
COMPILE_FILES_UNLINKED = os.path.join(TESTS_DIR, "compile_files_unlinked")
MPY_CROSS = sys.argv.pop(1)

# Our words for MicroPython's "invalid arch".
NO_MARCH = "SyntaxError: native code needs to know the architecture: pass --march"
NO_ASSEMBLER = "SyntaxError: there is no inline assembler for this architecture (--march)"


def mpy_cross_has(word):
    """Whether the mpy-cross of this tree knows an option or an architecture, by what its help says."""
    return word in subprocess.run([MPY_CROSS, "-h"], capture_output=True, text=True, timeout=60).stdout


def expected(folder, name, path, march=None, bits=31, optimise=0, march_flags=None):
    """The .mpy file by mpy-cross, or the error as a line of ours."""
    out = folder / (name.replace("/", "@") + ".mpy")
    options = [f"-msmall-int-bits={bits}", f"-O{optimise}", "-X", "heapsize=24m"]
    if march:
        options.append(f"-march={march}")
    if march_flags:
        options.append(f"-march-flags={march_flags}")
    done = subprocess.run([MPY_CROSS, *options, "-s", name, "-o", out, path], capture_output=True, timeout=600)
    if done.returncode == 0:
        return out.read_bytes()
    said = done.stderr.decode()
    lines = re.findall(r", line (\d+)", said)
    text = said.splitlines()[-1]
    if text == "SyntaxError: invalid arch":
        text = NO_ASSEMBLER if march else NO_MARCH
    return f"{name}:{lines[-1]}: {text}" if lines else f"{name}: {text}"


def write_sources(folder, sources):
    """Files for compiled() from a dictionary name -> source."""
    files = []
    for number, (name, source) in enumerate(sources.items()):
        path = pathlib.Path(folder, f"{number}.py")
        path.write_bytes(source)
        files.append((name, path))
    return files


def compiled(files, program=COMPILE_FILES, environment=None, **options):
    """name -> .mpy file or error, by us."""
    flags = [f"-{name.replace('_', '-')}={value}" for name, value in options.items() if value is not None]
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        args = [str(item) for file in files for item in file]
        done = subprocess.run(
            [program, *flags, folder, *args], capture_output=True, timeout=300, env=environment
        )
        assert done.returncode == 0 and done.stderr == b"", done
        for number, (name, _) in enumerate(files):
            mpy = pathlib.Path(folder, f"{number}.mpy")
            error = pathlib.Path(folder, f"{number}.error")
            assert mpy.exists() != error.exists(), name
            results[name] = mpy.read_bytes() if mpy.exists() else error.read_text()
    return results
