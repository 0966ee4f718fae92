"""Making a card exactly once: reserve, intent, act, outcome.

    1  reserve the blank, set the dates, commit the intent          (store)
    2  feed the card, compare its serial, write and read the chip   (printer, chip station)
    3  commit "encoded", commit "printing"                          (store)
    4  print and eject                                              (printer)
    5  commit the outcome                                           (store)

Whatever stops the program between 1 and 5 leaves a job whose state tells how far it came. Nothing
is printed again by itself: a job found open at the next start is *in doubt*, the hardware is
asked, then the officer, one question with three answers.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from desktop.device_hub import DeviceHub
from desktop.domain.application import Application, Incident
from desktop.domain.application import ApplicationState as S
from desktop.domain.errors import Problem
from desktop.domain.officer import PROGRAM, Actor, SameOfficer
from desktop.domain.reasons import MissingReason, SpoilReason
from desktop.domain.stock import (
    OPEN_JOBS,
    Blank,
    BlankAction,
    BlankState,
    DoubtAnswer,
    Job,
    JobInDoubt,
    JobState,
    NoBlankAssigned,
    WrongBlank,
)
from desktop.domain.workflow import Action, Gate
from desktop.ledger import Writing
from desktop.services.approval import Approvals
from desktop.services.base import REPRINT, Frame, reprint_digest
from desktop.services.cardmaker import CardMaker, ChipDiffers, MadeCard
from desktop.services.licences import Licences
from devices.card_printer import CardPrinter, Station, Tray
from devices.card_reader import CardReader
from devices.errors import (
    AlreadyPrinted,
    CardFault,
    CardJam,
    CardNotBlank,
    CoverOpen,
    DeviceFault,
    HalfPrinted,
    LinkFault,
    NotConnected,
    OutOfCards,
    RibbonEnded,
)

FEED_SECONDS = 30.0
CHIP_SECONDS = 40.0
PRINT_SECONDS = 180.0
ASK_SECONDS = 5.0


_SPOILS: dict[type[Exception], SpoilReason] = {
    CardJam: SpoilReason.JAM,
    RibbonEnded: SpoilReason.RIBBON_END,
    CoverOpen: SpoilReason.HALF_PRINTED,
    HalfPrinted: SpoilReason.HALF_PRINTED,
}


class Outcome(StrEnum):
    """How one try ended, in the officer's terms."""

    PRINTED = "printed"
    FAILED = "failed"
    SPOILED = "spoiled"
    IN_DOUBT = "in_doubt"
    NOT_STARTED = "not_started"


@dataclass(frozen=True, slots=True)
class Result:
    """The application as it stands now, and what stopped the job if anything did."""

    outcome: Outcome
    application: Application
    job: Job | None = None
    fault: Exception | None = None


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


