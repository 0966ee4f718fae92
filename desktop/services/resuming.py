"""Going on with a card that was cut off between its chip and its printing.

A blank whose chip is written is worth keeping if, and only if, the very same card still waits
inside: the printer names its serial or its chip names itself, the chip reads back byte by byte
what this job wrote, and neither the card nor the machine's counters know of any printing. Asked
about by the same one question as every other doubt; what the officer answers is looked at once
more before ribbon is spent, and the machine's counters decide afterwards as always.

Found on another day the card is dated and encoded anew, on the same blank, for the same person.
"""

from __future__ import annotations

import dataclasses
import hashlib
from contextlib import ExitStack

from db.errors import StoreProblem
from desktop.cards.chip.tlv import ChipUnreadable
from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor, Role
from desktop.domain.stock import (
    Blank,
    BlankState,
    DoubtAnswer,
    Job,
    JobState,
)
from desktop.ledger import Writing
from desktop.services.base import require
from desktop.services.doubts import ASK_SECONDS, FEED_SECONDS, Doubt, Result
from desktop.services.issuing import CHIP_SECONDS, Issuing
from desktop.services.particulars import check_particulars
from devices.card_printer import CardPrinter, Station
from devices.card_reader import CardReader
from devices.errors import DeviceFault

AFTER_CHIP = (JobState.ENCODED, JobState.PRINTING)
"""How far a job must have come: its chip was written and read back."""


class CannotPrintOn(Problem):
    """The card inside isn't the untouched one that this job left there."""

    serial: str


class Resuming(Issuing):
    """Production that can go on with the card inside."""

    def examine(self, job_id: str) -> Doubt:
        """See `Doubts.examine`; offers to print on where the card inside allows it."""
        doubt = super().examine(job_id)
        if not doubt.card_inside or doubt.printed or doubt.half_printed:
            return doubt
        try:
            name = self._hub.printer_with(doubt.job.printer)
            with self._hub.printer(name) as printer, self._hub.reader(name) as reader:
                untouched = self._untouched(printer, reader, doubt.job, doubt.application)
        except DeviceFault:
            return doubt
        if not untouched:
            return doubt
        answers = (DoubtAnswer.PRINT_ON, *doubt.answers)
        return dataclasses.replace(doubt, advice=DoubtAnswer.PRINT_ON, answers=answers)

    def answer(self, by: Actor, job_id: str, answer: DoubtAnswer, *, blank_here: bool) -> Result:
        """See `Doubts.answer`; PRINT_ON prints the card inside.

        Raises CannotPrintOn when the card isn't untouched after all (the job stays in doubt),
        KeyError, StaleCase, RoleMissing, OfficeIsSample, ClockWrong, and the printer's faults
        before anything is begun.
        """
        if answer is not DoubtAnswer.PRINT_ON:
            return super().answer(by, job_id, answer, blank_here=blank_here)
        require(by, Role.PRODUCTION)
        check_particulars(self._frame)
        with self._frame.ledger.reading() as r:
            job = r.get(Job, job_id)
            app = r.get(Application, job.application_id)
        if job.state is not JobState.IN_DOUBT:
            raise KeyError(job_id)
        with ExitStack() as held:
            name = self._hub.printer_with(job.printer)
            printer = held.enter_context(self._hub.printer(name))
            reader = held.enter_context(self._hub.reader(name))
            if not self._untouched(printer, reader, job, app):
                raise CannotPrintOn(serial=job.blank_serial)
            self._live.add(job.id)
            try:
                return self._go_on(by, app, job, printer, reader)
            finally:
                self._live.discard(job.id)

    # -- is it the card --------------------------------------------------------------------

    def _untouched(
        self, printer: CardPrinter, reader: CardReader, job: Job, app: Application
    ) -> bool:
        """Whether the card inside is this job's, encoded by it, and bears no ink."""
        if job.reached not in AFTER_CHIP or app.state is not S.ENCODED or app.job_id != job.id:
            return False
        if not job.made_by(printer.info.serial):
            return False
        card = printer.card_inside(timeout=ASK_SECONDS)
        if card is None or card.job_id == job.id:
            return False
        if card.printed is not False or card.half_printed is not False:
            return False
        if card.serial not in (None, job.blank_serial):
            return False
        counters = printer.counters(timeout=ASK_SECONDS)
        if counters is None:
            return False
        if (counters.cards, counters.panels or 0) != (job.cards_before, job.panels_before):
            return False
        if Station.CONTACTLESS not in printer.capabilities.chip_stations:
            return False
        if card.station is not Station.CONTACTLESS:
            printer.move_to(Station.CONTACTLESS, timeout=FEED_SECONDS)
        try:
            reader.wait_card(timeout=FEED_SECONDS)
            if reader.uid(timeout=CHIP_SECONDS).hex() != job.chip_uid:
                return False
            written = self._maker.chip.read(reader, timeout=CHIP_SECONDS)
        except (DeviceFault, ChipUnreadable):
            return False
        return hashlib.sha256(written).hexdigest() == job.chip_digest

    # -- going on --------------------------------------------------------------------------

    def _go_on(
        self, by: Actor, app: Application, job: Job, printer: CardPrinter, reader: CardReader
    ) -> Result:
        try:
            app, job = self._take_up(by, app, job)
            try:
                made = self._maker.make(app)
                if (made.chip_digest, made.faces_digest) != (job.chip_digest, job.faces_digest):
                    # Another day, or another program: nothing is printed that the chip denies.
                    job = self._encoding(by, job, job.chip_uid)
                    self._write_chip(reader, made)
                    app, job = self._encoded(by, app, job, made, job.chip_uid)
                printer.move_to(Station.PRINT, timeout=FEED_SECONDS)
                self._check_day(app)
            except (DeviceFault, Problem) as fault:
                return self._not_printed(by, app, job, printer, fault)
            return self._print(by, app, job, made, printer)
        except StoreProblem as stopped:
            self._doubt_if_possible(by, job, stopped)
            raise

    def _take_up(self, by: Actor, app: Application, job: Job) -> tuple[Application, Job]:
        """The job is open again; on another day the case gets that day's dates."""
        frame = self._frame
        with frame.ledger.acting(by) as w:
            frame.check_clock(w)
            now = w.get(Job, job.id)
            if now.state is not JobState.IN_DOUBT:
                raise KeyError(job.id)
            app = self._dated(w, w.get(Application, app.id))
            job = w.change(now, state=JobState.ENCODED, reached=None, fault="")
            w.record("job.resumed", job.id, {"serial": job.blank_serial, "uid": job.chip_uid})
        return app, job

    def _dated(self, w: Writing, app: Application) -> Application:
        if app.issue_on == self._frame.today() or app.keeps_dates:
            return app
        dates = self._licences.dates(w, app)
        app = w.change(
            app, issue_on=dates.issued_on, valid_until=dates.valid_until,
            sim_number=dates.sim_number,
        )  # fmt: skip
        told = {"issued_on": dates.issued_on, "valid_until": dates.valid_until}
        w.record("application.dated_anew", app.id, {"number": app.number, **told})
        return app

    def _printing(self, by: Actor, job: Job) -> Job:
        """The second intent; the blank may lie at the printer already."""
        with self._frame.ledger.reading() as r:
            loaded = r.get(Blank, job.blank_serial).state is BlankState.AT_PRINTER
        if not loaded:
            return super()._printing(by, job)
        with self._frame.ledger.acting(by) as w:
            job = w.change(job, state=JobState.PRINTING)
            w.record("job.printing", job.id, {"serial": job.blank_serial})
        return job


__all__ = ["CannotPrintOn", "Resuming"]
