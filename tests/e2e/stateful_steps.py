"""The steps of test_stateful.py: how each is chosen, what it does to a board, and what the model says of it.

A step is text, such as "deploy program=hang size=5000 n=1 follow": a word, options, and `live` if the program of the
board shall run when the step begins. All that is random is in the text, so that it can be repeated.
"""

import os
import shutil
import signal
import time

from clients import run_mpremote
from stateful_board import Failure, files_of, image_of
from stateful_model import PROGRAMS

CUT_STATUS = 3
FOLLOW_S = "30"  # at most, for a program that ends; one that stays is followed for a second
CUT_STATES = ("before", "after", "few", "some", "half", "most", "prefix", "suffix", "head", "shaky")


def parse(text):
    word, *rest = text.split()
    return word, dict(part.split("=", 1) if "=" in part else (part, "") for part in rest)


# Choosing

def choose_image(pick, shape):
    parts = [f"program={pick.choice(PROGRAMS)}", f"size={pick.choice((0, 300, 5000, 5000, 20000))}"]
    if pick.random() < 0.15:
        parts = [f"again={pick.randrange(3)}"]
    elif pick.random() < 0.3:
        parts.append("dir")
    elif pick.random() < 0.2:
        parts.append("edit")
    return parts


def choose_options(pick, shape):
    is_slots = shape == "slots"
    parts = []
    if pick.random() < (0.25 if is_slots else 0.1):
        parts.append(f"n={pick.randrange(3)}")
    chances = {"confirm": 0.35 if is_slots else 0.05, "follow": 0.2, "no-restart": 0.15, "hard": 0.15, "full": 0.1,
               "force": 0.1}
    parts += [option for option, chance in chances.items() if pick.random() < chance]
    return parts


def choose_deploy(pick, shape):
    return ["deploy", *choose_image(pick, shape), *choose_options(pick, shape)]


def choose_killed(pick, shape):
    return ["kill-client", *choose_image(pick, shape), *choose_options(pick, shape), f"ms={pick.randrange(0, 400)}"]


def choose_cut(pick, shape):
    states = CUT_STATES if shape in ("slots", "plain") else CUT_STATES[:2]
    state = f"{pick.choice(states)}:{pick.randrange(1000)}"
    return ["cut", *choose_image(pick, shape), *choose_options(pick, shape), f"at={pick.randrange(0, 60)}:{state}"]


def choose_power(pick, shape):
    return ["kill-board", *choose_image(pick, shape), *choose_options(pick, shape), f"ms={pick.randrange(0, 300)}"]


def choose_two(pick, shape):
    return ["two", *choose_image(pick, shape), f"ms={pick.choice((2, 5, 10, 20))}"]


def choose_segment(word):
    def choose(pick, shape):
        more = [option for option in ("restart", *(("force",) if word == "erase" else ())) if pick.random() < 0.2]
        return [word, f"n={pick.choice((0, 1, 1, 2)) if shape in ('slots', 'plain') else 0}", *more]

    return choose


def choose_mpremote(pick, shape):
    if shape == "samd":  # there stock mpremote erases the writable filesystem, and programs what was not erased
        return ["soft"]
    n = pick.randrange(3) if shape in ("slots", "plain") else 0
    return ["mpremote", f"program={pick.choice(PROGRAMS)}", f"size={pick.choice((300, 9000))}", f"n={n}"]


def choose_script(pick, shape):
    """A program on the board that writes a segment; on stock boards there is no module for that."""
    if shape not in ("slots", "plain"):
        return ["hard"]
    return ["script", f"program={pick.choice(PROGRAMS)}", f"size={pick.choice((300, 9000))}", f"n={pick.randrange(3)}",
            f"way={pick.choice(('whole', 'whole', 'abort', 'raise', 'power'))}"]


def choose_reset(pick, shape):
    return ["reset", *(["chip"] if pick.random() < 0.5 else [])]


def choose_word(word):
    return lambda pick, shape: [word]


# (how often, of which step)
CHOICES = ((30, choose_deploy), (6, choose_mpremote), (6, choose_segment("erase")), (6, choose_word("soft")),
           (6, choose_word("hard")), (4, choose_word("button")), (4, choose_word("power")), (6, choose_word("confirm")),
           (6, choose_word("rollback")), (4, choose_reset), (2, choose_segment("verify")), (2, choose_segment("dump")),
           (4, choose_script), (6, choose_killed), (6, choose_cut), (4, choose_power), (4, choose_two))