class Issuing:
    """Production: from an approved case to a card in the tray."""

    def __init__(
        self, frame: Frame, maker: CardMaker, licences: Licences, approvals: Approvals
    ) -> None:
        self._frame = frame
        self._approvals = approvals
        self._maker = maker
        self._licences = licences

    @property
    def _hub(self) -> DeviceHub:
        return self._frame.hub

    # -- one card --------------------------------------------------------------------------

    def issue(
        self,
        by: Actor,
        application_id: str,
        *,
        serial: str = "",
        batch: str = "",
        cancel: threading.Event | None = None,
    ) -> Result:
        """Make one card; faults of the hardware come back in the result, never as a surprise.

        `serial` is a blank that the officer scanned; else the counter's next one is taken. Raises
        problems of the case itself (gates, roles, clock, no blank, a job in doubt) before anything
        is reserved, and StaleCase when another call was faster.
        """
        with ExitStack() as held:
            printer = held.enter_context(self._hub.printer())
            reader = held.enter_context(self._hub.reader())
            counters = printer.counters(timeout=ASK_SECONDS)
            app, job = self._reserve(by, application_id, serial, batch, counters.cards,
                                     counters.panels)  # fmt: skip
            try:
                made = self._maker.make(app)
                found = printer.load_card(timeout=FEED_SECONDS, cancel=cancel).serial
                if found is not None and found != job.blank_serial:
                    printer.eject(Tray.OUTPUT, timeout=FEED_SECONDS)
                    raise WrongBlank(found=found, expected=job.blank_serial)
                printer.move_to(Station.CONTACTLESS, timeout=FEED_SECONDS, cancel=cancel)
                uid = self._write_chip(reader, made)
            except (DeviceFault, Problem) as fault:
                return self._not_printed(by, app, job, printer, fault)
            app, job = self._encoded(by, app, job, made, uid)
            try:
                printer.move_to(Station.PRINT, timeout=FEED_SECONDS, cancel=cancel)
            except DeviceFault as fault:
                return self._not_printed(by, app, job, printer, fault)
            job = self._printing(by, job)
            try:
                printer.print_card(made.front, made.back, job.id, timeout=PRINT_SECONDS)
                moved = printer.counters(timeout=ASK_SECONDS).cards - job.cards_before
                if moved < 1:
                    raise PrinterIdle
                printer.eject(Tray.OUTPUT, timeout=FEED_SECONDS)
            except (DeviceFault, PrinterIdle) as fault:
                return self._print_fault(by, app, job, printer, fault)
            return self._printed(by, app, job)

    def _reserve(
        self, by: Actor, application_id: str, serial: str, batch: str, cards: int, panels: int
    ) -> tuple[Application, Job]:
        frame = self._frame
        with frame.ledger.acting(by) as w:
            frame.check_clock(w)
            doubtful = w.first(Job, application_id=application_id, state=JobState.IN_DOUBT)
            if doubtful is not None:
                raise JobInDoubt(job=doubtful.id, serial=doubtful.blank_serial)
            app = w.get(Application, application_id)
            blank = self._take_blank(w, serial)
            dates = self._licences.dates(w, app)
            job = Job(
                id=frame.ids.new(),
                application_id=app.id,
                blank_serial=blank.id,
                state=JobState.INTENT,
                officer=by.officer,
                started_at=frame.now(),
                shift=frame.shift_id(w),
                cards_before=cards,
                panels_before=panels,
                batch=batch,
            )
            app = frame.move(
                w, app, Action.RESERVE,
                told={"serial": blank.id, "job": job.id, "issued_on": dates.issued_on,
                      "valid_until": dates.valid_until},
                blank_serial=blank.id,
                job_id=job.id,
                issue_on=dates.issued_on,
                valid_until=dates.valid_until,
                sim_number=dates.sim_number,
            )  # fmt: skip
            frame.move_blank(w, blank, BlankAction.RESERVE, application_id=app.id)
            w.add(job)
            w.record("job.intent", job.id, {"application": app.id, "serial": blank.id})
        return app, job

    def _take_blank(self, w: Writing, serial: str) -> Blank:
        frame = self._frame
        if serial:
            blank = w.look(Blank, serial)
            if blank is None or blank.state is not BlankState.ASSIGNED:
                raise NoBlankAssigned(counter=frame.counter)
            return blank
        blank = w.first(Blank, custodian=frame.counter, state=BlankState.ASSIGNED)
        if blank is None:
            raise NoBlankAssigned(counter=frame.counter)
        return blank

    def _write_chip(self, reader: CardReader, made: MadeCard) -> str:
        reader.wait_card(timeout=FEED_SECONDS)
        uid = reader.uid(timeout=CHIP_SECONDS).hex()
        reader.write_file(made.chip, timeout=CHIP_SECONDS)
        if reader.read_file(timeout=CHIP_SECONDS) != made.chip:
            raise ChipDiffers
        return uid

    def _encoded(
        self, by: Actor, app: Application, job: Job, made: MadeCard, uid: str
    ) -> tuple[Application, Job]:
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = frame.move(
                w, app, Action.ENCODE,
                also=(Gate.CHIP_READ_BACK,),
                told={"uid": uid, "chip": made.chip_digest, "faces": made.faces_digest},
                chip_uid=uid,
                faces_digest=made.faces_digest,
            )  # fmt: skip
            job = w.change(
                job,
                state=JobState.ENCODED,
                chip_uid=uid,
                chip_digest=made.chip_digest,
                faces_digest=made.faces_digest,
            )
            w.record("job.encoded", job.id, {"uid": uid})
        return app, job

    def _printing(self, by: Actor, job: Job) -> Job:
        """The second intent: from here on ribbon may be spent."""
        with self._frame.ledger.acting(by) as w:
            blank = w.get(Blank, job.blank_serial)
            self._frame.move_blank(w, blank, BlankAction.LOAD)
            job = w.change(job, state=JobState.PRINTING)
            w.record("job.printing", job.id, {"serial": job.blank_serial})
        return job

    def _printed(self, by: Actor, app: Application, job: Job) -> Result:
        frame = self._frame
        with frame.ledger.acting(by) as w:
            job = w.change(job, state=JobState.PRINTED, finished_at=frame.now())
            w.record("job.printed", job.id, {"serial": job.blank_serial})
            app = frame.move(
                w, app, Action.PRINT, also=(Gate.CARD_PRINTED,),
                told={"serial": job.blank_serial},
            )  # fmt: skip
        return Result(Outcome.PRINTED, app, job)

    # -- what may go wrong -----------------------------------------------------------------

    def _not_printed(
        self, by: Actor, app: Application, job: Job, printer: CardPrinter, fault: Exception
    ) -> Result:
        """Printing was not begun: a fresh blank goes back, one with a bad or written chip doesn't."""
        if isinstance(fault, NotConnected):
            return self._doubt(by, app, job, fault)
        bad_chip = isinstance(fault, CardFault | ChipDiffers)
        spoiled = bad_chip or job.state is not JobState.INTENT
        if not isinstance(fault, OutOfCards | WrongBlank):
            self._try_eject(printer, Tray.REJECT if spoiled else Tray.OUTPUT)
        reason = SpoilReason.CHIP if bad_chip else _SPOILS.get(type(fault), SpoilReason.OTHER)
        return self._failed(by, app, job, fault, spoiled=spoiled, reason=reason)

    def _print_fault(
        self, by: Actor, app: Application, job: Job, printer: CardPrinter, fault: Exception
    ) -> Result:
        """Printing was begun: the card is spoiled, or in doubt where nobody can say."""
        if isinstance(fault, LinkFault | CardNotBlank | AlreadyPrinted):
            return self._doubt(by, app, job, fault)
        self._try_eject(printer, Tray.REJECT)
        reason = _SPOILS.get(type(fault), SpoilReason.HALF_PRINTED)
        return self._failed(by, app, job, fault, spoiled=True, reason=reason)

    def _failed(
        self,
        by: Actor,
        app: Application,
        job: Job,
        fault: Exception,
        *,
        spoiled: bool,
        reason: SpoilReason,
    ) -> Result:
        frame = self._frame
        name = type(fault).__name__
        with frame.ledger.acting(by) as w:
            job = w.change(job, state=JobState.FAILED, fault=name, finished_at=frame.now())
            app = self._undo(w, app, job, spoiled=spoiled, reason=reason, told={"fault": name})
        return Result(Outcome.SPOILED if spoiled else Outcome.FAILED, app, job, fault)

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
            frame.move_blank(w, blank, BlankAction.SPOIL, reason=reason, application_id="")
            return frame.move(
                w, app, Action.SPOIL, also=(Gate.REASON,), told={**facts, "reason": reason},
                blank_serial="", job_id="", chip_uid="", old_blank=job.blank_serial,
                reprints=app.reprints + 1,
            )  # fmt: skip
        frame.move_blank(w, blank, BlankAction.RELEASE, application_id="")
        return frame.move(
            w, app, Action.GIVE_UP, told=facts, blank_serial="", job_id="", chip_uid=""
        )

    def _doubt(self, by: Actor, app: Application, job: Job, fault: Exception) -> Result:
        frame = self._frame
        with frame.ledger.acting(by) as w:
            job = w.change(job, state=JobState.IN_DOUBT, fault=type(fault).__name__)
            w.record(
                "job.in_doubt",
                job.id,
                {"serial": job.blank_serial, "fault": type(fault).__name__},
            )
        return Result(Outcome.IN_DOUBT, app, job, fault)

    def _try_eject(self, printer: CardPrinter, tray: Tray) -> None:
        """Clear the way if the printer can; the officer clears it if not."""
        try:
            if printer.card_inside(timeout=ASK_SECONDS) is not None:
                printer.eject(tray, timeout=FEED_SECONDS)
        except DeviceFault:
            return

    # -- jobs in doubt ---------------------------------------------------------------------

    def find_doubtful(self) -> list[Job]:
        """At start: whatever was cut off between intent and outcome is in doubt from now on."""
        frame = self._frame
        with frame.ledger.reading() as r:
            cut = r.find(Job, state=OPEN_JOBS)
        for job in cut:
            with frame.ledger.acting(PROGRAM) as w:
                w.change(job, state=JobState.IN_DOUBT, fault="cut_off")
                w.record(
                    "job.in_doubt",
                    job.id,
                    {"serial": job.blank_serial, "found_at_start": True, "was": job.state},
                )
        with frame.ledger.reading() as r:
            return r.find(Job, state=JobState.IN_DOUBT)

    def examine(self, job_id: str) -> Doubt:
        """Ask the hardware about a job in doubt; what it can't say stays None."""
        with self._frame.ledger.reading() as r:
            job = r.get(Job, job_id)
            app = r.get(Application, job.application_id)
        inside = printed = half = None
        moved: int | None = None
        try:
            with self._hub.printer() as printer:
                card = printer.card_inside(timeout=ASK_SECONDS)
                moved = printer.counters(timeout=ASK_SECONDS).cards - job.cards_before
                inside = card is not None
                if card is not None:
                    printed, half = card.printed, card.half_printed
        except DeviceFault:
            pass
        advice: DoubtAnswer | None = None
        if half:
            advice = DoubtAnswer.CARD_SPOILED
        elif moved is not None and moved > 0:
            advice = DoubtAnswer.CARD_GOOD
        elif moved == 0 and not printed:
            advice = DoubtAnswer.NO_CARD
        return Doubt(job, app, inside, printed, half, moved, advice)

    def answer(self, by: Actor, job_id: str, answer: DoubtAnswer, *, blank_here: bool) -> Result:
        """The officer's answer. `blank_here` (with NO_CARD): the blank lies unprinted in hand.

        CARD_GOOD lets the inspection decide, CARD_SPOILED spoils the blank, NO_CARD puts the
        blank back or reports it missing. Raises KeyError for a job that isn't in doubt.
        """
        frame = self._frame
        with frame.ledger.reading() as r:
            job = r.get(Job, job_id)
        if job.state is not JobState.IN_DOUBT:
            raise KeyError(job_id)
        self._clear_printer(answer)
        with frame.ledger.acting(by) as w:
            app = w.get(Application, job.application_id)
            blank = w.get(Blank, job.blank_serial)
            done = {"finished_at": frame.now()}
            if answer is DoubtAnswer.CARD_GOOD:
                job = w.change(job, state=JobState.PRINTED, **done)
                if blank.state is BlankState.RESERVED:
                    frame.move_blank(w, blank, BlankAction.LOAD)
                if app.state is S.IN_PRODUCTION:
                    app = frame.move(w, app, Action.ENCODE, also=(Gate.CHIP_READ_BACK,))
                app = frame.move(w, app, Action.PRINT, also=(Gate.CARD_PRINTED,))
            else:
                fresh = app.state is S.IN_PRODUCTION
                job = w.change(job, state=JobState.FAILED, **done)
                if answer is DoubtAnswer.NO_CARD and not blank_here:
                    app = self._lose(w, app, blank)
                else:
                    back = answer is DoubtAnswer.NO_CARD and fresh
                    app = self._undo(
                        w, app, job, spoiled=not back, reason=SpoilReason.POWER_CUT,
                        told={"answer": answer},
                    )  # fmt: skip
            w.record("job.answered", job.id, {"answer": answer, "blank_here": blank_here})
        outcome = {
            DoubtAnswer.CARD_GOOD: Outcome.PRINTED,
            DoubtAnswer.CARD_SPOILED: Outcome.SPOILED,
            DoubtAnswer.NO_CARD: Outcome.FAILED,
        }[answer]
        return Result(outcome, app, job)

    def _lose(self, w: Writing, app: Application, blank: Blank) -> Application:
        """The tray is empty and so is the hand: the blank is missing, which is an incident."""
        frame = self._frame
        reason = MissingReason.TRAY_EMPTY
        frame.move_blank(w, blank, BlankAction.MISS, reason=reason, application_id="")
        incident = w.add(
            Incident(
                id=frame.ids.new(),
                kind="blank_missing",
                subject=blank.id,
                opened_by=w.by.officer,
                opened_at=frame.now(),
                details={"application": app.number, "reason": reason},
            )
        )
        w.record("incident.opened", incident.id, {"kind": incident.kind, "serial": blank.id})
        changes = {"blank_serial": "", "job_id": "", "chip_uid": "", "old_blank": blank.id}
        if app.state is S.IN_PRODUCTION:
            return frame.move(w, app, Action.GIVE_UP, told={"reason": reason}, **changes)
        return frame.move(
            w, app, Action.SPOIL, also=(Gate.REASON,), told={"reason": reason}, **changes
        )

    def _clear_printer(self, answer: DoubtAnswer) -> None:
        try:
            with self._hub.printer() as printer:
                bad = answer is DoubtAnswer.CARD_SPOILED
                self._try_eject(printer, Tray.REJECT if bad else Tray.OUTPUT)
        except DeviceFault:
            return

    # -- after printing --------------------------------------------------------------------

    def inspect(self, by: Actor, application_id: str, scanned_serial: str = "") -> Application:
        """The officer looked at the card and it is good: the blank becomes a licence."""
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            if scanned_serial and scanned_serial != app.blank_serial:
                raise WrongBlank(found=scanned_serial, expected=app.blank_serial)
            app = frame.move(
                w, app, Action.INSPECT, also=(Gate.INSPECTION,), inspected_by=by.officer
            )
            licence = self._licences.issue(w, app)
            blank = w.get(Blank, app.blank_serial)
            frame.move_blank(w, blank, BlankAction.ISSUE, gates=(Gate.INSPECTION,))
            return frame.move(
                w, app, Action.MAKE_READY,
                told={"licence": licence.id, "serial": app.blank_serial},
                licence_id=licence.id,
            )  # fmt: skip

    def spoil(self, by: Actor, application_id: str, reason: str, *, note: str = "") -> Application:
        """Reject a card at inspection or later: the blank is spoiled, the case prints again.

        Above the office's threshold the next try needs `allow_reprint` first.
        """
        coded = SpoilReason(reason)
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            blank = w.get(Blank, app.blank_serial)
            if app.licence_id:
                self._licences.withdraw(w, app)
            frame.move_blank(w, blank, BlankAction.SPOIL, reason=coded, application_id="")
            return frame.move(
                w, app, Action.SPOIL,
                also=(Gate.REASON,),
                told={"reason": coded, "serial": app.blank_serial, "note": note},
                blank_serial="", job_id="", chip_uid="", licence_id="",
                old_blank=app.blank_serial,
                reprints=app.reprints + 1,
            )  # fmt: skip

    def allow_reprint(self, by: Actor, second: Actor, application_id: str) -> Application:
        """Two officers sign for one more try above the threshold. Raises SameOfficer."""
        if by.officer == second.officer:
            raise SameOfficer
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            digest = reprint_digest(app)
            signed = tuple(
                self._approvals.sign(w, actor, REPRINT, app.id, digest) for actor in (by, second)
            )
            w.record("application.reprint_allowed", app.id, {"tries": app.reprints}, signed)
        return app

    def await_material(self, by: Actor, application_id: str) -> Application:
        """No blank left: the case waits for stock."""
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            return self._frame.move(w, app, Action.AWAIT_MATERIAL)


class PrinterIdle(Problem):
    """The printer says done, but its own counter didn't move: nothing was printed."""
