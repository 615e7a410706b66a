#!/usr/bin/python3
"""Tries on a board what mprom promises, and writes down what happened. For the first person who has such a board.

    scripts/first_hardware_run.py -p /dev/ttyACM0

It overwrites a segment of the board, and puts back at the end what was there. docs/first-hardware-run.md says what each
step does and what to do with the report.
"""

import argparse
import datetime
import json
import pathlib
import platform
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
WORD = "first-hardware-run"
SAID_MAX = 2000  # bytes of what a command said that go into the report
MAIN = f"""
import helper, vfs
try:
    from uctypes import addressof
    view = vfs.rom_ioctl(2, {{id}})
    place = 0 < addressof(helper.BLOB) - addressof(view) < len(view)
except ImportError:
    place = "not known"
print("{WORD}:", helper.VERSION, "in place:", place)
"""
SCRIPT = """
import romfs, vfs
view = vfs.rom_ioctl(2, {id})
image = bytes(view[:romfs.info({id}).size])
romfs.erase({id})
try:
    romfs.verify({id})
    print("not erased")
except OSError:
    pass
with romfs.Update({id}, len(image)) as update:
    for off in range(0, len(image), 512):
        update.write(image[off:off + 512])
print(romfs.verify({id}), bytes(vfs.rom_ioctl(2, {id})[:len(image)]) == image)
"""


class Failed(Exception):
    """The board, or the command, did not do what it should."""


class Skipped(Exception):
    """This cannot be tried here."""


def tail(text):
    return text[-SAID_MAX:].strip()


