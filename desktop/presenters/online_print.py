"""Printing approved files one after the other; `online_inspect` looks at what came out.

A batch is one call on the printer's lane. Between two cards it can pause or end, and it stops by
itself where a hand is needed; going on prints what is left, the card that failed first.
"""

from __future__ import annotations

import dataclasses
import threading
from collections import deque

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import Role
from desktop.domain.service import Channel
from desktop.domain.stock import (
    Blank,
    BlankState,
    DoubtAnswer,
    JobInDoubt,
    JobState,
    NoBlankAssigned,
    SerialUnread,
)
from desktop.notices import Notice, Progress
from desktop.presenters.base import SYNC, Said
from desktop.presenters.online_inspect import InspectDesk
from desktop.presenters.online_problems import ChipsFailed, NothingSelected
from desktop.presenters.online_view import FailedCard, OnlineArea, PrintPane, PrintRun
from desktop.presenters.training_scans import can_play
from desktop.services.batch import BatchOutcome, BatchProgress
from desktop.services.cardmaker import bad_blank
from desktop.services.doubts import Doubt, Outcome, Result
from desktop.services.own_jobs import own_jobs

CARDS = "card_printer"
BATCH = "batch"
BLANK_GONE = (Outcome.CHIP_WRITTEN, Outcome.MISSING)
"""What an officer who answers that there is no card may not expect: the blank is gone too."""


