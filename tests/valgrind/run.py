"""Runs the C test programs under valgrind: no read of what was never written, no access outside, nothing leaked.

The sanitizers see the same programs; valgrind adds reads of bytes that nobody set. Each test program runs with the
sample of its long lists that MPROM_SEED gives. `make check` takes a few programs, MPROM_SAMPLE=all takes each one.
"""

import concurrent.futures
import os
import pathlib
import random
import re
import subprocess
import sys
import time

TESTS = pathlib.Path(os.environ["MPROM_BUILD_DIR"]) / "tests"
PROGRAMS_IN_A_SAMPLE = 4
SECONDS_AT_MOST = 1500
COMMAND = ["valgrind", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite"]

# Programs whose runs would say nothing about memory, or take an hour.
LEFT_OUT = {
    "test_powerloss": "runs the code of rom_update and rom_slots a hundred thousand times over",
    "test_compile_api": "MicroPython's collector reads the whole stack, as it must",
    "test_compile_pool": "MicroPython's collector reads the whole stack, as it must",
}

# Programs that take ten seconds and more: only MPROM_SAMPLE=all runs them.
SLOW = ["test_rom_faults", "test_rom_ioctl", "test_rom_update", "test_romfs_build_layout", "test_romfs_build_random",
        "test_romfs_mutate", "test_romfs_tree"]


def run(program, seed):
    """Returns (program's name, what is wrong or None)."""
    environment = {**os.environ, "MPROM_SAMPLE": "50", "MPROM_SEED": str(seed)}
    began = time.monotonic()
    try:
        done = subprocess.run([*COMMAND, str(program)], env=environment, capture_output=True, text=True,
                              errors="replace", timeout=SECONDS_AT_MOST, check=False)
    except subprocess.TimeoutExpired:
        return program.name, f"not done after {SECONDS_AT_MOST} s"
    print(f"valgrind: {program.name}: exit status {done.returncode} after {time.monotonic() - began:.1f} s", flush=True)
    # What a child process did wrong shows in what valgrind printed, not in the exit status.
    counts = re.findall(r"^==\d+== ERROR SUMMARY: (\d+) errors", done.stderr, re.M)
    if done.returncode != 0 or not counts or any(count != "0" for count in counts):
        return program.name, "\n".join((done.stdout + done.stderr).splitlines()[-80:])
    return program.name, None


def choose(programs, seed):
    if os.environ.get("MPROM_SAMPLE") == "all":
        return programs
    fast = [program for program in programs if program.name not in SLOW]
    return random.Random(seed).sample(fast, PROGRAMS_IN_A_SAMPLE)


def main():
    seed = int(os.environ.get("MPROM_SEED") or time.time()) or 1
    programs = sorted(path for path in TESTS.glob("test_*") if path.is_file() and path.name not in LEFT_OUT)
    if len(programs) < PROGRAMS_IN_A_SAMPLE:
        raise SystemExit(f"valgrind: only {len(programs)} test programs under {TESTS}")
    chosen = choose(programs, seed)
    print(f"valgrind: {len(chosen)} of {len(programs)} programs, MPROM_SEED={seed}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = [(name, what) for name, what in pool.map(lambda program: run(program, seed), chosen) if what]
    for name, what in wrong:
        print(f"valgrind: {name}:\n{what}", file=sys.stderr)
    print(f"valgrind: {len(chosen)} programs, {len(wrong)} with errors")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