class Trial:
    """A board, the commands that are run on it, and the report."""

    def __init__(self, args, folder):
        self.args, self.folder = args, folder
        self.random = random.Random(args.seed)
        self.step = {"commands": []}
        self.version = 0
        self.kept = None         # the image that was there before
        self.full_seconds = 10   # what a full deploy takes, once it is known
        self.report = {"report": 1, "seed": args.seed, "date": datetime.datetime.now().isoformat(timespec="seconds"),
                       "computer": platform.platform(), "note": args.note, "steps": []}

    def run(self, *words, status=0):
        """Runs a command, which goes into the report. Another exit status than this is a failure."""
        began = time.monotonic()
        try:
            done = subprocess.run([str(word) for word in words], capture_output=True, text=True, errors="replace", timeout=1800)
        except subprocess.TimeoutExpired:
            raise Failed(f"did not end within 30 minutes: {shlex.join(map(str, words))}") from None
        self.step["commands"].append({"command": shlex.join(map(str, words)), "status": done.returncode,
                                      "seconds": round(time.monotonic() - began, 2), "said": tail(done.stdout),
                                      "errors": tail(done.stderr)})
        if done.returncode != status:
            raise Failed(f"{words[1]} ended with {done.returncode}: {tail(done.stderr) or tail(done.stdout)}")
        return done

    def mprom(self, command, *words, status=0):
        return self.run(self.args.mprom, command, *words, "-p", self.args.port, status=status)

    def query(self):
        return json.loads(self.mprom("query", "--json").stdout)[0]

    def deploy(self, *words):
        """Returns what mprom says of it, with the time."""
        began = time.monotonic()
        done = json.loads(self.mprom("deploy", *words, "--json").stdout)[0]
        return {key: done[key] for key in ("segment", "size", "sent")} | {"seconds": round(time.monotonic() - began, 2)}

    def segment(self):
        return next(segment for segment in self.query()["segments"] if segment["id"] == self.id)

    def tree(self, size):
        """A new folder with a program and about so many bytes of data."""
        self.version += 1
        tree = self.folder / f"tree{self.version}"
        (tree / "data").mkdir(parents=True)
        (tree / "main.py").write_text(MAIN.format(id=self.id))
        self.write_helper(tree)
        for index in range(4):
            (tree / "data" / f"{index}.bin").write_bytes(self.random.randbytes(max(0, size // 4)))
        return tree

    def write_helper(self, tree):
        (tree / "helper.py").write_text(f"VERSION = {self.version}\nBLOB = b'{'x' * 1000}'\n")

    def same(self, tree):
        """What the segment holds, read back, is this tree."""
        back, out = self.folder / "back.romfs", self.folder / "out"
        self.mprom("dump", "--force", "-o", back, "-n", self.id)
        shutil.rmtree(out, ignore_errors=True)
        self.run(self.args.mprom, "extract", back, "-C", out)
        for path in (tree / "data").iterdir():
            if (out / "data" / path.name).read_bytes() != path.read_bytes():
                raise Failed(f"data/{path.name} was read back with other bytes than it was written with")

    def needs_mprom(self):
        if not self.report["board"]["mprom"]:
            raise Skipped("needs mprom's firmware")

    def needs_start(self):
        """The board starts segment 0, or a slot of that one's group."""
        self.needs_mprom()
        if self.id != 0 and not self.segment()["group"]:
            raise Skipped(f"the board does not start segment {self.id}")

    def target(self):
        """The segment to write: the one named, or one that does not run."""
        segments = self.report["board"]["segments"]
        if not segments:
            raise Failed("the firmware of the board has no ROM partition")
        if self.args.segment is not None:
            named = [segment["id"] for segment in segments if str(segment["id"]) == self.args.segment or
                     segment["name"] == self.args.segment]
            if not named:
                raise Failed(f"the board has no segment {self.args.segment}")
            return named[0]
        return next((segment["id"] for segment in segments if not segment["running"]), segments[0]["id"])


def answers(trial):
    """The board says what it is."""
    trial.report["board"] = trial.query()
    trial.id = trial.target()
    segment = trial.segment()
    trial.limit = min(trial.args.fill, segment["size"]) * 95 // 100
    return {"machine": trial.report["board"]["machine"], "version": trial.report["board"]["version"], "segment": trial.id,
            "size": segment["size"], "block_size": segment["block_size"]}


def reads(trial):
    """The whole segment, twice: the same bytes. Its image is kept; of slots that of the one that runs."""
    dumps = [trial.folder / f"before{number}.raw" for number in range(2)]
    for dump in dumps:
        trial.mprom("dump", "--raw", "-o", dump, "-n", trial.id)
    if dumps[0].read_bytes() != dumps[1].read_bytes():
        raise Failed("two dumps of the segment differ")
    segments = trial.report["board"]["segments"]
    runs = [segment["id"] for segment in segments if segment["running"] and segment["group"] == trial.segment()["group"]]
    id = runs[0] if runs else trial.id
    if segments[id]["image"]:
        trial.kept = trial.folder / "before.romfs"
        trial.mprom("dump", "-o", trial.kept, "-n", id)
    return {"bytes": dumps[0].stat().st_size, "image": bool(trial.kept)}


def occupy_other_slot(trial):
    """Of two empty slots the board would take the first one written, which then could not be written again."""
    group = trial.segment()["group"]
    slots = [segment for segment in trial.query()["segments"] if group and segment["group"] == group]
    if slots and not any(segment["running"] for segment in slots):
        other = next(segment["id"] for segment in slots if segment["id"] != trial.id)
        trial.deploy(trial.tree(1000), "-n", other, "--confirm")


def writes(trial):
    """A small tree, written in full, verified and read back."""
    occupy_other_slot(trial)
    trial.small = trial.tree(min(20000, trial.limit // 2))
    done = trial.deploy(trial.small, "--full", "--no-restart", "-n", trial.id)
    trial.mprom("verify", trial.small, "-n", trial.id)
    trial.same(trial.small)
    return done


def edits(trial):
    """Edits of the tree, each deployed, verified and read back."""
    sent = []
    for _ in range(trial.args.edits):
        trial.version += 1
        trial.write_helper(trial.small)
        path = trial.small / "data" / f"{trial.random.randrange(4)}.bin"
        data = bytearray(path.read_bytes())
        at = trial.random.randrange(len(data) + 1)
        data[at:at + trial.random.choice((0, 50, 300))] = trial.random.randbytes(trial.random.choice((1, 50, 300)))
        path.write_bytes(data)
        sent.append(trial.deploy(trial.small, "--no-restart", "-n", trial.id)["sent"])
        trial.mprom("verify", trial.small, "-n", trial.id)
        trial.same(trial.small)
    return {"sent": sent}


def fills(trial):
    """An image that fills the segment, or --fill of it, to 95 %."""
    tree = trial.tree(trial.limit - 4000)
    done = trial.deploy(tree, "--full", "--no-base", "--no-restart", "-n", trial.id)
    trial.mprom("verify", tree, "-n", trial.id)
    trial.same(tree)
    trial.full_seconds = done["seconds"]
    return done | {"bytes_per_second": round(done["size"] / done["seconds"])}


def left_in(trial):
    """What the segment holds after a deploy that did not end: an image must be whole."""
    if not trial.segment()["image"]:
        return "no image"
    trial.mprom("verify", "-n", trial.id)
    return "an image"


def killed(trial):
    """The command killed in the middle of a deploy: no part of an image is taken for one, and the next deploy works."""
    left = []
    for part in (0.3, 0.6, 0.9):
        tree = trial.tree(trial.limit - 4000)
        words = [trial.args.mprom, "deploy", tree, "--full", "--no-base", "--no-restart", "-n", trial.id, "-p", trial.args.port]
        with subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as deploy:
            time.sleep(trial.full_seconds * part)
            deploy.kill()
        left.append(left_in(trial))
    trial.deploy(trial.small, "--no-restart", "-n", trial.id)
    trial.same(trial.small)
    return {"left": left}


def unplugged(trial):
    """The same with the board's power, which a person cuts."""
    if not trial.args.unplug:
        raise Skipped("needs a person: --unplug 5")
    left = []
    for number in range(trial.args.unplug):
        tree = trial.tree(trial.limit - 4000)
        print(f"  {number + 1} of {trial.args.unplug}: pull the board's plug within {trial.full_seconds:.0f} s, then put it back")
        subprocess.run([str(word) for word in (trial.args.mprom, "deploy", tree, "--full", "--no-base", "--no-restart", "-n",
                        trial.id, "-p", trial.args.port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        input("  the board has power again? Press Enter ")
        left.append(left_in(trial))
    trial.deploy(trial.small, "--no-restart", "-n", trial.id)
    trial.same(trial.small)
    return {"left": left}


def script(trial):
    """A script on the board erases the segment, writes it, reads it back and verifies it."""
    trial.needs_mprom()
    if not trial.args.mpremote:
        raise Skipped("needs mpremote")
    small = trial.tree(2000)
    trial.deploy(small, "--no-restart", "-n", trial.id)
    said = trial.run(*trial.args.mpremote, "connect", trial.args.port, "exec", SCRIPT.format(id=trial.id)).stdout.strip()
    if said != "True True":
        raise Failed(f"the script printed {said!r} and not 'True True'")
    trial.same(small)
    return {}


def stock_client(trial):
    """Stock mpremote deploys an image."""
    if not trial.args.mpremote:
        raise Skipped("needs mpremote")
    tree, image = trial.tree(20000), trial.folder / "stock.romfs"
    trial.run(trial.args.mprom, "build", tree, "-o", image)
    trial.run(*trial.args.mpremote, "connect", trial.args.port, "romfs", "-p", trial.id, "deploy", image)
    trial.same(tree)
    return {}


def starts(trial):
    """The board starts main of the image, which says whether its modules lie in flash."""
    trial.needs_start()
    tree = trial.tree(1000)
    said = trial.mprom("deploy", tree, "-n", trial.id, "--confirm", "--follow", "10").stdout
    if f"{WORD}: {trial.version} in place: True" not in said:
        raise Failed(f"main did not say that it runs in place; the board printed: {tail(said)}")
    said = trial.mprom("reset", "--hard", "--follow", "20").stdout
    if f"{WORD}: {trial.version} in place: True" not in said:
        raise Failed(f"after a hard reset main did not run; the board printed: {tail(said)}")
    return {}


def slots(trial):
    """A new image that does not confirm itself runs once; then the board goes back to the one before."""
    trial.needs_start()
    group = trial.segment()["group"]
    if sum(segment["group"] == group for segment in trial.query()["segments"]) < 2 or not group:
        raise Skipped("needs slots")
    before = trial.version
    tree = trial.tree(1000)
    wanted = (trial.version, before)
    first = trial.mprom("deploy", tree, "--follow", "20").stdout
    second = trial.mprom("reset", "--hard", "--follow", "20").stdout
    for version, said in zip(wanted, (first, second)):
        if f"{WORD}: {version} in place" not in said:
            raise Failed(f"version {version} should have run; the board printed: {tail(said)}")
    return {"ran": wanted}


def puts_back(trial):
    """The image that was kept, or nothing; of slots one has to hold an image."""
    slots = bool(trial.segment()["group"])
    if trial.kept:
        trial.mprom("deploy", trial.kept, "--confirm", *(() if slots else ("-n", trial.id)))
        return {"image": "the one before"}
    if slots and trial.segment()["running"]:
        return {"image": "the last one of the trial: the board runs it"}
    trial.mprom("erase", "-n", trial.id)
    return {"image": "none"}


STEPS = answers, reads, writes, edits, fills, killed, unplugged, script, stock_client, starts, slots, puts_back


def try_step(trial, step):
    """Runs it, prints a line and puts it into the report. Returns whether it did not fail."""
    began = time.monotonic()
    trial.step = {"name": step.__name__, "does": step.__doc__, "result": "passed", "commands": []}
    try:
        trial.step["details"] = step(trial)
    except Skipped as why:
        trial.step |= {"result": "skipped", "why": str(why)}
    except (Failed, OSError, ValueError, KeyError, IndexError) as why:
        trial.step |= {"result": "failed", "why": f"{why}" if isinstance(why, Failed) else f"{type(why).__name__}: {why}"}
    trial.step["seconds"] = round(time.monotonic() - began, 1)
    trial.report["steps"].append(trial.step)
    why = f": {trial.step['why']}" if "why" in trial.step else ""
    print(f"{trial.step['result']:8} {step.__name__:13} {trial.step['seconds']:7.1f} s{why}", flush=True)
    return trial.step["result"] != "failed"


def try_all(trial):
    """In their order. Without an answer or the old contents there is nothing to do; if nothing can be written, only the last."""
    for step in STEPS[:2]:
        if not try_step(trial, step):
            return
    for step in STEPS[3:] if try_step(trial, writes) else STEPS[-1:]:
        try_step(trial, step)


def arguments():
    parser = argparse.ArgumentParser(description="Tries on a board what mprom promises, and writes down what happened. "
                                     "It overwrites a segment and puts back at the end what was there.")
    parser.add_argument("-p", "--port", required=True, help="the board's port")
    parser.add_argument("-n", "--segment", help="the segment to write (one that does not run)")
    parser.add_argument("-o", "--output", type=pathlib.Path, help="the report (first-hardware-run-DATE.json)")
    parser.add_argument("--mprom", default=TOP / "build" / "mprom", help="the command (build/mprom)")
    parser.add_argument("--mpremote", default=shutil.which("mpremote") or "", help="the command mpremote, if it is not in PATH")
    parser.add_argument("--edits", type=int, default=20, help="how many edits are deployed (20)")
    parser.add_argument("--fill", type=int, default=1 << 20, help="the most bytes to fill a segment with (1048576)")
    parser.add_argument("--unplug", type=int, default=0, help="how often to ask a person to pull the plug (0)")
    parser.add_argument("--seed", type=int, default=1, help="another number, other edits (1)")
    parser.add_argument("--note", default="", help="a sentence for the report, such as the board's revision")
    args = parser.parse_args()
    args.mpremote = shlex.split(args.mpremote)
    args.output = args.output or pathlib.Path(f"{WORD}-{datetime.datetime.now():%Y%m%d-%H%M%S}.json")
    return args


def main():
    args = arguments()
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{WORD}-"))
    trial = Trial(args, folder)
    print(f"This overwrites a segment of the board at {args.port}. What was there is kept in {folder} and put back at the end.")
    try:
        trial.report["mprom"] = trial.run(args.mprom, "--version").stdout.strip()
        try_all(trial)
    except KeyboardInterrupt:
        trial.report["ended"] = "by Ctrl-C"
    results = [step["result"] for step in trial.report["steps"]]
    trial.report["result"] = "failed" if "failed" in results or len(results) < len(STEPS) else "passed"
    args.output.write_text(json.dumps(trial.report, indent=1) + "\n")
    print(f"{trial.report['result']}: {results.count('passed')} passed, {results.count('failed')} failed, "
          f"{results.count('skipped')} skipped; the report is {args.output}")
    if trial.report["result"] == "passed":
        shutil.rmtree(folder)
        return 0
    print(f"What the segment held before is still in {folder}.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