def choose(pick, shape):
    chooser = pick.choices([choice for _, choice in CHOICES], [weight for weight, _ in CHOICES])[0]
    parts = chooser(pick, shape)
    if pick.random() < 0.4:
        parts.append("live")
    return " ".join(parts)


# Doing

class Steps:
    """Does steps to a board. Each method returns the outcomes that the model allows, and what the exit statuses were."""

    def __init__(self, board):
        self.board = board
        self.count = 0
        self.tree = None

    def do(self, text, model):
        word, options = parse(text)
        return getattr(self, "do_" + word.replace("-", "_"))(model, options)

    def source(self, model, options):
        """(version, path) of what is deployed."""
        if "again" in options:
            segment = int(options["again"])
            version = model.held[segment] if segment < len(model.held) else None
            if version is not None:
                path = self.board.folder / f"again{version}.romfs"
                path.write_bytes(next(data for data, known in self.board.known.items() if known == version and
                                      data == self.board.flash(segment)))
                return version, path
        self.count += 1
        version, program = self.count, options.get("program", "end")
        model.programs[version] = program
        files = files_of(version, program, int(options.get("size", 300)), options.get("slow", ""))
        if "edit" in options and self.tree:
            files = {name: data for name, data in self.tree.items() if name == "payload.bin"} | {
                name: data for name, data in files.items() if name != "payload.bin"} | {
                "version": b"edited to %d" % version}
        self.board.files[version] = files
        return version, self.write(version, files, "dir" in options or "edit" in options)

    def write(self, version, files, is_dir):
        if not is_dir:
            path = self.board.folder / f"{version}.romfs"
            path.write_bytes(image_of(files))
            return path
        self.tree = files
        path = self.board.folder / "app"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        for name, data in files.items():
            (path / name).write_bytes(data)
        return path

    def deploy_command(self, path, options):
        words = ["deploy", path, "-p", self.board.board.port]
        if os.path.isdir(path):
            words += ["--no-mpy"]
        if "n" in options:
            words += ["-n", options["n"]]
        if "follow" in options:
            words += ["--follow", options["follow"] or "1"]
        return words + [f"--{name}" for name in ("confirm", "no-restart", "hard", "full", "force") if name in options]

    def do_deploy(self, model, options):
        version, path = self.source(model, options)
        outcomes = model.deploy(version, options)
        if "follow" in options and all(outcome.busy is None for outcome in outcomes):
            options["follow"] = FOLLOW_S
        status = self.board.mprom(*self.deploy_command(path, options))
        if "follow" in options and b"runs" not in self.board.said:
            outcomes += [outcome.begun_once() for outcome in outcomes]
        return outcomes, [status]

    def asked(self, word, options, *more):
        """A command for one segment."""
        words = [word, "-p", self.board.board.port, "-n", options["n"], *more]
        return self.board.mprom(*words, *(f"--{name}" for name in ("force", "restart") if name in options))

    def do_erase(self, model, options):
        return model.erase(int(options["n"]), options), [self.asked("erase", options)]

    def do_verify(self, model, options):
        return model.read(int(options["n"]), options), [self.asked("verify", options)]

    def do_dump(self, model, options):
        path = self.board.folder / "dump"
        path.unlink(missing_ok=True)
        status = self.asked("dump", options, "-o", path)
        held = self.board.flash(int(options["n"]))
        if path.exists() != (status == 0) or status == 0 and path.read_bytes() != held:
            raise Failure(f"dump ends with status {status} and is not what flash holds")
        return model.read(int(options["n"]), options), [status]

    def do_reset(self, model, options):
        is_hard = "chip" in options
        status = self.board.mprom("reset", "-p", self.board.board.port, *(["--hard"] if is_hard else []))
        done = model.fork(0)
        done.hard_reset() if is_hard else done.soft_reset()
        return [done], [status]

    def do_script(self, model, options):
        version, path = self.source(model, options)
        segment, way = int(options["n"]), options["way"]
        data = path.read_bytes()
        half = len(data) // 2
        if way == "power":
            code = f"import romfs\nu = romfs.Update({segment}, {len(data)})\nu.write({data[:half]!r})"
        else:
            last = {"whole": f"u.write({data[half:]!r})", "abort": "u.abort()", "raise": f"u.write({data[half:]!r} + b'more')"}
            code = (f"import romfs\nwith romfs.Update({segment}, {len(data)}) as u:\n  u.write({data[:half]!r})\n  {last[way]}")
        status = self.board.errno(code)
        if way == "power":
            self.board.restart_unseen()
        return model.script(segment, version, way), [] if way == "power" else [min(status, 1)]

    def do_mpremote(self, model, options):
        version, path = self.source(model, options)
        done = run_mpremote("connect", self.board.board.port, "romfs", "-p", options["n"], "deploy", path)
        self.board.said = (done.stdout + done.stderr).encode()
        return model.mpremote(int(options["n"]), version), [min(done.status, 1)]

    def do_soft(self, model, _):
        self.board.soft_reset()
        done = model.fork()
        done.soft_reset()
        return [done], []

    def do_hard(self, model, _, reset=None):
        (reset or self.board.hard_reset)()
        done = model.fork()
        done.hard_reset()
        return [done], []

    def do_button(self, model, options):
        return self.do_hard(model, options, self.board.press_button)

    def do_power(self, model, options):
        return self.do_hard(model, options, self.board.power_cycle)

    def do_confirm(self, model, _):
        return model.confirm(), [self.board.errno("import romfs\nromfs.confirm()")]

    def do_rollback(self, model, _):
        return model.rollback(), [self.board.errno("import romfs\nromfs.rollback()")]

    # What ends in the middle

    def do_kill_client(self, model, options):
        version, path = self.source(model, options)
        client = self.board.begin(*self.deploy_command(path, options))
        time.sleep(int(options["ms"]) / 1000)
        client.kill()
        client.communicate()
        self.board.query()  # comes through, whatever the board is in the middle of
        self.board.restart_unseen()
        return model.torn(version, options), []

    def do_kill_board(self, model, options):
        version, path = self.source(model, options)
        with self.board.port_kept():
            client = self.board.begin(*self.deploy_command(path, options))
            time.sleep(int(options["ms"]) / 1000)
            self.board.board.kill()
            self.board.end(client)
        self.board.restart_unseen()
        return model.torn(version, options), []

    def do_cut(self, model, options):
        """The mark of a trial is an operation too, so power may fail before the deploy begins."""
        version, path = self.source(model, options)
        self.board.board.kill()
        began = model.fork()
        began.hard_reset()
        self.board.start("--cut", options["at"])
        with self.board.port_kept() as is_kept:
            if is_kept:
                self.board.mprom(*self.deploy_command(path, options))
        if self.board.has_ended() and self.board.board.wait() != CUT_STATUS:
            raise Failure("the board ended, and not at the cut")
        self.board.restart_unseen()
        return [*began.torn(version, options), *model.torn(version, options)], []

    # Two clients at once

    def do_two(self, model, options):
        first, path = self.source(model, options)
        second, other = self.source(model, {"program": "end", "size": "5000"})
        client = self.board.begin(*self.deploy_command(path, {}))
        time.sleep(int(options["ms"]) / 1000)
        client.send_signal(signal.SIGSTOP)  # so that it is in the middle, if not before or behind its work
        try:
            last = self.board.mprom(*self.deploy_command(other, {}))
        finally:
            client.send_signal(signal.SIGCONT)
        statuses = [self.board.end(client), last]
        outcomes = []
        for order in ((first, second), (second, first)):
            outcomes += [self.in_order(alone, order, first, 1) for alone in model.deploy(order[0], {})]
            for last in (last for alone in model.deploy_stopped(order[0]) for last in alone.deploy(order[1], {})):
                outcomes.append(self.in_order(last, order, first, last.statuses[-1]))
        return outcomes, statuses

    @staticmethod
    def in_order(outcome, order, first, last_status):
        """The statuses as the clients were started; the later one may find the port in use."""
        done = outcome.fork()
        done.statuses = [outcome.statuses[0], last_status][:: 1 if order[0] == first else -1]
        return done
