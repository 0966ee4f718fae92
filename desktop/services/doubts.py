"""Jobs in doubt: what was cut off between intent and outcome is asked about, never repeated.

The hardware is asked first (a card inside, its job, the machine's counters), then the officer,
one question with three answers. How far the job came decides what the answers can mean: a blank
whose chip may have been written never goes back to free stock, and a card can only be good if
its printing was begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from desktop.device_hub import DeviceHub
from desktop.domain.application import Application, Incident
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import NOBODY_S, PROGRAM, Actor
from desktop.domain.reasons import MissingReason, SpoilReason
from desktop.domain.stock import (
    OPEN_JOBS,
    AnswerImpossible,
    Blank,
    BlankAction,
    DoubtAnswer,
    DoubtElsewhere,
    Job,
    JobState,
)
from desktop.domain.workflow import APPLICATION, Action, Gate
from desktop.ledger import Reading, Writing
from desktop.services.base import Frame, require
from desktop.services.own_jobs import custodian, own_jobs
from devices.card_printer import CardPrinter, Tray
from devices.errors import DeviceFault

FEED_SECONDS = 30.0
ASK_SECONDS = 5.0
CUT_OFF = "cut_off"
"""The fault of a job that was found open: nobody was left to say why."""


class Outcome(StrEnum):
    """How one try ended, in the officer's terms."""

    PRINTED = "printed"
    FAILED = "failed"
    SPOILED = "spoiled"
    CHIP_WRITTEN = "chip_written"
    """Not printed, and the blank is spoiled all the same: its chip may have been written."""
    MISSING = "missing"
    IN_DOUBT = "in_doubt"
    NOT_STARTED = "not_started"