class PrintDesk(InspectDesk):
    """The part of the online presenter that prints."""

    _cancel: threading.Event | None = None

    # -- reading ---------------------------------------------------------------------------

    def read_print(self, names: dict[str, str]) -> dict[str, object]:
        """Approved files, printed ones, blanks; runs on the store's lane."""
        online, view = self.desk.online, self.view
        tally = online.counts()
        changes: dict[str, object] = {
            "print_count": tally.get(S.APPROVED, 0) + tally.get(S.PRINTED, 0)
        }
        if view.area is not OnlineArea.PRINT:
            return changes
        changes["ready"] = self.file_lines(online.waiting((S.APPROVED,)), names)
        changes["blanks_left"] = self.desk.stock.at_counter()
        changes["printed"] = self.read_printed()
        changes["can_look"] = self.desk.card_looks.possible
        changes["used"] = self._read_used()
        return changes

    def _read_used(self) -> frozenset[str]:
        """Blanks told to lie outside that became a card since, or left the counter."""
        run = self.view.run
        with self.desk.ledger.reading() as r:
            told = [r.look(Blank, serial) for serial in map(_serial, run.put_back if run else ())]
        return frozenset(b.id for b in told if b and b.state is not BlankState.ASSIGNED)

    def forget_used(self, used: frozenset[str]) -> None:
        """These no longer belong back on the stack."""
        run = self.view.run
        if run is not None and used & set(map(_serial, run.put_back)):
            left = tuple(said for said in run.put_back if _serial(said) not in used)
            self.show(run=dataclasses.replace(run, put_back=left))

    def read_printed(self) -> tuple[Application, ...]:
        """Cards that wait to be looked at; runs on the store's lane."""
        with self.desk.ledger.reading() as r:
            return tuple(
                r.find(Application, channel=Channel.ONLINE, state=S.PRINTED, order="changed_at")
            )

    def look_for_doubt(self) -> None:
        """A job of an online case whose outcome nobody knows is asked about first."""

        def look() -> Doubt | None:
            with self.desk.ledger.reading() as r:
                for job in own_jobs(self.desk.frame, r, [JobState.IN_DOUBT]):
                    if r.get(Application, job.application_id).channel is Channel.ONLINE:
                        found = job
                        break
                else:
                    return None
            return self.desk.issuing.examine(found.id)

        self.read(look, lambda doubt: self.show(doubt=doubt), lane=CARDS)

    # -- the batch -------------------------------------------------------------------------

    def select(self, keys: frozenset[str]) -> None:
        """The ticked rows."""
        if keys != self.view.selected:
            self.show(selected=keys)

    def turn_pane(self, pane: PrintPane) -> None:
        """What waits for the printer, or what came out of it."""
        self.show(pane=pane, problem=None)
        self.refresh()
        if pane is PrintPane.INSPECT:
            self.show_card("")

    def print_selected(self) -> None:
        """Print every ticked file, in the order of the list."""
        view = self.view
        if not self.may(Role.PRODUCTION):
            return
        wanted = tuple(line.app.id for line in view.ready if line.app.id in view.selected)
        if not wanted:
            self.show(problem=NothingSelected())
            return
        if view.doubt is not None:
            job = view.doubt.job
            self.show(problem=JobInDoubt(job=job.id, serial=job.blank_serial))
            return
        if view.blanks_left < 1:
            self.show(problem=NoBlankAssigned(self.desk.frame.counter, "batch"))
            return
        names = {line.app.id: line.app.applicant.name for line in view.ready}
        self.show(run=PrintRun(len(wanted), names=names), problem=None)
        self._begin(wanted)

    def _begin(self, ids: tuple[str, ...]) -> None:
        """Hand these to the printer, in one go; what is told on the way is shown as it comes."""
        run, by = self.view.run, self.by
        if run is None:
            return
        run = dataclasses.replace(
            run, left=ids, current=ids[0], paused=False, running=True, why=None,
            failed=tuple(card for card in run.failed if card.app.id not in ids),
            started_at=self.desk.frame.now(), seconds_left=None,
        )  # fmt: skip
        self.show(run=run, problem=None)
        self._cancel = cancel = threading.Event()
        told: deque[BatchProgress] = deque()

        def progress(step: BatchProgress) -> None:
            told.append(step)
            self.desk.notices.publish(Progress(BATCH, step.done, step.total))

        def heard(notice: Notice) -> None:
            if isinstance(notice, Progress) and notice.act == BATCH:
                self._drain(told)

        stop = self.desk.notices.subscribe(heard)

        def over(outcome: BatchOutcome) -> None:
            stop()
            self._drain(told)
            self._over(outcome)

        def failed(problem: Exception) -> None:
            stop()
            self._drain(told)
            run = self.view.run
            if run is not None:
                self._pause(run, problem)

        desk = self.desk

        def start(_: object = None) -> None:
            desk.lanes.call(
                CARDS,
                lambda: desk.batch.run(by, ids, progress, cancel, batch=run.batch),
                over,
                failed,
            )

        if desk.has_centre:
            desk.lanes.call(SYNC, lambda: desk.claims.take_free(by, ids), start, failed)
        else:
            start()

    def _drain(self, told: deque[BatchProgress]) -> None:
        """Count the cards that are over."""
        run = self.view.run
        if run is None or not told:
            return
        while told:
            step = told.popleft()
            good = step.result is not None and step.result.outcome is Outcome.PRINTED
            left = tuple(one for one in run.left if one != step.application_id)
            run = dataclasses.replace(
                run, done=run.done + 1, good=run.good + good, left=left,
                current=left[0] if left else "",
            )  # fmt: skip
            if run.started_at is not None:
                spent = (self.desk.frame.now() - run.started_at).total_seconds()
                seconds = round(spent / step.done * len(left))
                run = dataclasses.replace(run, seconds_left=seconds)
        self.show(run=run)

    def _over(self, outcome: BatchOutcome) -> None:
        """The printer is free: the batch is done, paused, stopped by the officer or by a fault."""
        run = self.view.run
        if run is None:
            return
        known = {line.app.id: line.app for line in self.view.ready}
        failed = [
            FailedCard(known[one], problem) for one, problem in outcome.refused if one in known
        ]
        stopped, last = outcome.stopped, outcome.last
        if isinstance(stopped, SerialUnread):
            stopped = SerialUnread(stopped.expected, "batch")
        elif isinstance(stopped, NoBlankAssigned):
            stopped = NoBlankAssigned(stopped.counter, "batch")
        spoiled = tuple(FailedCard(one.application, one.fault, True) for one in outcome.spoiled)
        if stopped is not None and last is not None:
            lost = last.outcome is Outcome.SPOILED
            failed.append(FailedCard(last.application, stopped, lost))
            stopped = ChipsFailed() if lost and bad_blank(stopped) else stopped
        run = dataclasses.replace(
            run, batch=outcome.batch, failed=(*run.failed, *failed),
            spoiled=(*run.spoiled, *spoiled), left=outcome.left, current="",
            put_back=(*run.put_back, *map(self._put_back, outcome.put_back)),
        )  # fmt: skip
        self.show(run=run)
        if last is not None and last.outcome is Outcome.IN_DOUBT and last.job is not None:
            self._examine(last.job.id)
        if stopped is not None:
            self._pause(run, stopped)
        elif run.stopped or not outcome.left:
            self._end_run(stopped=run.stopped)
        elif run.paused:
            self.refresh()
        else:
            self._begin(outcome.left)

    def _put_back(self, serial: str) -> Said:
        """Where this blank belongs; in training a hand of the panel puts it there."""
        played = "_played" if can_play(self.desk) else ""
        return self.warn(f"online_screen.print.put_back{played}", serial=serial)

    def _pause(self, run: PrintRun, why: Exception) -> None:
        run = dataclasses.replace(run, paused=True, current="", why=why)
        if run.stopped:
            self.show(run=run, problem=why)
            self._end_run(stopped=True)
            return
        self.show(run=run, problem=why)
        self.refresh()

    def pause(self) -> None:
        """Stop after the card that is being made; again, go on."""
        run = self.view.run
        if run is None or not run.running:
            return
        if not run.paused:
            self.show(run=dataclasses.replace(run, paused=True))
            if self._cancel is not None:
                self._cancel.set()
        elif run.current:
            self.show(run=dataclasses.replace(run, paused=False))
        else:
            self.show(run=dataclasses.replace(run, put_back=()))  # told anew where it isn't back
            self._begin(run.left)

    def cancel_run(self) -> None:
        """End the batch after the card that is being made; the rest stays approved."""
        run = self.view.run
        if run is None or not run.running:
            return
        if run.current:
            self.show(run=dataclasses.replace(run, stopped=True, paused=False))
            if self._cancel is not None:
                self._cancel.set()
        else:
            self._end_run(stopped=True)

    def _end_run(self, *, stopped: bool) -> None:
        run = self.view.run
        if run is None:
            return
        self._cancel = None
        run = dataclasses.replace(run, running=False, stopped=stopped, current="", paused=False)
        said = self.say("online_screen.said.batch", good=run.good, whole=run.whole)
        self.show(run=run, said=said, selected=frozenset())
        self.refresh()
        self.look_for_doubt()

    def clear_run(self) -> None:
        """The outcome of the batch was read."""
        if self.view.run is not None and not self.view.run.running:
            self.show(run=None, problem=None)

    def allow_reprint(self, application_id: str, nrp: str, password: str) -> None:
        """Above the threshold: two officers sign for one more try."""
        by = self.by

        def act() -> Application:
            second = self.desk.duty.second(by, nrp, password)
            return self.desk.issuing.allow_reprint(by, second, application_id)

        def then(app: Application) -> None:
            said = self.say("online_screen.said.reprint", number=app.number)
            run = self._signed_for(app)
            self.show(said=said, run=run, problem=run and run.stands_for)
            self.refresh()

        self.work(act, then)

    def reprint_unsigned(self) -> None:
        """Nobody signed: a batch that stands still says again why."""
        run = self.view.run
        if run is not None and run.stands_for is not None:
            self.show(problem=run.stands_for)

    def _signed_for(self, app: Application) -> PrintRun | None:
        """The batch as it is told once the limit no longer holds up this case."""
        run = self.view.run
        if run is None:
            return None
        still = tuple(c for c in run.failed if c.app.id != app.id or not c.limited)
        nothing_left = not (run.running or run.good or still or run.spoiled or run.put_back)
        return None if nothing_left else dataclasses.replace(run, failed=still)

    # -- a job in doubt --------------------------------------------------------------------

    def _examine(self, job_id: str) -> None:
        self.read(
            lambda: self.desk.issuing.examine(job_id),
            lambda doubt: self.show(doubt=doubt),
            lane=CARDS,
        )

    @property
    def answers(self) -> tuple[DoubtAnswer, ...]:
        """The answers that make sense for the job in doubt."""
        doubt = self.view.doubt
        return () if doubt is None else doubt.answers

    def answer_doubt(self, answer: DoubtAnswer, *, blank_here: bool = True) -> None:
        """One question, one answer; a paused batch can then go on."""
        doubt, by = self.view.doubt, self.by
        if doubt is None:
            return

        def then(result: Result) -> None:
            self.show(doubt=None, problem=None)
            self._answered(result)
            self._back_on_top(result.put_back)
            if result.outcome in BLANK_GONE and result.job is not None:
                what, serial = result.outcome.value, result.job.blank_serial
                self.show(said=self.warn(f"online_screen.said.{what}", serial=serial))
            self.refresh()
            self.look_for_doubt()

        self.work(
            lambda: self.desk.issuing.answer(by, doubt.job.id, answer, blank_here=blank_here),
            then,
            lane=CARDS,
            doing="doing.answer_doubt",
        )

    def _back_on_top(self, serial: str) -> None:
        """A blank that the answer left whole: told beside its batch, or in passing."""
        run = self.view.run
        if serial and run is not None:
            told = (*run.put_back, self._put_back(serial))
            self.show(run=dataclasses.replace(run, put_back=told))
        elif serial:
            self.show(said=self._put_back(serial))

    def _answered(self, result: Result) -> None:
        """A card of the batch that turned out to be there counts as made, a bad one as spoiled."""
        run, card = self.view.run, result.application.id
        used_up = result.outcome in (Outcome.SPOILED, Outcome.CHIP_WRITTEN)
        if run is not None and run.running and used_up:
            lost = FailedCard(result.application, None, spoiled=True)
            self.show(run=dataclasses.replace(run, spoiled=(*run.spoiled, lost)))
        if run is None or not run.running or result.outcome is not Outcome.PRINTED:
            return
        left = tuple(one for one in run.left if one != card)
        if left == run.left:
            return
        failed = tuple(one for one in run.failed if one.app.id != card)
        run = dataclasses.replace(
            run, done=run.done + 1, good=run.good + 1, left=left, failed=failed
        )
        self.show(run=run)
        if not left:
            self._end_run(stopped=False)


def _serial(said: Said) -> str:
    return str(said.facts["serial"])
