#!/usr/bin/python3
"""Damaged images through mprom's reader and MicroPython's own VfsRom: where both read one, they must read the same.

    differential.py                 a sample, or with MPROM_SAMPLE=all 100,000 images; MPROM_SEED repeats a run
    differential.py --count N [--seed SEED] [--jobs N]
    differential.py --seed SEED --case CASE     one image: what made it, its bytes, and what each reader says of it

Images come from mutants.py. Each reader runs in a process of its own with the image in front of memory that cannot be
read (ours.c, upstream.py); one that ends is started again behind the image that ended it. An image that makes
MicroPython read behind its end is tried again on its heap, to see whether that is a crash or goes unnoticed.

Counts D, the disagreements:
  - both read the image and found something else,
  - mprom refuses what MicroPython reads, and mprom's check names no rule that the image breaks,
  - mprom reads what MicroPython does not,
  - mprom crashes.
Exit status 1 if D is not 0, or less than a fifth of the images are accepted by both.
"""
import argparse
import collections
import multiprocessing
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from programs import BUILD, MICROPYTHON, SOURCE

import mutants

OURS = BUILD / "tests" / "differential_ours"
UPSTREAM = [MICROPYTHON, "-X", "heapsize=4M", pathlib.Path(__file__).resolve().parent / "upstream.py"]
COUNT_ALL = 100000
COUNT_SAMPLE = 4000
BATCH_COUNT = 1000
ENDED, SLASH = -1, -2  # in the place of a fault: the reader's process ended; it finds less than MicroPython's
SHOWN_MAX = 3  # cases that stand for a class

WALKS, REFUSES, RAISES, OUTSIDE, CRASHES, ENDLESS = OUTCOMES = (
    "reads it", "refuses it", "raises another error", "reads outside it", "crashes", "does not end")

# What a case is counted under: mprom's verdict, None, the fault, ENDED or SLASH; MicroPython's outcome; what mprom's full check says;
# and for a disagreement its description, else None.
Result = collections.namedtuple("Result", "fault outcome checked disagreement")


def write_batch(path, images):
    with open(path, "wb") as batch:
        for image in images:
            batch.write(len(image).to_bytes(4, "little") + image)


def run_reader(command, path, count, *how):
    """A line for each image; for one that ended the process the signal that did."""
    lines = []
    while len(lines) < count:
        done = subprocess.run([*command, path, str(len(lines)), str(count - len(lines)), *how],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=600)
        lines += done.stdout.splitlines()
        if done.returncode < 0:
            lines.append(signal.Signals(-done.returncode))
        elif done.returncode > 0 or len(lines) < count:
            raise RuntimeError(f"{command[-1]} ended with {done.returncode}: {done.stderr}")
    return lines


def outcome_of(line, plain):
    """How MicroPython fared with an image: in front of the guard, and if that crashed, on the heap."""
    if line in (signal.SIGSEGV, signal.SIGBUS):
        return {signal.SIGSEGV: CRASHES, signal.SIGBUS: CRASHES, signal.SIGVTALRM: ENDLESS}.get(plain, OUTSIDE)
    if line == signal.SIGVTALRM or line == "@ endless":
        return ENDLESS
    if isinstance(line, signal.Signals):
        return CRASHES
    if line[0] == "=":
        return WALKS
    if line[0] == "@":
        return OUTSIDE
    return REFUSES if line.startswith("! OSError") else RAISES


def has_slash(line):
    return any(word[0] in "df" and b"/" in bytes.fromhex(word[1:].split(":")[0]) for word in line.split()[1:])


def judge(ours, upstream, outcome):
    if isinstance(ours, signal.Signals):
        return Result(ENDED, outcome, ENDED, f"mprom's reader was ended by {ours.name}")
    line, checked = ours.split("\t")
    fault = int(line[2:]) if line[0] == "!" else None
    disagreement = None
    if fault == 0:
        disagreement = "mprom refuses it, and its check finds no fault"
    elif fault is None and line != upstream:
        disagreement = f"mprom reads it, MicroPython {outcome if outcome != WALKS else 'finds something else in it'}"
        # A name with a slash is a fault. MicroPython's lookup can find such an entry by a path, mprom's never does.
        if outcome in (WALKS, REFUSES) and has_slash(line):
            fault, disagreement = SLASH, None
    return Result(fault, outcome, int(checked), disagreement)