@dataclass(frozen=True, slots=True)
class Result:
    """The application as it stands now, and what stopped the job if anything did."""

    outcome: Outcome
    application: Application
    job: Job | None = None
    fault: Exception | None = None
    put_back: str = ""
    """The blank that belongs on top of the feeder again: it came out untouched, or wasn't there."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A job in doubt with what the hardware says of it."""

    job: Job
    application: Application
    card_inside: bool | None
    printed: bool | None
    half_printed: bool | None
    counter_moved: int | None
    advice: DoubtAnswer | None
    serial_inside: str | None = None
    answers: tuple[DoubtAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class _Since:
    """What the machine did after a job: whether it took another card in, so that this job's can't
    be the one inside; and its count of cards when the next job began, None before there was one."""

    fed: bool
    cards: int | None


def _since(r: Reading, job: Job) -> _Since:
    # Where nobody noted the machine, nobody can say which jobs were its own.
    at_it = r.find(Job, since=job.id) if job.printer else []
    later = [other for other in at_it if other.printer == job.printer and other.id != job.id]
    # From the chip on a card is known to have been fed; a try that found the way blocked fed none.
    return _Since(any(other.chip_uid for other in later), later[0].cards_before if later else None)


def _ends(answer: DoubtAnswer, reached: JobState, *, blank_here: bool) -> Outcome:
    """What becomes of the job's blank by an answer; FAILED leaves it whole."""
    if answer is not DoubtAnswer.NO_CARD:
        return Outcome.PRINTED if answer is DoubtAnswer.CARD_GOOD else Outcome.SPOILED
    if not blank_here:
        return Outcome.MISSING
    return Outcome.FAILED if reached is JobState.INTENT else Outcome.CHIP_WRITTEN


class Doubts:
    """Finding, examining and answering jobs in doubt; the ways in which a blank leaves a case."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._live: set[str] = set()

    @property
    def _hub(self) -> DeviceHub:
        return self._frame.hub

    def find_doubtful(self) -> list[Job]:
        """This counter's jobs in doubt. What was cut off is in doubt from now on; work under way
        isn't."""
        frame = self._frame
        with frame.ledger.reading() as r:
            cut = [job for job in own_jobs(frame, r, OPEN_JOBS) if job.id not in self._live]
        for job in cut:
            self._set_doubt(PROGRAM, job, CUT_OFF)
        with frame.ledger.reading() as r:
            return own_jobs(frame, r, [JobState.IN_DOUBT])

    def _set_doubt(self, by: Actor, job: Job, fault: str) -> Job:
        with self._frame.ledger.acting(by) as w:
            after = w.change(job, state=JobState.IN_DOUBT, reached=job.state, fault=fault)
            w.record(
                "job.in_doubt",
                job.id,
                {"serial": job.blank_serial, "fault": fault, "reached": job.state},
            )
        return after

    def examine(self, job_id: str) -> Doubt:
        """Ask the hardware about a job in doubt; what it can't say stays None."""
        with self._frame.ledger.reading() as r:
            job = r.get(Job, job_id)
            app = r.get(Application, job.application_id)
            since = _since(r, job)
        inside = printed = half = None
        serial: str | None = None
        moved: int | None = None
        try:
            with self._hub.printer(self._hub.printer_with(job.printer)) as printer:
                # A machine that was put in its place since knows nothing of this card.
                if job.made_by(printer.info.serial):
                    card = printer.card_inside(timeout=ASK_SECONDS) if not since.fed else None
                    counters = printer.counters(timeout=ASK_SECONDS)
                    if counters is not None:
                        moved = counters.cards if since.cards is None else since.cards
                        moved -= job.cards_before
                    if printer.capabilities.moves_card:
                        inside = card is not None
                    if card is not None:
                        printed, half, serial = card.printed, card.half_printed, card.serial
        except DeviceFault:
            pass
        advice: DoubtAnswer | None = None
        if job.reached is not JobState.PRINTING:
            advice = DoubtAnswer.NO_CARD
        elif half:
            advice = DoubtAnswer.CARD_SPOILED
        elif printed or (moved is not None and moved > 0):
            advice = DoubtAnswer.CARD_GOOD
        elif inside and half is None:
            # This machine can't tell how far the card is: ribbon may have touched it.
            advice = DoubtAnswer.CARD_SPOILED
        elif moved == 0:
            advice = DoubtAnswer.NO_CARD
        answers = self.possible(job)
        return Doubt(job, app, inside, printed, half, moved, advice, serial, answers)

    def possible(self, job: Job) -> tuple[DoubtAnswer, ...]:
        """The answers that make sense, by how far the job came; the hardware may add one."""
        if job.reached is JobState.PRINTING:
            return (DoubtAnswer.CARD_GOOD, DoubtAnswer.CARD_SPOILED, DoubtAnswer.NO_CARD)
        return (DoubtAnswer.CARD_SPOILED, DoubtAnswer.NO_CARD)

    def answer(self, by: Actor, job_id: str, answer: DoubtAnswer, *, blank_here: bool) -> Result:
        """The officer's answer. `blank_here` (with NO_CARD): the blank lies unprinted in hand.

        CARD_GOOD lets the inspection decide, CARD_SPOILED spoils the blank, NO_CARD puts the
        blank back (or spoils it once its chip may have been written), or reports it missing.
        Raises RoleMissing, AnswerImpossible, DoubtElsewhere, KeyError for a job that isn't in
        doubt, StaleCase when another officer was faster.
        """
        frame = self._frame
        with frame.ledger.reading() as r:
            job = r.get(Job, job_id)
            at = custodian(r, job)
            app = r.get(Application, job.application_id)
        if job.state is not JobState.IN_DOUBT:
            raise KeyError(job_id)
        if at != frame.counter:
            raise DoubtElsewhere(number=app.number, counter=at)
        reached = job.reached or JobState.INTENT
        if answer not in self.possible(job):
            raise AnswerImpossible(answer=answer, reached=reached)
        outcome = _ends(answer, reached, blank_here=blank_here)
        self._require_duty(by, app, outcome)  # before the machine is told anything
        self._clear_printer(job, answer, fresh=reached is JobState.INTENT)
        with frame.ledger.acting(by) as w:
            app = w.get(Application, job.application_id)
            blank = w.get(Blank, job.blank_serial)
            done = {"finished_at": frame.now()}
            if outcome is Outcome.PRINTED:
                job = w.change(job, state=JobState.PRINTED, **done)
                app = frame.move(
                    w, app, Action.PRINT, also=(Gate.CARD_PRINTED,),
                    told={"serial": blank.id, "answer": answer},
                )  # fmt: skip
            else:
                job = w.change(job, state=JobState.FAILED, **done)
                if outcome is Outcome.MISSING:
                    app = self._lose(w, app, blank, MissingReason.TRAY_EMPTY)
                else:
                    spoiled = outcome is not Outcome.FAILED
                    app = self._undo(
                        w, app, job, spoiled=spoiled, reason=SpoilReason.POWER_CUT,
                        told={"answer": answer},
                    )  # fmt: skip
            w.record(
                "job.answered",
                job.id,
                {"answer": answer, "blank_here": blank_here, "serial": blank.id},
            )
        # Whole and outside: whoever held it in the hand puts it back before the next is fed.
        back = blank.id if outcome is Outcome.FAILED else ""
        return Result(outcome, app, job, put_back=back)

    def _require_duty(self, by: Actor, app: Application, outcome: Outcome) -> None:
        """Raises RoleMissing unless the officer may take the step that the answer leads to."""
        fresh = app.state is S.IN_PRODUCTION
        action = Action.SPOIL
        if outcome is Outcome.PRINTED:
            action = Action.PRINT
        elif outcome is Outcome.FAILED or (outcome is Outcome.MISSING and fresh):
            action = Action.GIVE_UP
        step = APPLICATION.find(app.state, action, self._frame.facts(app, by))
        if step is not None:
            require(by, *step.roles - NOBODY_S)

    # -- how a blank leaves a case ---------------------------------------------------------

    def _undo(
        self,
        w: Writing,
        app: Application,
        job: Job,
        *,
        spoiled: bool,
        reason: SpoilReason,
        told: dict[str, Any],
    ) -> Application:
        """The blank leaves the case: spoiled, or back to free stock; the case can print again."""
        frame = self._frame
        blank = w.get(Blank, job.blank_serial)
        facts = {**told, "serial": job.blank_serial, "spoiled": spoiled}
        if spoiled:
            frame.move_blank(w, blank, BlankAction.SPOIL, reason=reason)
            return frame.move(
                w, app, Action.SPOIL, also=(Gate.REASON,), told={**facts, "reason": reason},
                blank_serial="", job_id="", chip_uid="", old_blank=job.blank_serial,
                reprints=app.reprints + 1,
            )  # fmt: skip
        frame.move_blank(w, blank, BlankAction.RELEASE, application_id="")
        return frame.move(
            w, app, Action.GIVE_UP, told=facts, blank_serial="", job_id="", chip_uid=""
        )

    def _lose(
        self,
        w: Writing,
        app: Application,
        blank: Blank,
        reason: MissingReason,
        statement: str = "",
        **changes: Any,
    ) -> Application:
        """The tray is empty and so is the hand: the blank is missing, which is an incident."""
        frame = self._frame
        frame.move_blank(w, blank, BlankAction.MISS, reason=reason, statement=statement)
        incident = w.add(
            Incident(
                id=frame.ids.new(),
                kind="blank_missing",
                subject=blank.id,
                opened_by=w.by.officer,
                opened_at=frame.now(),
                details={"application": app.number, "reason": reason},
                statement=statement,
            )
        )
        w.record("incident.opened", incident.id, {"kind": incident.kind, "serial": blank.id})
        action = Action.GIVE_UP if app.state is S.IN_PRODUCTION else Action.SPOIL
        return frame.move(
            w, app, action, also=(Gate.REASON,),
            told={"reason": reason, "serial": blank.id, "note": statement},
            blank_serial="", job_id="", chip_uid="", old_blank=blank.id,
            reprints=app.reprints + 1, **changes,
        )  # fmt: skip

    # -- the machine -----------------------------------------------------------------------

    def _clear_printer(self, job: Job, answer: DoubtAnswer, *, fresh: bool) -> None:
        keep = answer is DoubtAnswer.CARD_GOOD or (answer is DoubtAnswer.NO_CARD and fresh)
        with self._frame.ledger.reading() as r:
            if _since(r, job).fed:
                return
        try:
            with self._hub.printer(self._hub.printer_with(job.printer)) as printer:
                if job.made_by(printer.info.serial):
                    self._try_eject(printer, job, Tray.OUTPUT if keep else Tray.REJECT)
        except DeviceFault:
            return

    @staticmethod
    def _try_eject(printer: CardPrinter, job: Job, tray: Tray) -> bool:
        """Clear the way if the printer can and the card is this job's; else the officer does.

        Whether a card came out.
        """
        try:
            card = printer.card_inside(timeout=ASK_SECONDS)
            if card is None or card.serial not in (None, job.blank_serial):
                return False
            printer.eject(tray, timeout=FEED_SECONDS)
        except DeviceFault:
            return False
        return True
