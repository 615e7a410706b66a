"""A model of a board with ROMFS: what docs/update.md, deploy.md, module-romfs.md and firmware.md promise, and no more.

Each step is a method that returns the outcomes that are allowed, as a list of models. `statuses` and `runs` of an
outcome are about that step: the exit statuses of the clients, and the versions whose program began, in order.
"""

import copy

ENDS = ("end", "raise", "confirm", "none")  # programs that come back to the prompt; "none" is an image without one
STAYS = ("hang", "print", "flood", "confirm-hang")
PROGRAMS = (*ENDS, *STAYS)
CONFIRMS = ("confirm", "confirm-hang")

# Before anything, when the image was marked as tried, when its program has confirmed it, when that was written down.
STOPS = ("boot", "mark", "confirm", None)

ENOENT, EPERM = 2, 1


class Record:
    """The trailer of a slot, and whether the trial began after the last hard reset."""

    def __init__(self, sequence):
        self.sequence = sequence
        self.tried = self.confirmed = self.rejected = self.began = False


class Model:
    """Versions are numbers; `programs` tells what the program of each does."""

    def __init__(self, shape):
        self.has_slots = shape == "slots"
        self.is_own = shape in ("slots", "plain")
        count = 3 if self.is_own else 1
        self.held = [None] * count
        self.records = [None] * count
        self.written = set()  # segments that got an image in this step, perhaps the one that they had
        self.chosen = None
        self.programs = {}
        self.busy = None  # the version whose program runs now and never ends
        self.stopped_at = None  # where a client that comes at once stops what is started: one of STOPS
        self.statuses = []
        self.runs = []

    def fork(self, *statuses):
        other = copy.copy(self)
        other.held, other.records = list(self.held), copy.deepcopy(self.records)
        other.written = set(self.written)
        other.statuses, other.runs = [*self.statuses, *statuses], list(self.runs)
        return other

    def begin_step(self):
        self.statuses, self.runs, self.written = [], [], set()

    def state(self, slot):
        """As `mprom query` says it. An image without a program is never tried, but it was started."""
        record = self.records[slot]
        if record.rejected:
            return "rejected"
        if record.confirmed:
            return "confirmed"
        if record.began or not record.tried and slot == self.chosen:
            return "on trial"
        return "gave up" if record.tried else "not started yet"

    # What the firmware does.

    def rank(self, slot):
        record = self.records[slot]
        if record.rejected:
            return (3, 0)
        if record.confirmed or not record.tried:
            return (0, -record.sequence)
        return (2, record.sequence)

    def choose(self):
        if self.has_slots:
            whole = [slot for slot in (0, 1) if self.held[slot] is not None]
            self.chosen = min(whole, key=self.rank, default=None)
        else:
            self.chosen = 0 if self.held[0] is not None else None

    def running_program(self):
        return None if self.chosen is None else self.programs[self.held[self.chosen]]

    def run_main(self):
        program = self.running_program()
        self.busy = self.held[self.chosen] if program in STAYS else None
        if program in (None, "none") or self.stopped_at == "boot":
            return
        record = self.records[self.chosen]
        if record and not record.tried:
            record.tried = record.began = True
        if self.stopped_at == "mark":
            return
        if record and program in CONFIRMS and not record.rejected:
            record.confirmed = True
        if self.stopped_at != "confirm":
            self.runs.append(self.held[self.chosen])

    def hard_reset(self, runs=True):
        for record in self.records:
            if record:
                record.began = False
        self.choose()
        if runs:
            self.run_main()

    def soft_reset(self, runs=True):
        if self.chosen is None or not self.has_slots:
            self.choose()
        if runs:
            self.run_main()

    def put(self, segment, version, confirmed=False):
        """A new image is live."""
        self.held[segment] = version
        self.written.add(segment)
        if self.has_slots and segment < 2:
            newest = max((record.sequence for record in self.records[:2] if record), default=0)
            self.records[segment] = Record(newest + 1)
            self.records[segment].confirmed = confirmed

    def clear(self, segment):
        self.held[segment] = self.records[segment] = None

    def refused(self, segment, is_forced=False):
        """Whether this segment may not be changed now."""
        if segment >= len(self.held):
            return True
        return self.has_slots and (segment == self.chosen or not is_forced and self.is_returned_to(segment))

    def is_returned_to(self, slot):
        """Whether the board was rolled back and goes to this slot at the next hard reset."""
        return (slot < 2 and self.chosen is not None and self.records[self.chosen].rejected and
                self.held[slot] is not None and not self.records[slot].rejected)

    # What clients do. Restarts of Python without main may choose a slot, where none was chosen yet: at what time the
    # command looks is not promised.

    def either_choice(self):
        stopped = self.stopped()
        later = stopped.fork()
        later.soft_reset(runs=False)
        return [later] if later.chosen == self.chosen else [later, stopped]

    def stopped(self):
        """Every client ends the program that runs."""
        other = self.fork()
        other.busy = None
        return other

    def deploy(self, version, options):
        starts = self.either_choice()
        outcomes = [outcome for start in starts for outcome in start.deploy_one(version, options)]
        if self.has_slots and len(starts) == 2 and "n" not in options:
            outcomes += starts[0].deploy_one(version, options | {"n": 1 - starts[0].chosen})
        return outcomes

    def deploy_target(self, version, options):
        """(segment, whether the image is there already and stays untouched)"""
        if "n" in options:
            segment = int(options["n"])
        elif not self.has_slots:
            segment = 0
        elif self.stays(self.chosen, version, options) and not self.records[self.chosen].rejected:
            segment = self.chosen
        else:
            segment = 1 - self.chosen if self.chosen is not None else 0
        return segment, self.stays(segment, version, options) and (not self.has_slots or segment in (self.chosen, 2))

    def stays(self, segment, version, options):
        return (segment is not None and segment < len(self.held) and self.held[segment] == version and
                "full" not in options)

    def deploy_one(self, version, options):
        segment, is_there = self.deploy_target(version, options)
        is_slot = self.has_slots and segment < 2
        if segment >= len(self.held) or "confirm" in options and not is_slot:
            return [self.fork(1)]
        if not is_there and self.refused(segment, "force" in options):
            return [self.fork(1)]
        done = self.fork()
        confirms_late = "confirm" in options and "follow" in options and "no-restart" not in options
        if not is_there:
            done.put(segment, version)
        if "confirm" in options and not confirms_late:
            if done.records[segment].rejected:
                return [done.fork(1)]
            done.records[segment].confirmed = True
        if "no-restart" in options:
            return [done.fork(0)]
        confirms_late = confirms_late and not done.records[segment].confirmed
        is_hard = "hard" in options or is_slot and not is_there
        done.hard_reset() if is_hard else done.soft_reset()
        return [done.followed(segment, confirms_late) if "follow" in options else done.fork(0)]

    def followed(self, segment, confirms_late):
        program = self.running_program()
        if program == "raise":
            return self.fork(1)
        if confirms_late:
            is_good = self.chosen == segment and not self.records[segment].rejected
            self.records[segment].confirmed |= is_good
            if program in STAYS:
                self.soft_reset()
            return self.fork(0 if is_good else 1)
        return self.fork(0)

    def begun_once(self):
        """The second for which a program was followed was over before it had begun."""
        other = self.fork()
        other.runs = other.runs[-1:]
        return other

    def deploy_stopped(self, version):
        """A deploy whose program may be stopped by the next client as it starts."""
        outcomes = []
        for stop in STOPS:
            start = self.fork()
            start.stopped_at = stop
            outcomes += start.deploy(version, {})
        for outcome in outcomes:
            outcome.stopped_at = None
        return outcomes

    def erase(self, segment, options):
        outcomes = []
        for start in self.either_choice():
            if start.refused(segment, "force" in options):
                outcomes.append(start.fork(1))
            else:
                done = start.fork(0)
                done.clear(segment)
                if not done.has_slots and segment == 0:
                    done.chosen = None
                outcomes.append(done)
        return [done.restarted(options) for done in outcomes]

    def restarted(self, options):
        """With --restart the command starts what it stopped, also if it failed."""
        if "restart" in options:
            self.soft_reset()
        return self

    def read(self, segment, options):
        """dump and verify, which need not restart Python."""
        return [start.fork(0 if start.held[segment] is not None else 1).restarted(options)
                for start in self.either_choice()]

    def script(self, segment, version, way):
        """romfs.Update() at the prompt: no restart, and what is left half written is no image."""
        start = self.stopped()
        is_busy = start.refused(segment)
        done = start.fork() if way == "power" else start.fork(int(is_busy or way == "raise"))
        if not is_busy:
            done.clear(segment)
            if way == "whole":
                done.put(segment, version)
        if way == "power":
            done.begin_step()
            done.hard_reset()
        return [done]

    def mpremote(self, segment, version):
        """Without a restart in the end, so what runs stays chosen."""
        start = self.stopped()
        start.soft_reset(runs=False)
        if start.refused(segment):
            return [start.fork(1)]
        done = start.fork(0)
        done.put(segment, version)
        return [done]

    # What a program or the user at the prompt asks for. A status is the errno, or 0.

    def confirm(self):
        return self.stopped().confirm_now()

    def confirm_now(self):
        if not self.is_own:
            return [self.fork(1)]
        if self.chosen is None or not self.has_slots:
            return [self.fork(ENOENT)]
        if self.records[self.chosen].rejected:
            return [self.fork(EPERM)]
        done = self.fork(0)
        done.records[self.chosen].confirmed = True
        return [done]

    def rollback(self):
        return self.stopped().rollback_now()

    def rollback_now(self):
        if not self.is_own:
            return [self.fork(1)]
        if self.chosen is None or not self.has_slots:
            return [self.fork(ENOENT)]
        other = 1 - self.chosen
        if self.held[other] is None or self.records[other].rejected:
            return [self.fork(EPERM)]
        done = self.fork(0)
        done.records[self.chosen].rejected = True
        return [done]

    # What ends in the middle. The board is switched off and on afterwards.

    def torn(self, version, options):
        """A deploy ended anywhere: each outcome is after one more hard reset."""
        outcomes = []
        for done in self.deploy(version, options):
            for stage in done.stages(self, version):
                stage.begin_step()
                stage.hard_reset()
                outcomes.append(stage)
        return outcomes

    def stages(self, before, version):
        """All that may be on flash between two models, of before and after a deploy."""
        yield before.fork()
        yield self.fork()
        for segment in self.written:
            empty = before.fork()
            empty.clear(segment)
            yield empty
            fresh = before.fork()
            fresh.put(segment, version)
            yield fresh
            if self.records[segment] and self.records[segment].confirmed:
                good = before.fork()
                good.put(segment, version, confirmed=True)
                yield good
            if self.records[segment]:
                tried = before.fork()
                tried.put(segment, version)
                tried.records[segment].tried = True
                yield tried