def compare(images, folder):
    """The lines and the result for each image: [(ours, upstream, result)]."""
    path = pathlib.Path(folder) / "batch"
    write_batch(path, images)
    ours = run_reader([OURS], path, len(images))
    upstream = run_reader(UPSTREAM, path, len(images), "guard")
    crashed = [i for i, line in enumerate(upstream) if line in (signal.SIGSEGV, signal.SIGBUS)]
    write_batch(path, [images[i] for i in crashed])
    plain = dict(zip(crashed, run_reader(UPSTREAM, path, len(crashed), "plain")))
    return [(ours[i], upstream[i], judge(ours[i], upstream[i], outcome_of(upstream[i], plain.get(i))))
            for i in range(len(images))]


def compare_range(job):
    seed, first, count = job
    with tempfile.TemporaryDirectory() as folder:
        images = [mutants.make(seed, case)[0] for case in range(first, first + count)]
        return first, [result for _, _, result in compare(images, folder)]


def show_case(seed, case):
    image, changes = mutants.make(seed, case)
    kept = SOURCE / "build" / "differential" / f"{seed}-{case}.romfs"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(image)
    with tempfile.TemporaryDirectory() as folder:
        (ours, upstream, result), = compare([image], folder)
    print(f"made by: {', '.join(changes)}\nkept in: {kept.relative_to(SOURCE)}\n{image.hex(' ')}")
    for reader, line in (("mprom:      ", ours), ("MicroPython:", upstream)):
        print(reader, line if isinstance(line, str) else line.name)
    print(f"MicroPython: {result.outcome}")
    print(f"fault:       {fault_texts()[result.fault or result.checked]}")
    print(result.disagreement or "no disagreement")
    return 1 if result.disagreement else 0


def fault_texts():
    lines = subprocess.run([OURS, "--faults"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    texts = {int(number): text for number, text in (line.split("\t") for line in lines)}
    return texts | {ENDED: "its process ended", SLASH: "a path leads to another entry, one with a slash in its name"}


def print_tables(counts, checked, cases):
    texts = fault_texts()
    print("| mprom's reader | " + " | ".join(f"MicroPython {outcome}" for outcome in OUTCOMES) + " |")
    print("| --- " * (1 + len(OUTCOMES)) + "|")
    faults = {fault for fault, _ in counts}
    for fault in sorted(faults, key=lambda fault: (fault is not None, fault)):
        verdict = "reads it" if fault is None else texts[fault] if fault < 0 else f"refuses: {texts[fault]}"
        print(f"| {verdict} | " + " | ".join(str(counts[fault, outcome]) for outcome in OUTCOMES) + " |")
    totals = [sum(counts[fault, outcome] for fault in faults) for outcome in OUTCOMES]
    print("| all | " + " | ".join(map(str, totals)) + " |")
    print("\n| of what both read, mprom's check says | images |\n| --- | --- |")
    for fault, count in sorted(checked.items()):
        print(f"| {texts[fault]} | {count} |")
    print("\n| MicroPython | the first cases |\n| --- | --- |")
    for outcome in (OUTSIDE, CRASHES, ENDLESS):
        print(f"| {outcome} | {', '.join(map(str, cases[outcome]))} |")


def run_all(seed, count, jobs):
    counts, checked, cases, disagreements = collections.Counter(), collections.Counter(), collections.defaultdict(list), []
    work = [(seed, first, min(BATCH_COUNT, count - first)) for first in range(0, count, BATCH_COUNT)]
    with multiprocessing.Pool(jobs) as pool:
        for first, results in pool.imap(compare_range, work):
            for case, result in enumerate(results, first):
                counts[result.fault, result.outcome] += 1
                if result.fault is None and result.outcome == WALKS:
                    checked[result.checked] += 1
                if len(cases[result.outcome]) < SHOWN_MAX:
                    cases[result.outcome].append(case)
                if result.disagreement:
                    disagreements.append((case, result.disagreement))
    print_tables(counts, checked, cases)
    for case, what in disagreements[:20]:
        print(f"differential: {what}; make differential SEED={seed} CASE={case}")
    accepted = counts[None, WALKS]
    print(f"differential: {count} images, {accepted} accepted by both, {len(disagreements)} disagreements")
    if accepted < count / 5:
        print("differential: too few are accepted by both for this to say anything")
    return 1 if disagreements or accepted < count / 5 else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sample = os.environ.get("MPROM_SAMPLE", "")
    count = COUNT_ALL if sample == "all" else int(sample or COUNT_SAMPLE)
    parser.add_argument("--count", type=int, default=count)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("MPROM_SEED") or time.time()))
    parser.add_argument("--case", type=int)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_args()
    if args.case is not None:
        sys.exit(show_case(args.seed, args.case))
    print(f"differential: {args.count} images, MPROM_SEED={args.seed}", flush=True)
    sys.exit(run_all(args.seed, args.count, args.jobs))


if __name__ == "__main__":
    main()
